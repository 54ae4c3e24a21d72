#include "harness/report/ctrf.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "common/base/digest.h"
#include "common/base/text.h"
#include "harness/report/json_lines.h"
#include "harness/report/words.h"

namespace harness {
namespace {

using nlohmann::ordered_json;

constexpr const char* kSpecVersion = "0.0.0";
constexpr std::size_t kMessageBytesMax = 1024;
constexpr std::size_t kTraceBytesMax = 64 * 1024;

// What tests usually leave, by the end of its name.
struct ContentType {
  std::string_view ending;
  const char* type;
};

constexpr std::array kContentTypes{
    ContentType{"txt", "text/plain"},      ContentType{"log", "text/plain"},
    ContentType{"md", "text/markdown"},    ContentType{"csv", "text/csv"},
    ContentType{"html", "text/html"},      ContentType{"json", "application/json"},
    ContentType{"xml", "application/xml"}, ContentType{"pdf", "application/pdf"},
    ContentType{"zip", "application/zip"}, ContentType{"gz", "application/gzip"},
    ContentType{"png", "image/png"},       ContentType{"jpg", "image/jpeg"},
    ContentType{"jpeg", "image/jpeg"},     ContentType{"gif", "image/gif"},
    ContentType{"svg", "image/svg+xml"},   ContentType{"webp", "image/webp"},
    ContentType{"mp4", "video/mp4"},       ContentType{"webm", "video/webm"},
};

// The form of an UUID (version 8: of the maker's own making), the same for the same text.
std::string uuid_of(std::string_view text) {
  std::string hex = base::sha256_hex(text).substr(0, 32);
  hex[12] = '8';
  hex[16] = 'a';
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

// Red is failed, whatever kind of red: a reader that knows five words must not take it for less.
const char* status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
    case Outcome::kFlaky:
    case Outcome::kXpassed:
      return "passed";
    case Outcome::kSkipped:
    case Outcome::kXfailed:
      return "skipped";
    default:
      return "failed";
  }
}

const char* status_of(const TestResult& result) {
  return result.by_fail_fast ? "pending" : status_of(result.outcome);
}

std::int64_t whole(double ms) {
  return std::llround(ms);
}

ordered_json lines_of(const std::string& text) {
  ordered_json lines = ordered_json::array();
  std::string plain = plain_text(text, kTraceBytesMax);
  if (plain.ends_with('\n')) {
    plain.pop_back();
  }
  for (const std::string_view line : base::split(plain, '\n')) {
    lines.push_back(line);
  }
  return lines;
}

void add_text(ordered_json& out, const char* name, const std::string& text, std::size_t bytes_max) {
  if (!text.empty()) {
    out[name] = plain_text(text, bytes_max);
  }
}

const char* content_type_of(const std::string& name) {
  const std::size_t mark = name.find_last_of("./");
  const bool has_ending = mark != std::string::npos && name[mark] == '.';
  const std::string ending = has_ending ? base::to_lower(name.substr(mark + 1)) : "";
  const auto known = std::find_if(kContentTypes.begin(), kContentTypes.end(),
                                  [&](const ContentType& each) { return each.ending == ending; });
  return known == kContentTypes.end() ? "application/octet-stream" : known->type;
}

ordered_json attachments_of(const AttemptFinished& attempt) {
  ordered_json out = ordered_json::array();
  if (!attempt.log.empty()) {
    out.push_back({{"name", "log"}, {"contentType", "text/plain"}, {"path", attempt.log}});
  }
  for (const ArtifactFile& file : attempt.artifacts.files) {
    out.push_back({{"name", file.name},
                   {"contentType", content_type_of(file.name)},
                   {"path", attempt.artifacts.folder + "/" + file.name},
                   {"extra", {{"bytes", file.bytes}}}});
  }
  return out;
}

void add_attempt(ordered_json& out, const AttemptFinished& attempt) {
  if (is_red(attempt.outcome)) {
    add_text(out, "trace", problem_text(attempt), kTraceBytesMax);
  }
  if (!attempt.output_tail.empty()) {
    out["stdout"] = lines_of(attempt.output_tail);
  }
  ordered_json attachments = attachments_of(attempt);
  if (!attachments.empty()) {
    out["attachments"] = std::move(attachments);
  }
}

ordered_json extra_of(const AttemptFinished& attempt) {
  ordered_json out = {{"llm_calls", attempt.calls_total},
                      {"llm_misses", attempt.misses},
                      {"peak_memory_bytes", attempt.peak_memory_bytes},
                      {"cpu_ms", whole(attempt.cpu_ms)},
                      {"leaks", attempt.leaks}};
  add_text(out, "artifacts_left_out", left_out_text(attempt.artifacts), kMessageBytesMax);
  return out;
}

ordered_json earlier_attempts(const TestResult& result) {
  ordered_json attempts = ordered_json::array();
  for (std::size_t i = 0; i + 1 < result.attempts.size(); ++i) {
    const AttemptFinished& attempt = result.attempts[i];
    ordered_json out = {{"attempt", attempt.attempt},
                        {"status", status_of(attempt.outcome)},
                        {"duration", whole(attempt.duration_ms)}};
    add_text(out, "message", first_line(attempt.reason), kMessageBytesMax);
    add_attempt(out, attempt);
    out["extra"] = extra_of(attempt);
    attempts.push_back(std::move(out));
  }
  return attempts;
}

ordered_json test_of(const TestResult& result, std::int64_t started) {
  const bool ran = !result.attempts.empty();
  ordered_json out = {
      {"id", uuid_of(result.test.id())},
      {"testId", result.test.id()},
      {"name", result.test.name},
      {"status", status_of(result)},
      {"duration", ran ? whole(result.attempts.back().duration_ms) : 0},
      {"suite", ordered_json::array({result.test.suite})},
      {"rawStatus", name_of(result.outcome)},
      {"retries", ran ? result.attempts.size() - 1 : 0},
      {"flaky", result.outcome == Outcome::kFlaky},
  };
  if (ran) {
    out["start"] = started + whole(result.times.front().started_ms);
    out["stop"] = started + whole(result.times.back().ended_ms);
  }
  if (!result.test.file.empty()) {
    out["filePath"] = result.test.file;
  }
  if (result.test.line > 0) {
    out["line"] = result.test.line;
  }
  add_text(out, "message", first_line(result.reason), kMessageBytesMax);
  if (ran) {
    add_attempt(out, result.attempts.back());
    out["extra"] = extra_of(result.attempts.back());
  }
  if (result.attempts.size() > 1) {
    out["retryAttempts"] = earlier_attempts(result);
  }
  return out;
}

ordered_json test_of(const ListingError& error) {
  ordered_json out = {{"id", uuid_of(error.id)},
                      {"testId", error.id},
                      {"name", error.failure.path.empty() ? error.id : error.failure.path},
                      {"status", "failed"},
                      {"duration", 0},
                      {"suite", ordered_json::array({error.failure.suite})},
                      {"rawStatus", name_of(Outcome::kDiscoveryError)}};
  add_text(out, "message", first_line(error.failure.reason), kMessageBytesMax);
  add_text(out, "trace", error.failure.output, kTraceBytesMax);
  return out;
}

// Counted from the cases that are written, never from elsewhere.
class Cases {
 public:
  void add(const ordered_json& test) {
    ++by_status_[test["status"]];
    suites_.insert(test["suite"][0]);
    flaky_ += test.value("flaky", false) ? 1 : 0;
    ++count_;
    lines_.add(test);
  }

  [[nodiscard]] ordered_json summary(const RunResults& results, std::int64_t started) const {
    ordered_json out = {{"tests", count_}};
    for (const char* status : {"passed", "failed", "skipped", "pending", "other"}) {
      const auto found = by_status_.find(status);
      out[status] = found == by_status_.end() ? 0 : found->second;
    }
    out["flaky"] = flaky_;
    out["suites"] = suites_.size();
    out["start"] = started;
    out["stop"] = started + whole(results.duration_ms);
    out["duration"] = whole(results.duration_ms);
    return out;
  }

  [[nodiscard]] std::string text() && { return std::move(lines_).text(); }

 private:
  std::map<std::string, std::int64_t> by_status_;
  std::set<std::string> suites_;
  std::int64_t flaky_ = 0;
  std::int64_t count_ = 0;
  JsonLines lines_;
};

ordered_json run_extra(const RunResults& results, const Verdict& verdict) {
  return {{"verdict", verdict.word},
          {"exit_code", code_of(verdict.exit_code)},
          {"reasons", verdict.reasons},
          {"llm_mode", results.start.llm_mode},
          {"llm_calls", results.llm_calls},
          {"llm_misses", verdict.misses},
          {"unattributed_calls", verdict.unattributed},
          {"shard", {{"index", results.start.shard_index}, {"count", results.start.shard_count}}}};
}

}  // namespace

std::string ctrf_json(const RunResults& results, const Verdict& verdict) {
  const std::int64_t started = epoch_ms(results.started_at);
  Cases cases;
  for (const TestResult& result : results.tests) {
    cases.add(test_of(result, started));
  }
  for (const ListingError& error : results.listing_errors) {
    cases.add(test_of(error));
  }
  const ordered_json results_but_tests = {
      {"tool", {{"name", "drydock harness"}, {"version", results.start.version}}},
      {"summary", cases.summary(results, started)},
      {"extra", run_extra(results, verdict)}};
  const ordered_json head = {{"reportFormat", "CTRF"},
                             {"specVersion", kSpecVersion},
                             {"reportId", uuid_of(results.start.run + results.started_at)},
                             {"runId", results.start.run},
                             {"timestamp", results.started_at},
                             {"generatedBy", "drydock harness"},
                             {"results", results_but_tests}};
  std::string out = json_text(head);
  out.resize(out.size() - 2);  // the ends of "results" and of the whole come after the tests
  return out + ",\"tests\":" + std::move(cases).text() + "}}\n";
}

}  // namespace harness
