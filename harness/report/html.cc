#include "harness/report/html.h"

#include <algorithm>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/digest.h"
#include "harness/report/json_lines.h"
#include "harness/report/page.h"
#include "harness/report/words.h"

namespace harness {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::size_t kReasonBytesMax = 4 * 1024;
constexpr std::size_t kFailuresMax = 50;  // of an attempt

ordered_json calls_of(const std::vector<LlmCall>& calls) {
  ordered_json out = ordered_json::array();
  for (const LlmCall& call : calls) {
    out.push_back({{"seq", call.seq},
                   {"endpoint", call.endpoint},
                   {"model", call.model},
                   {"outcome", call.outcome},
                   {"source", call.source},
                   {"status", call.status},
                   {"asked", plain_text(call.asked, kTextBytesMax)},
                   {"answered", plain_text(call.answered, kTextBytesMax)},
                   {"nearest", call.nearest},
                   {"suggestion", call.suggestion}});
  }
  return out;
}

ordered_json failures_of(const std::vector<Failure>& failures) {
  ordered_json out = ordered_json::array();
  for (const Failure& failure : failures) {
    if (out.size() < kFailuresMax) {
      out.push_back({{"file", failure.file},
                     {"line", failure.line},
                     {"text", plain_text(failure.text, kTextBytesMax)}});
    }
  }
  return out;
}

ordered_json artifacts_of(const Artifacts& artifacts) {
  ordered_json files = ordered_json::array();
  for (const ArtifactFile& file : artifacts.files) {
    files.push_back({{"name", file.name}, {"bytes", file.bytes}});
  }
  return {{"folder", artifacts.folder},
          {"files", std::move(files)},
          {"left_out", left_out_text(artifacts)}};
}

std::size_t text_bytes(const AttemptFinished& attempt) {
  std::size_t bytes = attempt.output_tail.size();
  for (const Failure& failure : attempt.failures) {
    bytes += failure.text.size();
  }
  for (const ArtifactFile& file : attempt.artifacts.files) {
    bytes += file.name.size();
  }
  for (const LlmCall& call : attempt.calls) {
    bytes += call.asked.size() + call.answered.size() + call.suggestion.size();
  }
  return bytes;
}

class Page {
 public:
  Page(const RunResults& results, const Verdict& verdict, std::size_t detail_bytes_max)
      : results_(results),
        verdict_(verdict),
        bytes_left_(detail_bytes_max) {}

  std::string data() {
    ordered_json out = {
        {"name", results_.start.name},
        {"id", results_.start.run},
        {"started", results_.started_at},
        {"ms", results_.duration_ms},
        {"llm_mode", results_.start.llm_mode},
        {"shard", {results_.start.shard_index, results_.start.shard_count}},
        {"verdict", verdict_.word},
        {"code", code_of(verdict_.exit_code)},
        {"reasons", verdict_.reasons},
    };
    out["phases"] = ordered_json::array();
    for (std::size_t i = 0; i < results_.phases.size(); ++i) {
      const Interval& time = results_.phase_times[i];
      out["phases"].push_back({{"name", results_.phases[i].phase},
                               {"start", std::max(time.started_ms, 0.0)},
                               {"end", time.ended_ms}});
    }
    out["trouble"] = trouble();
    std::string text = json_text(out);
    text.back() = ',';
    return tests(text + "\"tests\":");
  }

 private:
  // What is of the run and of no test.
  [[nodiscard]] ordered_json trouble() const {
    ordered_json out = ordered_json::array();
    const auto add = [&](const std::string& title, const std::string& text,
                         const std::vector<LlmCall>& calls, std::int64_t total) {
      out.push_back({{"title", plain_text(title, kReasonBytesMax)},
                     {"text", plain_text(text, kTextBytesMax)},
                     {"calls", calls_of(calls)},
                     {"total", total}});
    };
    for (const ServiceFailed& failure : results_.service_failures) {
      add("service " + failure.service + ": " + failure.reason, failure.log, {}, 0);
    }
    for (const UnattributedCalls& calls : results_.unattributed) {
      add("calls that no attempt owns, in session " + calls.session, "", calls.calls,
          calls.calls_total);
    }
    return out;
  }

  // The red ones take of the room for details first; the order is that of the list.
  std::string tests(std::string before) {
    std::vector<std::string> all(results_.tests.size());
    for (const bool red : {true, false}) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (is_red(results_.tests[i].outcome) == red) {
          all[i] = json_text(test_of(results_.tests[i]));
        }
      }
    }
    JsonLines lines(std::move(before));
    for (std::string& test : all) {
      lines.add_text(std::exchange(test, {}));
    }
    for (const ListingError& error : results_.listing_errors) {
      lines.add({{"id", error.id},
                 {"suite", error.failure.suite},
                 {"file", error.failure.path},
                 {"line", 0},
                 {"outcome", name_of(Outcome::kDiscoveryError)},
                 {"red", true},
                 {"reason",
                  plain_text(error.failure.reason + "\n" + error.failure.output, kTextBytesMax)},
                 {"attempts", ordered_json::array()}});
    }
    return std::move(lines).text("}");
  }

  ordered_json test_of(const TestResult& result) {
    ordered_json attempts = ordered_json::array();
    for (std::size_t i = 0; i < result.attempts.size(); ++i) {
      attempts.push_back(attempt_of(result.attempts[i], result.times[i]));
    }
    return {{"id", result.test.id()},
            {"suite", result.test.suite},
            {"file", result.test.file},
            {"line", result.test.line},
            {"outcome", name_of(result.outcome)},
            {"red", is_red(result.outcome) && !result.by_fail_fast},
            {"reason", plain_text(result.reason, kReasonBytesMax)},
            {"attempts", std::move(attempts)}};
  }

  ordered_json attempt_of(const AttemptFinished& attempt, Interval time) {
    const std::size_t bytes = text_bytes(attempt);
    const bool fits = bytes <= bytes_left_;
    bytes_left_ -= fits ? bytes : 0;
    ordered_json out = {{"number", attempt.attempt},
                        {"outcome", name_of(attempt.outcome)},
                        {"reason", plain_text(attempt.reason, kReasonBytesMax)},
                        {"start", std::max(time.started_ms, 0.0)},
                        {"ms", attempt.duration_ms},
                        {"cpu", attempt.cpu_ms},
                        {"memory", attempt.peak_memory_bytes},
                        {"total", attempt.calls_total},
                        {"misses", attempt.misses},
                        {"leaks", attempt.leaks},
                        {"log", attempt.log},
                        {"cut", !fits},
                        {"failures", failures_of(fits ? attempt.failures : std::vector<Failure>{})},
                        {"calls", calls_of(fits ? attempt.calls : std::vector<LlmCall>{})},
                        {"output", fits ? plain_text(attempt.output_tail, kTextBytesMax) : ""}};
    if (fits && !attempt.artifacts.folder.empty()) {
      out["artifacts"] = artifacts_of(attempt.artifacts);
    }
    return out;
  }

  const RunResults& results_;
  const Verdict& verdict_;
  std::size_t bytes_left_;
};

// JSON that cannot end the script element that it stands in, nor begin a comment there. These
// characters stand in its strings only.
std::string inside_script(const std::string& json) {
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  for (const char c : json) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// As a content security policy names a text that it allows.
std::string hash_source(std::string_view text) {
  const std::string hex = base::sha256_hex(text);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(base::hex_digit(hex[i]) * 16 + base::hex_digit(hex[i + 1]));
  }
  return "sha256-" + base::to_base64(bytes);
}

}  // namespace

// The page is walked once, so that nothing in what is put in can be taken for a place to put
// something.
std::string html_page(const RunResults& results, const Verdict& verdict,
                      std::size_t detail_bytes_max) {
  const std::string data = inside_script(Page(results, verdict, detail_bytes_max).data());
  const std::string style_hash = hash_source(page_css());
  const std::string script_hash = hash_source(page_js());
  const std::map<std::string_view, std::string_view> parts{{"DATA", data},
                                                           {"STYLE", page_css()},
                                                           {"SCRIPT", page_js()},
                                                           {"STYLE_HASH", style_hash},
                                                           {"SCRIPT_HASH", script_hash}};
  std::string out;
  std::string_view rest = page_html();
  while (!rest.empty()) {
    const std::size_t begin = std::min(rest.find('%'), rest.size());
    const std::size_t end = rest.find('%', std::min(begin + 1, rest.size()));
    out += rest.substr(0, begin);
    const std::string_view name =
        end == std::string_view::npos ? "" : rest.substr(begin + 1, end - begin - 1);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const auto part = parts.find(name);
    out += part == parts.end() ? std::string_view() : part->second;
  }
  return out;
}

std::string report_html(const RunResults& results, const Verdict& verdict) {
  return html_page(results, verdict, kHtmlDetailBytesMax);
}

}  // namespace harness
