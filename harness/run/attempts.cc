#include "harness/run/attempts.h"

#include <algorithm>
#include <filesystem>

#include "common/base/text.h"
#include "harness/plan/plan.h"
#include "harness/run/artifacts.h"
#include "harness/suite/session_name.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTailShownMax = 4 * 1024;
constexpr std::chrono::milliseconds kAliasPause{50};
constexpr std::string_view kDefaultSession = "default";

std::string in_quotes(const std::string& text) {
  return "'" + base::shortened(base::printable(text), 120) + "'";
}

// "1 call without a fixture; asked 'hello', nearest fixtures/a.yaml#greets: ..."
std::string describe_misses(const std::vector<LlmCall>& calls, std::int64_t misses) {
  std::string text =
      std::to_string(misses) + (misses == 1 ? " call" : " calls") + " without a fixture";
  const auto miss = std::find_if(calls.begin(), calls.end(),
                                 [](const LlmCall& call) { return call.outcome == "miss"; });
  if (miss != calls.end()) {
    text += ": asked " + in_quotes(miss->asked);
    text += miss->nearest.empty() ? ", no fixture is near" : ", nearest " + miss->nearest.front();
  }
  return text;
}

std::vector<std::string> describe_strays(const std::vector<Stray>& strays,
                                         const std::string& test) {
  std::vector<std::string> out;
  out.reserve(strays.size());
  for (const Stray& stray : strays) {
    const bool other = !stray.test.empty() && stray.test != test;
    out.push_back("process " + std::to_string(stray.pid) + ": " + stray.command +
                  (stray.ports.empty() ? "" : ", listening on " + base::join(stray.ports, ", ")) +
                  (other ? " (of " + base::printable(stray.test) + ")" : ""));
  }
  return out;
}

// The end of what was printed, in whole lines where it was cut.
std::string tail_of(const OutputLog& log) {
  std::string tail = log.tail();
  if (tail.size() > kTailShownMax) {
    tail.erase(0, tail.size() - kTailShownMax);
    tail.erase(0, tail.find('\n') == std::string::npos ? 0 : tail.find('\n') + 1);
  }
  return tail;
}

bool a_miss_replaces(Outcome outcome) {
  return outcome == Outcome::kPassed || outcome == Outcome::kFailed || outcome == Outcome::kFlaky;
}

bool a_lost_service_explains(Outcome outcome) {
  return outcome == Outcome::kFailed || outcome == Outcome::kCrashed ||
         outcome == Outcome::kTimedOut;
}

}  // namespace

struct Attempts::Inquiry {
  SessionCalls calls;
  std::string trouble;  // mockllm did not answer
  std::optional<ServiceFailure> lost;
  Artifacts artifacts;
};

base::Result<std::unique_ptr<Attempts>> Attempts::make(const RunSettings& settings, Loop& loop,
                                                       Journal& journal) {
  std::unique_ptr<Attempts> attempts(new Attempts(settings, loop, journal));
  attempts->last_on_alias_ = start_session(settings.run);
  for (const ServiceAddress& address : settings.services.all()) {
    if (address.kind != ServiceKind::kMockllm) {
      continue;
    }
    base::Result<LlmLink> link =
        LlmLink::make(address.url, settings.control_token, settings.redactor);
    if (!link) {
      return std::move(link).error();
    }
    attempts->link_.emplace(std::move(*link));
    attempts->llm_url_ = address.url;
    attempts->llm_name_ = address.name;
    break;
  }
  return attempts;
}

Attempts::Attempts(const RunSettings& settings, Loop& loop, Journal& journal)
    : settings_(settings),
      loop_(loop),
      journal_(journal),
      worker_(std::make_unique<Worker>(loop)),
      syncer_(std::make_unique<Worker>(loop)) {}

Attempts::~Attempts() = default;

const SuiteConfig& Attempts::suite_of(const TestCase& test) const {
  const auto found =
      std::find_if(settings_.config.suites.begin(), settings_.config.suites.end(),
                   [&](const SuiteConfig& suite) { return suite.name == test.suite; });
  CHECK(found != settings_.config.suites.end());
  return *found;
}

// The keys of the services that the suite's tests talk to.
std::vector<std::string> Attempts::aliases_of(const SuiteConfig& suite) const {
  std::vector<std::string> aliases;
  const ServiceAddress* llm = link_ ? settings_.services.find(llm_name_) : nullptr;
  if (llm == nullptr || !shares_alias(suite, settings_.config)) {
    return aliases;
  }
  const std::vector<const ServiceConfig*> used = settings_.config.needs_of(suite.uses);
  for (const auto& key : llm->keys) {
    const std::string& caller = key.first;
    if (std::any_of(used.begin(), used.end(),
                    [&](const auto* service) { return service->name == caller; })) {
      aliases.push_back(key.second);
    }
  }
  if (aliases.empty() && !llm->key.empty()) {
    aliases.push_back(llm->key);
  }
  return aliases;
}

std::unique_ptr<Attempt> Attempts::begin(const TestCase& test, int number,
                                         std::vector<std::string> own_aliases) {
  auto attempt = std::make_unique<Attempt>();
  // Folders and sessions are shown: a parameter may be a secret.
  const std::string shown = journal_.shown(test.id());
  attempt->file = file_name_of(shown) + "." + std::to_string(number);
  attempt->test = test;
  attempt->number = number;
  attempt->session = session_name(settings_.run, shown, number);
  attempt->folder = settings_.private_directory + "/a" + std::to_string(++next_folder_);
  attempt->aliases = aliases_of(suite_of(test));
  attempt->aliases.insert(attempt->aliases.end(), own_aliases.begin(), own_aliases.end());
  attempt->log = std::make_unique<OutputLog>(
      settings_.report_directory + "/logs/" + attempt->file + ".log", settings_.redactor);
  attempt->prepared_at = attempt->started = attempt->ended = loop_.clock().mono();
  attempt->expects_misses = suite_of(test).expects_misses;
  return attempt;
}

void Attempts::prepare(Attempt& attempt, base::MonoTime deadline,
                       std::function<void(std::string)> ready) {
  std::error_code code;
  fs::create_directories(attempt.folder + "/tmp", code);
  fs::create_directories(attempt.folder + "/artifacts", code);
  if (code) {
    ready("cannot make folders for the test: " + code.message());
    return;
  }
  if (!link_) {
    ready("");
    return;
  }
  const auto trouble = std::make_shared<std::string>();
  const std::string session = attempt.session;
  worker_->run(
      [this, trouble, session] {
        if (const base::Result<void> made = link_->make_session(session); !made) {
          *trouble = made.error().message;
        }
      },
      [this, trouble, &attempt, deadline, ready = std::move(ready)] {
        if (!trouble->empty() || attempt.aliases.empty()) {
          ready(*trouble);
        } else {
          point_aliases(attempt, deadline, ready);
        }
      });
}

// An alias whose former attempt has a call open is asked for again until the deadline, then taken
// by force: the former attempt, though it has ended, is not in order.
void Attempts::point_aliases(Attempt& attempt, base::MonoTime deadline,
                             std::function<void(std::string)> ready) {
  struct Answer {
    std::string trouble;
    bool busy = false;
  };

  const auto answer = std::make_shared<Answer>();
  const bool force = loop_.clock().mono() >= deadline;
  const std::vector<std::string> aliases = attempt.aliases;
  const std::string session = attempt.session;
  worker_->run(
      [this, answer, aliases, session, force] {
        for (const std::string& alias : aliases) {
          const base::Result<bool> pointed = link_->point_alias(alias, session, force);
          answer->trouble = pointed ? answer->trouble : pointed.error().message;
          answer->busy |= pointed && !*pointed;
        }
      },
      [this, answer, &attempt, deadline, force, ready = std::move(ready)] {
        if (answer->trouble.empty() && answer->busy && !hurried_) {
          loop_.at(std::min(loop_.clock().mono() + kAliasPause, deadline),
                   [this, &attempt, deadline, ready] { point_aliases(attempt, deadline, ready); });
          return;
        }
        if (force) {
          broken_.insert(last_on_alias_);
        }
        last_on_alias_ = attempt.session;
        ready(answer->trouble);
      });
}

void Attempts::started(Attempt& attempt) {
  attempt.started = loop_.clock().mono();
  journal_.append(AttemptStarted{attempt.test.id(), attempt.number, link_ ? attempt.session : ""});
}

void Attempts::inquire(const Attempt& attempt, Outcome outcome, Inquiry& inquiry) {
  if (link_) {
    base::Result<SessionCalls> calls = link_->calls_of(attempt.session);
    if (calls) {
      inquiry.calls = std::move(*calls);
    } else {
      inquiry.trouble = calls.error().message;
    }
  }
  if (a_lost_service_explains(outcome)) {
    inquiry.lost = settings_.services.lost(suite_of(attempt.test).uses);
  }
  inquiry.artifacts = collect_artifacts(attempt.folder + "/artifacts", settings_.report_directory,
                                        "artifacts/" + attempt.file, settings_.redactor);
  std::error_code ignored;
  fs::remove_all(attempt.folder, ignored);
}

void Attempts::settle(std::unique_ptr<Attempt> attempt, AttemptEnd end, bool may_retry,
                      std::function<void(Outcome, bool)> done) {
  attempt->log->finish();
  const auto inquiry = std::make_shared<Inquiry>();
  const std::shared_ptr<Attempt> kept = std::move(attempt);
  const auto result = std::make_shared<AttemptEnd>(std::move(end));
  const bool ask = !hurried_;
  const bool services_matter =
      !settings_.services.all().empty() && a_lost_service_explains(result->judgement.outcome);
  if (ask && !link_ && !services_matter) {
    inquire(*kept, result->judgement.outcome,
            *inquiry);  // files alone: quicker than another thread
    write_outcome(*kept, *result, *inquiry, may_retry, done);
    return;
  }
  worker_->run(
      [this, kept, result, inquiry, ask] {
        if (ask) {
          inquire(*kept, result->judgement.outcome, *inquiry);
        }
      },
      [this, kept, result, inquiry, may_retry, done = std::move(done)] {
        write_outcome(*kept, *result, *inquiry, may_retry, done);
      });
}

void Attempts::apply_rules(const Attempt& attempt, const Inquiry& inquiry,
                           Judgement& judgement) const {
  if (inquiry.lost && a_lost_service_explains(judgement.outcome)) {
    const ServiceConfig* service = settings_.config.service(inquiry.lost->service);
    const bool application = service != nullptr && is_application(*service);
    judgement.outcome = application ? Outcome::kFailed : Outcome::kEnvironment;
    judgement.reason = (application ? "the application " : "the service ") + inquiry.lost->service +
                       (application ? " died: " : " was lost: ") + inquiry.lost->reason +
                       (judgement.reason.empty() ? "" : " (" + judgement.reason + ")");
  } else if (!inquiry.trouble.empty() && judgement.outcome != Outcome::kNotRun) {
    judgement.outcome = Outcome::kEnvironment;
    judgement.reason = inquiry.trouble;
  }
  const bool misses =
      inquiry.calls.misses > 0 && !attempt.expects_misses && !judgement.expects_misses;
  if (misses && a_miss_replaces(judgement.outcome)) {
    const std::string before = judgement.reason;
    judgement.outcome = Outcome::kLlmMiss;
    judgement.reason = describe_misses(inquiry.calls.calls, inquiry.calls.misses) +
                       (before.empty() ? "" : " (" + before + ")");
  }
}

void Attempts::apply_quarantine(const TestCase& test, Outcome& outcome, std::string& reason) const {
  if (!is_red(outcome) || outcome == Outcome::kNotRun) {
    return;
  }
  if (const auto said = settings_.quarantine.covers(test, suite_of(test).kind)) {
    reason =
        std::string(name_of(outcome)) + ", " + *said + (reason.empty() ? "" : " (" + reason + ")");
    outcome = Outcome::kXfailed;
  }
}

void Attempts::write_outcome(Attempt& attempt, const AttemptEnd& end, const Inquiry& inquiry,
                             bool may_retry, const std::function<void(Outcome, bool)>& done) {
  Judgement judgement = end.judgement;
  apply_rules(attempt, inquiry, judgement);
  apply_quarantine(attempt.test, judgement.outcome, judgement.reason);
  AttemptFinished event;
  event.test = attempt.test.id();
  event.attempt = attempt.number;
  event.outcome = judgement.outcome;
  event.reason = judgement.reason;
  event.failures = judgement.failures;
  attempt.ended = std::max(attempt.ended, attempt.started);
  event.duration_ms = base::to_ms(attempt.ended - attempt.started);
  if (!attempt.log->empty()) {
    event.log = "logs/" + fs::path(attempt.log->path()).filename().string();
    event.output_tail = is_red(judgement.outcome) ? tail_of(*attempt.log) : "";
  }
  event.artifacts = inquiry.artifacts;
  event.calls = inquiry.calls.calls;
  event.calls_total = inquiry.calls.total;
  event.misses = inquiry.calls.misses;
  event.peak_memory_bytes = end.use.peak_memory_bytes;
  event.cpu_ms = base::to_ms(end.use.cpu);
  event.harness_ms =
      base::to_ms((loop_.clock().mono() - attempt.prepared_at) - (attempt.ended - attempt.started));
  event.leaks = describe_strays(end.strays, event.test);
  event.will_retry =
      may_retry && is_red(judgement.outcome) && judgement.outcome != Outcome::kNotRun;
  past_.push_back({attempt.test, event.attempt, attempt.session, event.outcome, event.misses,
                   event.calls_total, attempt.expects_misses || judgement.expects_misses});
  llm_calls_ += event.calls_total;
  const Outcome outcome = event.outcome;
  const bool will_retry = event.will_retry;
  journal_.append(std::move(event));
  if (!sync_pending_) {
    sync_pending_ = true;
    syncer_->run([this] { journal_.sync(); }, [this] { sync_pending_ = false; });
  }
  done(outcome, will_retry);
}

// A late call belongs to its attempt, and a late miss turns it red.
void Attempts::revise(const Past& past) {
  const base::Result<SessionCalls> calls = link_->calls_of(past.session);
  const bool taken = broken_.contains(past.session);
  if (!calls || (calls->total == past.calls && !taken)) {
    return;
  }
  llm_calls_ += calls->total - past.calls;
  AttemptRevised event{past.test.id(), past.number,  past.outcome, "",
                       calls->calls,   calls->total, calls->misses};
  if (calls->misses > 0 && !past.expects_misses && a_miss_replaces(past.outcome)) {
    event.outcome = Outcome::kLlmMiss;
    event.reason = describe_misses(calls->calls, calls->misses);
  } else if (taken && !is_red(past.outcome)) {
    event.outcome = Outcome::kFailed;
    event.reason =
        "call still open: the application had not ended a call of this test when the next began";
  }
  apply_quarantine(past.test, event.outcome, event.reason);
  journal_.append(std::move(event));
}

void Attempts::tell_unowned(const std::string& session, bool only_misses) {
  base::Result<SessionCalls> calls = link_->calls_of(session);
  if (!calls || calls->total == 0) {
    return;
  }
  llm_calls_ += calls->total;
  if (only_misses && calls->misses == 0) {
    return;
  }
  const ServiceConfig* llm = settings_.config.service(llm_name_);
  const bool warn = !only_misses && llm != nullptr && llm->unattributed_warn;
  if (only_misses) {
    std::erase_if(calls->calls, [](const LlmCall& call) { return call.outcome != "miss"; });
  }
  journal_.append(
      UnattributedCalls{session, std::move(calls->calls), calls->total, calls->misses, warn});
}

void Attempts::close() {
  syncer_.reset();
  worker_.reset();  // from here on the line to mockllm is this thread's
  if (!link_ || hurried_) {
    return;
  }
  for (const Past& past : past_) {
    revise(past);
  }
  tell_unowned(start_session(settings_.run), true);
  tell_unowned(std::string(kDefaultSession), false);
}

}  // namespace harness
