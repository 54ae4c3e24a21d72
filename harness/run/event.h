// The seam between running and reporting. The runner emits events into a journal; every report is
// derived from the journal and from nothing else.
//
// A record of journal.jsonl: {"seq": 1, "at": "...", "mono_ms": 12.5, "event": "attempt_finished",
// ...the fields below by their names}.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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
  std::vector<std::string>
      nearest;             // of a miss: "fixtures/a.yaml#name: messages[-1].text should ..."
  std::string suggestion;  // of a miss: a fixture to paste
};

// What an attempt left in its DRYDOCK_ARTIFACTS_DIR. Names are without secrets, printable, and
// those of files that are there. Bounded by the limits of artifacts.h.
struct ArtifactFile {
  std::string name;  // path below the folder
  std::int64_t bytes = 0;
};

struct ArtifactsLeftOut {
  std::string reason;  // "over the limit of 200 files"
  std::int64_t files = 0;
};

struct Artifacts {
  std::string folder;               // path below the report folder; empty: nothing was left
  std::vector<ArtifactFile> files;  // by name
  std::vector<ArtifactsLeftOut> left_out;
};

struct RunStarted {
  std::string run, name, version;
  std::string llm_mode, llm_reason;
  int shard_index = 0, shard_count = 1;
};

// services, secrets, migrations, discovery
struct PhaseFinished {
  std::string phase, detail;
  double duration_ms = 0;
};

struct ServiceReady {
  std::string service, url;  // the URL without credentials
  double waited_ms = 0;
};

struct ServiceFailed {
  std::string service, reason, log;
  int exit_code = 10;  // 11: refused for good; 2: turned its files down
};

struct TestsListed {
  std::vector<TestCase> tests;            // of this shard, after the filter
  std::int64_t listed = 0;                // before filter and shard
  std::string list_sha256;                // of all ids, before filter and shard
  std::vector<std::string> empty_suites;  // list no test at all
  std::vector<std::string> elsewhere;     // ids that the filter selects, of other shards
  std::string durations_sha256;           // what the shards were made from; empty: a hash of names
};

struct DiscoveryFailed {
  std::string suite, path, reason, output;
};

struct AttemptStarted {
  std::string test;
  int attempt = 1;
  std::string session;
};

struct AttemptFinished {
  std::string test;
  int attempt = 1;
  Outcome outcome = Outcome::kPassed;
  std::string reason;  // why it is not passed, one sentence
  std::vector<Failure> failures;
  double duration_ms = 0;
  std::string log;  // path below the report folder
  Artifacts artifacts;
  std::string output_tail;
  std::vector<LlmCall> calls;  // the first ones
  std::int64_t calls_total = 0, misses = 0;
  std::int64_t peak_memory_bytes = 0;
  double cpu_ms = 0;
  double harness_ms = 0;  // of its time, what the harness itself used
  std::vector<std::string> leaks;
  bool will_retry = false;
};

// The outcome changed after the fact (a late miss).
struct AttemptRevised {
  std::string test;
  int attempt = 1;
  Outcome outcome = Outcome::kPassed;
  std::string reason;
  std::vector<LlmCall> calls;
  std::int64_t calls_total = 0, misses = 0;
};

// A listed test that no attempt was made of.
struct TestNotRun {
  std::string test, reason;
  bool fail_fast = false;  // not red: another test is
};

// Calls that no attempt owns. Those of the session that stands before the first attempt only where
// they missed.
struct UnattributedCalls {
  std::string session;
  std::vector<LlmCall> calls;
  std::int64_t calls_total = 0, misses = 0;
  bool warn_only = false;
};

struct RunInterrupted {
  std::string reason;
  bool out_of_time = false;
};

// Something that ends the run before or beside its tests; `exit_code` is one of contracts 9.
struct RunFailed {
  int exit_code = 30;
  std::string reason;
};

struct RunFinished {
  double duration_ms = 0;
  std::int64_t llm_calls = 0;
};

using Event = std::variant<RunStarted, PhaseFinished, ServiceReady, ServiceFailed, TestsListed,
                           DiscoveryFailed, AttemptStarted, AttemptFinished, AttemptRevised,
                           TestNotRun, UnattributedCalls, RunInterrupted, RunFailed, RunFinished>;

struct Record {
  std::uint64_t seq = 0;
  std::string at;      // RFC 3339
  double mono_ms = 0;  // since the start of the run
  Event event;
};

// One line of JSON without its newline, and back. Reading fails on what is not a record; fields
// that it does not know are left out, so that an older harness reads a newer journal.
std::string to_json(const Record& record);
base::Result<Record> record_from_json(std::string_view line);

}  // namespace harness
