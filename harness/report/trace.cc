#include "harness/report/trace.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "common/base/digest.h"
#include "harness/report/json_lines.h"
#include "harness/report/words.h"

namespace harness {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMessageBytesMax = 1024;
constexpr std::size_t kTraceIdDigits = 32;
constexpr std::size_t kSpanIdDigits = 16;
// Numbers of the protocol.
constexpr int kInternal = 1;
constexpr int kServer = 2;
constexpr int kStatusOk = 1;
constexpr int kStatusError = 2;

ordered_json attribute(const char* key, const std::string& value) {
  return {{"key", key}, {"value", {{"stringValue", plain_text(value, kMessageBytesMax)}}}};
}

// 64-bit numbers are strings in the JSON form of Protocol Buffers.
ordered_json attribute(const char* key, std::int64_t value) {
  return {{"key", key}, {"value", {{"intValue", std::to_string(value)}}}};
}

struct Span {
  std::string id, parent, name;
  int kind = kInternal;
  Interval time;
  bool error = false;
  std::string message;
  ordered_json attributes = ordered_json::array();
};

class Trace {
 public:
  // The text begins with `head`.
  Trace(std::string head, const RunResults& results, const Verdict& verdict)
      : spans_(std::move(head)),
        results_(results),
        verdict_(verdict),
        key_(results.start.run + "\n" + results.started_at + "\n" +
             std::to_string(results.start.shard_index)),
        started_ms_(epoch_ms(results.started_at)) {}

  std::string text() && {
    add_run();
    add_phases();
    add_suites();
    for (const TestResult& result : results_.tests) {
      for (std::size_t i = 0; i < result.attempts.size(); ++i) {
        add_attempt(result, result.attempts[i], result.times[i]);
      }
    }
    return std::move(spans_).text("}]}]}\n");
  }

 private:
  [[nodiscard]] std::string id_of(const std::string& what) const {
    return base::sha256_hex(key_ + "\n" + what).substr(0, kSpanIdDigits);
  }

  [[nodiscard]] std::string nanoseconds(double ms) const {
    const std::int64_t nanoseconds =
        started_ms_ * 1'000'000 + std::llround(std::max(ms, 0.0) * 1'000'000);
    return std::to_string(nanoseconds);
  }

  void add(Span span) {
    ordered_json out = {{"traceId", base::sha256_hex(key_).substr(0, kTraceIdDigits)},
                        {"spanId", span.id}};
    if (!span.parent.empty()) {
      out["parentSpanId"] = span.parent;
    }
    out["name"] = plain_text(span.name, kMessageBytesMax);
    out["kind"] = span.kind;
    out["startTimeUnixNano"] = nanoseconds(span.time.started_ms);
    out["endTimeUnixNano"] = nanoseconds(std::max(span.time.started_ms, span.time.ended_ms));
    out["attributes"] = std::move(span.attributes);
    out["status"] = {{"code", span.error ? kStatusError : kStatusOk}};
    if (span.error && !span.message.empty()) {
      out["status"]["message"] = plain_text(first_line(span.message), kMessageBytesMax);
    }
    spans_.add(out);
  }

  [[nodiscard]] const char* pipeline_result() const {
    switch (verdict_.exit_code) {
      case ExitCode::kPassed:
        return "success";
      case ExitCode::kTestsFailed:
      case ExitCode::kFlakyOnly:
        return "failure";
      case ExitCode::kInterrupted:
        return "cancellation";
      case ExitCode::kOutOfTime:
        return "timeout";
      default:
        return "error";
    }
  }

  void add_run() {
    Span span;
    span.id = id_of("run");
    span.name = "RUN " + results_.start.name;
    span.kind = kServer;
    span.time = {0, results_.duration_ms};
    span.error = verdict_.exit_code != ExitCode::kPassed;
    span.message = verdict_.reasons.empty() ? "" : verdict_.reasons.front();
    span.attributes = {attribute("cicd.pipeline.name", results_.start.name),
                       attribute("cicd.pipeline.run.id", results_.start.run),
                       attribute("cicd.pipeline.action.name", "RUN"),
                       attribute("cicd.pipeline.result", pipeline_result()),
                       attribute("drydock.exit_code", code_of(verdict_.exit_code)),
                       attribute("drydock.tests", verdict_.total),
                       attribute("drydock.llm.mode", results_.start.llm_mode),
                       attribute("drydock.llm.calls", results_.llm_calls),
                       attribute("drydock.llm.misses", verdict_.misses)};
    if (span.error) {
      span.attributes.push_back(attribute("error.type", verdict_.word));
    }
    add(std::move(span));
  }

  void add_phases() {
    for (std::size_t i = 0; i < results_.phases.size(); ++i) {
      Span span;
      span.id = id_of("phase\n" + std::to_string(i));
      span.parent = id_of("run");
      span.name = results_.phases[i].phase;
      span.time = results_.phase_times[i];
      span.attributes = {attribute("cicd.pipeline.task.name", results_.phases[i].phase),
                         attribute("drydock.detail", results_.phases[i].detail)};
      add(std::move(span));
    }
  }

  // From the start of its first attempt to the end of its last one.
  void add_suites() {
    std::map<std::string, Span> suites;
    for (const TestResult& result : results_.tests) {
      Span& span = suites[result.test.suite];
      span.error = span.error || (is_red(result.outcome) && !result.by_fail_fast);
      for (const Interval& time : result.times) {
        const bool first = span.id.empty();
        span.id = id_of("suite\n" + result.test.suite);
        span.time.started_ms =
            first ? time.started_ms : std::min(span.time.started_ms, time.started_ms);
        span.time.ended_ms = std::max(span.time.ended_ms, time.ended_ms);
      }
    }
    for (auto& [name, span] : suites) {
      if (span.id.empty()) {
        continue;  // none of its tests began
      }
      span.parent = id_of("run");
      span.name = name;
      span.attributes = {attribute("test.suite.name", name),
                         attribute("test.suite.run.status", span.error ? "failure" : "success")};
      add(std::move(span));
    }
  }

  void add_attempt(const TestResult& result, const AttemptFinished& attempt, Interval time) {
    const std::string id = result.test.id();
    Span span;
    span.id = id_of("attempt\n" + id + "\n" + std::to_string(attempt.attempt));
    span.parent = id_of("suite\n" + result.test.suite);
    span.name = id;
    span.time = time;
    span.error = is_red(attempt.outcome);
    span.message = attempt.reason;
    span.attributes = {attribute("test.case.name", id),
                       attribute("test.suite.name", result.test.suite),
                       attribute("drydock.outcome", std::string(name_of(attempt.outcome))),
                       attribute("drydock.attempt", attempt.attempt),
                       attribute("drydock.llm.calls", attempt.calls_total),
                       attribute("drydock.llm.misses", attempt.misses),
                       attribute("drydock.peak_memory_bytes", attempt.peak_memory_bytes)};
    // The convention knows two words; what is neither is told by drydock.outcome alone.
    if (span.error || attempt.outcome == Outcome::kPassed || attempt.outcome == Outcome::kXpassed) {
      span.attributes.push_back(attribute("test.case.result.status", span.error ? "fail" : "pass"));
    }
    if (span.error) {
      span.attributes.push_back(attribute("error.type", std::string(name_of(attempt.outcome))));
    }
    if (!result.test.file.empty()) {
      span.attributes.push_back(attribute("code.file.path", result.test.file));
      span.attributes.push_back(attribute("code.line.number", result.test.line));
    }
    add(std::move(span));
  }

  JsonLines spans_;
  const RunResults& results_;
  const Verdict& verdict_;
  std::string key_;
  std::int64_t started_ms_;
};

}  // namespace

std::string trace_json(const RunResults& results, const Verdict& verdict) {
  const ordered_json resource = {{"attributes",
                                  {attribute("service.name", "drydock-harness"),
                                   attribute("service.version", results.start.version),
                                   attribute("service.instance.id", results.start.run)}}};
  const ordered_json scope = {{"name", "drydock.harness"}, {"version", results.start.version}};
  std::string head = R"({"resourceSpans":[{"resource":)" + json_text(resource) +
                     R"(,"scopeSpans":[{"scope":)" + json_text(scope) + R"(,"spans":)";
  return Trace(std::move(head), results, verdict).text();
}

}  // namespace harness
