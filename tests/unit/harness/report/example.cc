#include "tests/unit/harness/report/example.h"

#include <cstdlib>

#include "common/base/file.h"

namespace harness {
namespace {

constexpr std::size_t kApprovedBytesMax = 1'000'000;

class Run {
 public:
  Run& at(double mono_ms, Event event) {
    records_.push_back(
        {records_.size() + 1, "2026-11-22T10:00:00.000Z", mono_ms, std::move(event)});
    return *this;
  }

  Run& attempt(double mono_ms, AttemptFinished event) {
    at(mono_ms, AttemptStarted{event.test, event.attempt, "r1.x.1"});
    const double end_ms = mono_ms + event.duration_ms;
    return at(end_ms, std::move(event));
  }

  [[nodiscard]] RunResults results() const { return collect(records_); }

 private:
  std::vector<Record> records_;
};

AttemptFinished ended(const std::string& test, Outcome outcome, double duration_ms) {
  AttemptFinished event;
  event.test = test;
  event.outcome = outcome;
  event.duration_ms = duration_ms;
  event.peak_memory_bytes = 4'096'000;
  event.cpu_ms = 12.4;
  return event;
}

AttemptFinished failed(const std::string& test, int attempt, bool will_retry) {
  AttemptFinished event = ended(test, Outcome::kFailed, 40);
  event.attempt = attempt;
  event.reason = "expected 3, got 4";
  event.failures = {
      {"expected 3, got 4", "expected 3, got 4\n  in <b>the</b> sum | 50%", "src/sum_test.cc", 12}};
  event.log = "logs/sum." + std::to_string(attempt) + ".log";
  event.artifacts = {"artifacts/sum." + std::to_string(attempt),
                     {{"coverage/a.gcda", 1'200}, {"screen <1>.PNG", 5'242'880}},
                     {{"over the limit of 200 files", 4}, {"larger than 16 MiB", 1}}};
  event.output_tail = "adding\n::error::forged\n\x1b[31mred\x1b[0m &amp; </script>\n";
  event.leaks = {"process 17 'sleep'"};
  event.will_retry = will_retry;
  return event;
}

AttemptFinished missed(const std::string& test) {
  AttemptFinished event = ended(test, Outcome::kLlmMiss, 55);
  event.reason = "1 call without a fixture: 'weather in Rome'";
  LlmCall call;
  call.seq = 1;
  call.endpoint = "chat.completions";
  call.model = "gpt-4o-mini";
  call.outcome = "fixture";
  call.source = "fixtures/weather.yaml#asks for the weather tool";
  call.status = 200;
  call.asked = "weather in Oslo";
  call.answered = R"(get_weather({"city":"Oslo"}))";
  LlmCall miss = call;
  miss.seq = 2;
  miss.outcome = "miss";
  miss.source = "";
  miss.status = 404;
  miss.asked = "weather in Rome";
  miss.answered = "";
  miss.nearest = {"fixtures/weather.yaml#asks: messages[-1].text should contain 'Oslo'"};
  miss.suggestion = "drydock: fixtures/v1\nfixtures:\n  - name: new\n";
  event.calls = {call, miss};
  event.calls_total = 2;
  event.misses = 1;
  return event;
}

TestsListed list() {
  TestsListed out;
  out.tests = {{"unit", "Sum.Adds", "src/sum_test.cc", 10},
               {"unit", "Sum.Wraps", "src/sum_test.cc", 20},
               {"unit", "Sum.Holds", "src/sum_test.cc", 30},
               {"agent", "test_agent.py::test_weather[Rome, \"I\"]", "tests/test_agent.py", 5},
               {"agent", "test_agent.py::test_waits", "tests/test_agent.py", 9},
               {"agent", "test_agent.py::test_skips", "tests/test_agent.py", 14},
               {"agent", "test_agent.py::test_never", "tests/test_agent.py", 19}};
  out.listed = 9;
  out.list_sha256 = std::string(64, 'a');
  return out;
}

}  // namespace

RunResults example_run() {
  AttemptFinished again = ended("unit/Sum.Wraps", Outcome::kPassed, 30);
  again.attempt = 2;
  AttemptFinished skipped = ended("agent/test_agent.py::test_skips", Outcome::kSkipped, 0);
  skipped.reason = "no tide today";
  return Run()
      .at(0, RunStarted{"r1", "deck-agent", "0.1.0", "mock", "event pull_request", 0, 2})
      .at(810, ServiceReady{"postgres", "postgresql://app:***@127.0.0.1:5432/app", 790})
      .at(820, PhaseFinished{"services", "1 ready", 815})
      .at(900, DiscoveryFailed{"broken", "tests/broken", "cannot be imported", "No module named x"})
      .at(905, list())
      .at(910, PhaseFinished{"list", "7 of 9 tests selected", 80})
      .attempt(1'000, ended("unit/Sum.Adds", Outcome::kPassed, 20))
      .attempt(1'020, failed("unit/Sum.Wraps", 1, true))
      .attempt(1'060, again)
      .attempt(1'000, failed("unit/Sum.Holds", 1, false))
      .attempt(1'100, missed("agent/test_agent.py::test_weather[Rome, \"I\"]"))
      .at(1'160, skipped)
      .at(1'200, AttemptStarted{"agent/test_agent.py::test_waits", 1, "r1.waits.1"})
      .at(1'500, RunInterrupted{"SIGTERM", false})
      .at(1'520, UnattributedCalls{"default", {LlmCall{}}, 1, 0, false})
      .at(1'530, RunFinished{1'530, 3})
      .results();
}

void expect_approved(const std::string& name, const std::string& text) {
  const std::string path = std::string(DRYDOCK_APPROVED) + "/" + name;
  if (std::getenv("DRYDOCK_UPDATE_APPROVED") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    ASSERT_TRUE(base::write_file(path, text));
  }
  const base::Result<std::string> approved = base::read_file(path, kApprovedBytesMax);
  ASSERT_TRUE(approved) << "run it once with DRYDOCK_UPDATE_APPROVED=1 and review what it writes";
  EXPECT_EQ(*approved, text) << path << ": after a change that is meant, run the test with "
                             << "DRYDOCK_UPDATE_APPROVED=1 and review the difference";
}

}  // namespace harness
