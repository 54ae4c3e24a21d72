#include "mockllm/serve/miss.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "common/base/text.h"

namespace mockllm {
namespace {

// Two places are enough to rank candidates, and the same on every machine.
void append_score(std::string& out, double score) {
  std::array<char, 32> text{};
  const double rounded = std::round(std::clamp(score, 0.0, 1.0) * 100) / 100;
  const auto [end, code] = std::to_chars(text.data(), text.data() + text.size(), rounded);
  out.append(text.data(), static_cast<std::size_t>(end - text.data()));
  static_cast<void>(code);  // 32 characters hold every double.
}

void append_difference(std::string& out, const Difference& difference) {
  out += R"({"field":)";
  base::append_json_quoted(out, difference.field);
  out += R"(,"expected":)";
  base::append_json_quoted(out, difference.expected);
  out += R"(,"actual":)";
  base::append_json_quoted(out, difference.actual);
  out += '}';
}

void append_candidate(std::string& out, const NearMiss& candidate) {
  out += R"({"fixture":)";
  base::append_json_quoted(out, candidate.source);
  out += R"(,"score":)";
  append_score(out, candidate.score);
  out += R"(,"differences":[)";
  for (const Difference& difference : candidate.differences) {
    out += &difference == &candidate.differences.front() ? "" : ",";
    append_difference(out, difference);
  }
  out += "]}";
}

}  // namespace

WireError miss_error(const MissAnswer& miss) {
  WireError error;
  error.status = 404;
  error.code = "no_fixture_match";
  error.message = "no fixture matches";
  if (miss.nearest.empty()) {
    error.message += ": there are none";
    return error;
  }
  error.message += "; nearest " + describe(miss.nearest.front());
  return error;
}

std::string miss_members(const MissAnswer& miss, std::string_view session) {
  std::string out = R"(,"mockllm":{"session":)";
  base::append_json_quoted(out, session);
  out += R"(,"nearest":[)";
  for (const NearMiss& candidate : miss.nearest) {
    out += &candidate == &miss.nearest.front() ? "" : ",";
    append_candidate(out, candidate);
  }
  out += R"(],"fixture":)";
  base::append_json_quoted(out, miss.suggestion);
  out += '}';
  return out;
}

std::vector<NearestEntry> journal_entries(const MissAnswer& miss) {
  std::vector<NearestEntry> entries;
  entries.reserve(miss.nearest.size());
  for (const NearMiss& candidate : miss.nearest) {
    NearestEntry& entry = entries.emplace_back();
    entry.fixture = candidate.source;
    entry.score = candidate.score;
    for (const Difference& difference : candidate.differences) {
      entry.differences.push_back({difference.field, difference.expected, difference.actual});
    }
  }
  return entries;
}

}  // namespace mockllm
