// The seam between running and reporting. The runner emits events into a journal; every report is derived from
// the journal and from nothing else.
//
// A record of journal.jsonl: {"seq": 1, "at": "...", "mono_ms": 12.5, "event": "attempt_finished", ...the
// fields below by their names}.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "harness/suite/test_case.h"

namespace harness {

// One call of the attempt's session, as a person reads it beside a failing test.
struct LlmCall {
  std::int64_t seq = 0;
  std::string endpoint, model, outcome, source;
  int status = 0;
  std::string asked;     // the last message, shortened
  std::string answered;  // text or tool calls, shortened
  std::vector<std::string> nearest;  // of a miss: "fixtures/weather.yaml#asks...: messages[-1].text should contain ..."
  std::string suggestion;
};

struct RunStarted {
  std::string run, name, version;
  std::string llm_mode, llm_reason;
  int shard_index = 0, shard_count = 1;
};
struct PhaseFinished {  // services, secrets, migrations, discovery
  std::string phase, detail;
  double duration_ms = 0;
};
struct ServiceReady { std::string service, url; double waited_ms = 0; };
struct ServiceFailed { std::string service, reason, log; bool fatal = false; };
struct TestsListed { std::vector<TestCase> tests; std::string list_sha256; };
struct DiscoveryFailed { std::string suite, path, reason, output; };
struct AttemptStarted { std::string test; int attempt = 1; std::string session; };
struct AttemptFinished {
  std::string test;
  int attempt = 1;
  Outcome outcome = Outcome::kPassed;
  std::string reason;  // why it is not passed, one sentence
  std::vector<Failure> failures;
  double duration_ms = 0;
  std::string log;     // path below the report folder
  std::string output_tail;
  std::vector<LlmCall> calls;
  std::int64_t peak_memory_bytes = 0;
  double cpu_ms = 0;
  std::vector<std::string> leaks;
};
// The outcome changed after the fact (a late miss).
struct AttemptRevised { std::string test; int attempt = 1; Outcome outcome = Outcome::kPassed; std::string reason; std::vector<LlmCall> calls; };
struct UnattributedCalls { std::vector<LlmCall> calls; bool warn_only = false; };
struct RunInterrupted { std::string reason; bool out_of_time = false; };
// Something that ends the run before or beside its tests; `exit_code` is one of contracts 9.
struct RunFailed { int exit_code = 30; std::string reason; };
struct RunFinished { double duration_ms = 0; int llm_calls = 0; };

using Event = std::variant<RunStarted, PhaseFinished, ServiceReady, ServiceFailed, TestsListed, DiscoveryFailed, AttemptStarted,
                           AttemptFinished, AttemptRevised, UnattributedCalls, RunInterrupted, RunFailed, RunFinished>;

struct Record {
  std::uint64_t seq = 0;
  base::WallTime at{};
  base::Nanoseconds since_start{};
  Event event;
};

// One line of JSON without its newline, and back. Reading fails on what is not a record.
std::string to_json(const Record& record);
base::Result<Record> record_from_json(const std::string& line);

}  // namespace harness
