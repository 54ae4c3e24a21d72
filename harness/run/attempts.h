// Attempts: what is made for one before its test starts (a session, the aliases, folders), and what
// is asked of the services after it, before its outcome is written.
//
// A session that cannot be prepared makes its attempt `environment`; a test is never run on a wrong
// session.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/run/child.h"
#include "harness/run/journal.h"
#include "harness/run/judgement.h"
#include "harness/run/llm_link.h"
#include "harness/run/output_log.h"
#include "harness/run/settings.h"
#include "harness/run/worker.h"

namespace harness {

// Coverage tools are told to write below `folder`, which is made.
void set_coverage_files(const std::string& folder, base::Environment& out);

// One try of one test.
struct Attempt {
  TestCase test;
  int number = 1;
  std::string session;               // empty where there is no mockllm
  std::string file;                  // "<test>.<number>", of its log and its artifacts
  std::string folder;                // private; holds tmp/ and artifacts/
  std::vector<std::string> aliases;  // pointed at the session before the test starts
  std::unique_ptr<OutputLog> log;
  base::MonoTime prepared_at{};  // the harness began with it
  base::MonoTime started{};      // the test did
  base::MonoTime ended{};
  bool expects_misses = false;
};

// How it went, as far as its process can tell.
struct AttemptEnd {
  Judgement judgement;
  ResourceUse use;
  std::vector<Stray> strays;
};

class Attempts {
 public:
  // All outlive it. No mockllm among the services: no sessions.
  static base::Result<std::unique_ptr<Attempts>> make(const RunSettings& settings, Loop& loop,
                                                      Journal& journal);
  ~Attempts();

  std::unique_ptr<Attempt> begin(const TestCase& test, int number,
                                 std::vector<std::string> own_aliases);
  // Session, aliases, folders; then `ready` with the reason why not. The attempt lives until then.
  void prepare(Attempt& attempt, base::MonoTime deadline, std::function<void(std::string)> ready);
  void started(Attempt& attempt);
  // Journal, services, artifacts; then writes the outcome and calls `done` with it.
  void settle(std::unique_ptr<Attempt> attempt, AttemptEnd end, bool may_retry,
              std::function<void(Outcome, bool will_retry)> done);

  // A red outcome of a test in quarantine is expected, and says so.
  void apply_quarantine(const TestCase& test, Outcome& outcome, std::string& reason) const;

  // What the attempt's variables are (contracts 7): all that are not those of the whole process.
  [[nodiscard]] Pairs variables(const Attempt& attempt) const;
  // The environment of a process of the suite, started by that worker: from 0, fewer than `jobs`.
  [[nodiscard]] base::Environment environment(const SuiteConfig& suite, int worker) const;
  // Of a process that is one attempt and nothing else: with its variables, and with OpenAI's, which
  // lead to its session.
  [[nodiscard]] base::Environment environment(const SuiteConfig& suite, int worker,
                                              const Attempt& attempt) const;

  [[nodiscard]] bool has_llm() const { return link_.has_value(); }

  [[nodiscard]] const std::string& llm_url() const { return llm_url_; }

  // After the last test: late calls, and calls that nobody owns.
  void close();

  // No more questions to the services: the run is being ended from outside.
  void hurry() { hurried_ = true; }

  [[nodiscard]] std::int64_t llm_calls() const { return llm_calls_; }

 private:
  struct Inquiry;  // what the worker finds out

  struct Past {  // a finished attempt, for the second reading
    TestCase test;
    int number = 1;
    std::string session;
    Outcome outcome = Outcome::kPassed;
    std::int64_t misses = 0, calls = 0;
    bool expects_misses = false;
  };

  Attempts(const RunSettings& settings, Loop& loop, Journal& journal);
  [[nodiscard]] Values values(const SuiteConfig& suite, int worker) const;
  [[nodiscard]] const SuiteConfig& suite_of(const TestCase& test) const;
  [[nodiscard]] std::vector<std::string> aliases_of(const SuiteConfig& suite) const;
  void point_aliases(Attempt& attempt, base::MonoTime deadline,
                     std::function<void(std::string)> ready);
  void inquire(const Attempt& attempt, Outcome outcome, Inquiry& inquiry);
  void write_outcome(Attempt& attempt, const AttemptEnd& end, const Inquiry& inquiry,
                     bool may_retry, const std::function<void(Outcome, bool)>& done);
  void apply_rules(const Attempt& attempt, const Inquiry& inquiry, Judgement& judgement) const;
  void revise(const Past& past);
  void tell_unowned(const std::string& session, bool only_misses);

  const RunSettings& settings_;
  Loop& loop_;
  Journal& journal_;
  std::string llm_url_;
  std::string llm_name_;
  std::optional<LlmLink> link_;  // the worker's, except in close()
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<Worker> syncer_;  // the disk may be slow: nobody waits behind it
  std::vector<Past> past_;
  std::set<std::string> broken_;  // sessions whose alias was taken from them by force
  std::string last_on_alias_;     // the session that the aliases point at; start_session() first
  std::int64_t llm_calls_ = 0;
  std::uint64_t next_folder_ = 0;
  bool sync_pending_ = false;
  bool hurried_ = false;
};

}  // namespace harness
