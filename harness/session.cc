#include "harness/session.h"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <random>

#include "common/base/duration.h"
#include "common/base/file.h"
#include "common/base/random.h"
#include "harness/config/url.h"
#include "harness/databases.h"
#include "harness/history/database.h"
#include "harness/history/durations.h"
#include "harness/history/former_run.h"
#include "harness/llm_setup.h"
#include "harness/migrate/migrate.h"
#include "harness/plan/order.h"
#include "harness/prepared.h"
#include "harness/process/cpus.h"
#include "harness/process/process.h"
#include "harness/process/stop_signals.h"
#include "harness/process/strays.h"
#include "harness/report/console.h"
#include "harness/report/copies.h"
#include "harness/report/folder.h"
#include "harness/run/dispatcher.h"
#include "harness/secret/secret.h"
#include "harness/selection.h"
#include "harness/service/base_environment.h"
#include "harness/service/services.h"
#include "harness/service_logs.h"

namespace harness {
namespace {

constexpr std::size_t kRunNameBytes = 4;
constexpr std::size_t kTokenBytes = 24;
constexpr std::chrono::milliseconds kLeaseMargin{60'000};  // after the run's limit
constexpr std::chrono::milliseconds kRemoveTime{60'000}, kHurriedRemoveTime{2'000};

// Lives as long as one run. Each phase says whether the next may begin; why not is in the journal.
class Session {
 public:
  Session(const RunOptions& options, const SessionContext& context, Prepared prepared)
      : options_(options),
        context_(context),
        config_(std::move(prepared.config)),
        folder_(std::move(prepared.folder)),
        journal_(std::move(prepared.journal)),
        reports_(std::move(prepared.reports)),
        handover_(std::move(prepared.handover)),
        choices_(std::move(prepared.choices)),
        past_(std::move(prepared.past)),
        history_(std::move(prepared.history)),
        started_(context.clock.mono()) {}

  int run();

 private:
  bool decide_llm();
  bool use_real_llm();
  bool load_all_secrets();
  bool start_services();
  bool apply_migrations();
  bool ask_history();
  bool list_tests();
  bool isolate_workers();
  bool read_quarantine();
  bool run_plan();
  void end_services();
  void keep_history();
  int report();

  bool fail(ExitCode code, std::string reason);
  bool take(const std::string& name, const std::function<Databases::Step()>& step);
  // True where a signal has come: it is in the journal then.
  bool interrupted();
  void phase(const std::string& name, std::string detail, base::MonoTime since);
  void learn_secrets();
  [[nodiscard]] base::Environment tests_environment() const;

  [[nodiscard]] std::string service_logs() const { return folder_.path().string() + "/services"; }

  const RunOptions& options_;
  const SessionContext& context_;
  Config config_;
  base::TemporaryDirectory folder_;
  Journal journal_;
  std::string reports_;
  std::optional<Handover> handover_;
  PlanChoices choices_;
  std::optional<PastTests> past_;
  std::optional<RunHistory> history_;
  base::MonoTime started_;
  std::string run_ = "r" + base::random_token(kRunNameBytes);
  std::string control_token_ = base::random_token(kTokenBytes);
  ModeDecision mode_;
  std::string key_variable_;  // of the real LLM's key; empty in a run with the mock
  std::vector<Secret> secrets_;
  std::shared_ptr<const redact::Redactor> redactor_;
  std::unique_ptr<Services> services_;
  std::optional<Databases> databases_;
  Plan plan_;
  Quarantine quarantine_;
  std::int64_t llm_calls_ = 0;
};

// The table of contents of a run.
int Session::run() {
  Console console(context_.err, Style::of(context_.err, context_.environment),
                  columns_of(context_.err, context_.environment));
  journal_.follow([&](const Record& record) { console.on(record); });
  if (handover_) {
    journal_.follow_lines(
        [&](std::uint64_t seq, std::string_view line) { handover_->tell(seq, line); });
  }
  const bool ready = decide_llm() && read_quarantine() && load_all_secrets() && start_services() &&
                     apply_migrations();
  // From here on no test is added.
  const bool listed = ready && ask_history() && list_tests() && isolate_workers();
  if (listed) {
    run_plan();
  }
  end_services();
  reap_strays({});
  // From here on nothing of ours is running.
  return report();
}

bool Session::fail(ExitCode code, std::string reason) {
  journal_.append(RunFailed{code_of(code), std::move(reason)});
  return false;
}

bool Session::interrupted() {
  const std::optional<int> signal = take_stop_signal(context_.stop_fd);
  if (signal) {
    journal_.append(RunInterrupted{*signal == SIGINT ? "SIGINT" : "SIGTERM", false});
  }
  return signal.has_value();
}

void Session::phase(const std::string& name, std::string detail, base::MonoTime since) {
  journal_.append(
      PhaseFinished{name, std::move(detail), base::to_ms(context_.clock.mono() - since)});
}

bool Session::decide_llm() {
  const base::Result<ModeDecision> decided =
      mode_of(options_.llm.value_or(config_.llm), context_.environment);
  if (decided) {
    mode_ = *decided;
  }
  journal_.append(RunStarted{run_, config_.name, DRYDOCK_VERSION, std::string(name_of(mode_.mode)),
                             mode_.reason, options_.selection.shard.index,
                             options_.selection.shard.count});
  if (!decided) {
    return fail(ExitCode::kUsage, decided.error().message);
  }
  if (mode_.missing_key) {
    return fail(ExitCode::kSecretMissing,
                "a real LLM is demanded, and there is no key: " + mode_.reason);
  }
  return mode_.mode == LlmMode::kMock || use_real_llm();
}

bool Session::use_real_llm() {
  const base::Result<void> changed = pass_to_real_llm(config_, context_.environment, mode_.reason);
  key_variable_ = kDefaultKeyVariable;
  return changed || fail(ExitCode::kUsage, changed.error().message);
}

bool Session::load_all_secrets() {
  const base::MonoTime since = context_.clock.mono();
  base::Result<std::vector<Secret>> secrets = load_secrets(
      with_variables(config_.secrets, options_.secret_variables), context_.environment);
  if (!secrets) {
    return fail(ExitCode::kSecretMissing, secrets.error().message);
  }
  secrets_ = std::move(*secrets);
  learn_secrets();
  if (!secrets_.empty()) {
    phase("secrets", std::to_string(secrets_.size()) + " found", since);
  }
  return redactor_ != nullptr || fail(ExitCode::kSecretMissing, "the secrets cannot be masked");
}

// What is known by now: the secrets, and the passwords of the services that are up.
void Session::learn_secrets() {
  std::vector<std::string> urls;
  if (services_) {
    for (const ServiceAddress& address : services_->all()) {
      urls.push_back(address.url);
    }
  }
  base::Result<std::shared_ptr<const redact::Redactor>> redactor =
      make_redactor(secrets_, urls, context_.environment);
  if (!redactor) {
    redactor_ = nullptr;
    return;
  }
  redactor_ = std::move(*redactor);
  journal_.redact_with(redactor_);
}

// No test may write into the history.
base::Environment Session::tests_environment() const {
  base::Environment environment = base_environment(context_.environment, key_variable_);
  environment.unset(config_.history_url_env);
  return environment;
}

bool Session::start_services() {
  const base::MonoTime since = context_.clock.mono();
  const std::vector<std::string> names = services_of(config_);
  Services::Options options;
  options.mockllm = mockllm_program(options_.mockllm, context_.own_path);
  options.log_directory = service_logs();
  options.run = run_;
  // A server that we do not start has a token of its own.
  control_token_ = context_.environment.get("MOCKLLM_CONTROL_TOKEN").value_or(control_token_);
  options.control_token = control_token_;
  options.pause = [this](std::chrono::milliseconds pause) {
    pollfd stop{context_.stop_fd, POLLIN, 0};
    return ::poll(&stop, context_.stop_fd >= 0 ? 1 : 0, static_cast<int>(pause.count())) == 0;
  };
  options.ready = pointing_to_start(control_token_, run_);
  if (!key_variable_.empty()) {
    ask_upstream(options, context_.environment, key_variable_);
  }
  services_ = std::make_unique<Services>(config_, context_.environment, context_.clock, options);
  if (names.empty()) {
    return true;
  }
  const std::optional<ServiceFailure> failure = services_->up(names);
  learn_secrets();
  for (const ServiceAddress& address : services_->all()) {
    journal_.append(ServiceReady{
        address.name,
        address.url.empty() ? std::string(name_of(address.kind)) : masked_url(address.url),
        static_cast<double>(address.waited.count())});
  }
  if (interrupted()) {
    return false;
  }
  if (failure) {
    journal_.append(ServiceFailed{failure->service, failure->reason, failure->log,
                                  code_of(failure->exit_code)});
    return false;
  }
  phase("services", std::to_string(names.size()) + " ready", since);
  return redactor_ != nullptr ||
         fail(ExitCode::kSecretMissing, "the services' passwords cannot be masked");
}

bool Session::apply_migrations() {
  databases_.emplace(config_, *services_);
  return take("migrations", [&] { return databases_->migrate_shared(); });
}

bool Session::isolate_workers() {
  const auto limit = options_.run_timeout.value_or(config_.run_timeout);
  const auto jobs = static_cast<std::size_t>(options_.jobs.value_or(usable_cpus()));
  const std::size_t workers = std::min(jobs, plan_.units.size());
  const bool done = take("isolation", [&] {
    return databases_->isolate_workers(run_, workers, limit + kLeaseMargin);
  });
  for (std::size_t i = 0; !done && i < plan_.selected.size(); ++i) {
    journal_.append(TestNotRun{plan_.selected[i].id(), "no worker could be made ready", false});
  }
  return done;
}

bool Session::take(const std::string& name, const std::function<Databases::Step()>& step) {
  const base::MonoTime since = context_.clock.mono();
  const Databases::Step done = step();
  if (done.failure) {
    return fail(done.failure->exit_code, done.failure->reason);
  }
  if (!done.detail.empty()) {
    phase(name, done.detail, since);
  }
  return !interrupted();
}

// What the workers had is removed while the services are there; a run that is being ended does not
// wait long for it, and what is left is the next run's to drop.
void Session::end_services() {
  if (!services_) {
    return;
  }
  const base::MonoTime since = context_.clock.mono();
  const bool hurried = std::any_of(
      journal_.records().begin(), journal_.records().end(),
      [](const Record& record) { return std::holds_alternative<RunInterrupted>(record.event); });
  const std::string left =
      databases_ ? databases_->remove(hurried ? kHurriedRemoveTime : kRemoveTime) : "";
  if (!left.empty()) {
    phase("isolation", left, since);
  }
  services_->down();
  publish_service_logs(service_logs(), reports_ + "/logs", redactor_);
}

bool Session::ask_history() {
  const bool orders = past_ && options_.selection.durations.path.empty();
  if (!history_ || (!orders && history_->shards_of.empty())) {
    return true;
  }
  const base::MonoTime since = context_.clock.mono();
  const base::Result<std::string> said = ask(*history_, context_.clock, choices_, past_);
  if (said) {
    phase("order", *said, since);
  }
  return said || fail(code_without_history(said.error()), said.error().message);
}

bool Session::list_tests() {
  const base::MonoTime since = context_.clock.mono();
  const DiscoveryContext discovery_context{
      context_.clock,
      tests_environment().entries(),
      config_.directory,
      folder_.path().string(),
      options_.selection.python,
      options_.selection.test_timeout.value_or(config_.test_timeout),
      context_.stop_fd};
  Discovery discovery = discover_all(config_, discovery_context);
  reap_strays(services_->pids());
  if (discovery.interrupted || interrupted()) {
    interrupted();
    return false;
  }
  for (DiscoveryProblem& problem : discovery.problems) {
    journal_.append(DiscoveryFailed{problem.suite, problem.path, problem.reason, problem.output});
  }
  choices_.only = ids_shown_as(std::move(choices_.only), discovery.tests, journal_);
  plan_ = make_plan(discovery.tests, config_, choices_);
  if (past_) {
    order_by_past(plan_, *past_);
  }
  journal_.append(TestsListed{plan_.selected, static_cast<std::int64_t>(plan_.listed),
                              plan_.list_sha256, discovery.empty_suites, plan_.elsewhere,
                              plan_.durations_sha256});
  phase("list",
        std::to_string(plan_.selected.size()) + " of " + std::to_string(plan_.listed) +
            " tests selected" + (choices_.only ? " (--rerun-failed)" : ""),
        since);
  return true;
}

// An entry whose day has passed makes the run red, whatever its tests do.
bool Session::read_quarantine() {
  const std::string today = base::to_rfc3339(context_.clock.wall()).substr(0, 10);
  base::Result<Quarantine> quarantine = Quarantine::make(config_, today);
  if (!quarantine) {
    return fail(ExitCode::kUsage, quarantine.error().message);
  }
  quarantine_ = std::move(*quarantine);
  for (const std::string& expired : quarantine_.expired()) {
    fail(ExitCode::kTestsFailed, expired);
  }
  return true;
}

bool Session::run_plan() {
  RunSettings settings{context_.clock, config_, *services_};
  settings.environment = tests_environment();
  settings.run = run_;
  settings.workers = databases_->workers();
  settings.llm_mode = name_of(mode_.mode);
  settings.control_token = control_token_;
  settings.python = options_.selection.python;
  settings.report_directory = reports_;
  settings.private_directory = folder_.path().string();
  settings.redactor = redactor_;
  settings.jobs = options_.jobs.value_or(usable_cpus());
  settings.retries = options_.retries;
  settings.repeat = options_.repeat;
  settings.until_fail = options_.until_fail;
  settings.quarantine = quarantine_;
  if (options_.shuffle) {
    settings.shuffle_seed = options_.seed.value_or(std::random_device()());
    phase("order", "shuffled: --seed " + std::to_string(*settings.shuffle_seed),
          context_.clock.mono());
  }
  settings.fail_fast = options_.fail_fast;
  settings.test_timeout = options_.selection.test_timeout;
  settings.soft_timeout = options_.soft_timeout;
  settings.run_deadline = started_ + options_.run_timeout.value_or(config_.run_timeout);
  settings.stop_fd = context_.stop_fd;
  const base::Result<RunSummary> summary = run_tests(settings, plan_, journal_);
  llm_calls_ = summary ? summary->llm_calls : 0;
  return summary || fail(ExitCode::kServiceNotReady, summary.error().message);
}

void Session::keep_history() {
  if (!history_) {
    return;
  }
  const base::MonoTime since = context_.clock.mono();
  RunResults results = collect(journal_.records());
  results.finished = true;
  results.duration_ms = base::to_ms(since - started_);
  phase("history", tell_history(history_->url, results, history_->revision, context_.clock), since);
}

// Derived from the journal's records and from nothing else.
int Session::report() {
  keep_history();
  journal_.append(RunFinished{base::to_ms(context_.clock.mono() - started_), llm_calls_});
  journal_.sync();
  const RunResults results = collect(journal_.records());
  const Reported reported = write_report_folder(results, reports_, journal_.trouble());
  const base::Result<void> told_on = update_durations(reports_, results);
  (void)base::write_all(
      context_.out,
      summary_text(results, reported.verdict, Style::of(context_.out, context_.environment),
                   detail_after(context_.err, context_.out, context_.environment)) +
          "reports: " + reports_ + "/{report.html,verdict.json,junit.xml,journal.jsonl,logs}\n");
  if (!told_on) {
    (void)base::write_all(context_.err, "harness: " + told_on.error().message + "\n");
  }
  for (const std::string& trouble :
       write_copies(results, reported.verdict, {options_.metrics_file, context_.out},
                    context_.environment)) {
    (void)base::write_all(context_.err, "harness: " + trouble + "\n");
  }
  if (handover_) {
    handover_->finish(reported.verdict_json, context_.stop_fd);
  }
  return code_of(reported.verdict.exit_code);
}

}  // namespace

int run_session(const RunOptions& options, const SessionContext& context) {
  base::Result<Prepared> prepared = prepare(options, context);
  if (!prepared) {
    (void)base::write_all(context.err, "harness: " + prepared.error().message + "\n");
    return code_of(prepared.error().kind == base::ErrorKind::kInternal ? ExitCode::kInternalError
                                                                       : ExitCode::kUsage);
  }
  return Session(options, context, std::move(*prepared)).run();
}

}  // namespace harness
