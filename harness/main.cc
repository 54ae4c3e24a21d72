#include <sys/prctl.h>

#include <csignal>
#include <filesystem>

#include "common/base/clock.h"
#include "common/base/descriptors.h"
#include "common/base/file.h"
#include "harness/options.h"
#include "harness/process/stop_signals.h"
#include "harness/session.h"
#include "harness/suite/exit_code.h"
#include "harness/verbs/output.h"

namespace {

using harness::VerbContext;

// One overload per verb; run and list take their signals as something to poll.
class Perform {
 public:
  explicit Perform(const VerbContext& context) : context_(context) {}

  int operator()(const harness::EndNow& end) const {
    if (end.exit_code == 0) {
      return harness::write_data(context_.out, context_.err, end.text);
    }
    (void)base::write_all(context_.err, end.text);
    return end.exit_code;
  }

  int operator()(const harness::RunOptions& options) const {
    return with_signals(options, harness::run_session);
  }

  int operator()(const harness::ListOptions& options) const {
    return with_signals(options, harness::list_session);
  }

  int operator()(const harness::WaitOptions& options) const { return wait_verb(options, context_); }

  int operator()(const harness::MigrateOptions& options) const {
    return migrate_verb(options, context_);
  }

  int operator()(const harness::MigrateStatusOptions& options) const {
    return migrate_status_verb(options, context_);
  }

  int operator()(const harness::DoctorOptions& options) const {
    return doctor_verb(options, context_);
  }

  int operator()(const harness::ModeOptions& options) const { return mode_verb(options, context_); }

  int operator()(const harness::LaunchOptions& options) const {
    const base::Result<harness::StopSignals> signals = harness::StopSignals::take();
    if (!signals) {
      (void)base::write_all(context_.err, "harness: " + signals.error().message + "\n");
      return code_of(harness::ExitCode::kInternalError);
    }
    return launch_run(
        options, {context_.environment, context_.clock, signals->fd(), context_.out, context_.err});
  }

  int operator()(const harness::SecretsOptions& options) const {
    return secrets_verb(options, context_);
  }

  int operator()(const harness::PreflightOptions& options) const {
    return preflight_verb(options, context_);
  }

  int operator()(const harness::JournalOptions& options) const {
    return journal_verb(options, context_);
  }

  int operator()(const harness::ReportOptions& options) const {
    return report_verb(options, context_);
  }

  int operator()(const harness::InitOptions& options) const { return init_verb(options, context_); }

  int operator()(const harness::ImportOptions& options) const {
    return import_verb(options, context_);
  }

  int operator()(const harness::ServicesOptions& options) const {
    return services_up_verb(options, context_);
  }

  int operator()(const harness::ServicesDownOptions& options) const {
    return services_down_verb(options.services, context_);
  }

 private:
  template <typename Options, typename Function>
  int with_signals(const Options& options, Function function) const {
    const base::Result<harness::StopSignals> signals = harness::StopSignals::take();
    if (!signals) {
      (void)base::write_all(context_.err, "harness: " + signals.error().message + "\n");
      return code_of(harness::ExitCode::kInternalError);
    }
    std::error_code ignored;
    const harness::SessionContext session{
        context_.environment,
        context_.clock,
        std::filesystem::read_symlink("/proc/self/exe", ignored).string(),
        signals->fd(),
        context_.out,
        context_.err,
        context_.json};
    return function(options, session);
  }

  const VerbContext& context_;
};

}  // namespace

int main(int argc, char** argv, char** environment_entries) {
  if (const base::Result<void> filled = base::fill_standard_descriptors(); !filled) {
    return code_of(harness::ExitCode::kInternalError);  // there is nowhere to say why
  }
  const base::Environment environment(environment_entries);
  const base::SystemClock clock;
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of write(), not our end
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file that may not grow
  if (environment.has("DRYDOCK_NONCE")) {
    // Who can read our memory or environment can forge the frames of a run.
    ::prctl(PR_SET_DUMPABLE, 0);
  }
  const harness::CommandLine line = harness::parse_command_line(argc, argv);
  const VerbContext context{environment, clock, 1, 2, line.json};
  return std::visit(Perform(context), line.verb);
}
