#include "harness/launch/launch.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "common/base/file.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "harness/kube/api.h"
#include "harness/kube/exec.h"
#include "harness/kube/pulse.h"
#include "harness/kube/watch.h"
#include "harness/launch/collector.h"
#include "harness/launch/inbox.h"
#include "harness/launch/job.h"
#include "harness/launch/objects.h"
#include "harness/launch/rights.h"
#include "harness/launch/timing.h"
#include "harness/report/folder.h"
#include "harness/report/github.h"
#include "harness/report/style.h"

namespace harness {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t kNameEndBytes = 4;
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kEventsMax = 1'000;
constexpr std::string_view kContainer = "runner";
constexpr milliseconds kLook{1'000};            // at the clock, where nothing comes
constexpr milliseconds kEndTimeout{15'000};     // from a run's last record to the end of its pod
constexpr milliseconds kDeadlineGrace{60'000};  // above the Job's own, for an API that was away
constexpr milliseconds kExecTimeout{10'000};

// One launch, from the created Job to its end.
class Launch {
 public:
  Launch(const LaunchOptions& options, const LaunchContext& context, KubeAccess access, KubeApi api,
         std::unique_ptr<Inbox> inbox)
      : options_(options),
        context_(context),
        access_(std::move(access)),
        api_(std::move(api)),
        inbox_(std::move(inbox)),
        namespace_(options.namespace_name.empty() ? access_.namespace_name
                                                  : options.namespace_name),
        name_(options.name + "-" + base::random_token(kNameEndBytes)),
        nonce_(base::random_token(kNonceBytes)) {}

  int run();

 private:
  struct End {
    std::optional<Cause> cause;
    int signal_code = 0;  // not 0: a signal ended it
  };

  int refuse(ExitCode code, std::string_view what, std::string_view remedy) const;

  void say(std::string_view line) const {
    (void)base::write_all(context_.err, std::string(line) + "\n");
  }

  void watch();
  End follow();
  void take(LaunchMessage message);
  void on_object(ObjectChanged changed);
  void on_pod(json pod);
  void on_line(const LogLine& line);
  bool settled();
  std::optional<Cause> lasting_cause();
  void collect();
  base::Result<std::string> exec(const std::vector<std::string>& command) const;
  int finish(const End& end);
  void remove(bool failed);

  const LaunchOptions& options_;
  const LaunchContext& context_;
  KubeAccess access_;
  KubeApi api_;
  std::unique_ptr<Inbox> inbox_;
  std::string namespace_;
  std::string name_;
  std::string nonce_;
  JobState state_;
  std::string pod_uid_;
  std::optional<Collector> collector_;
  bool log_ended_ = false;
  bool collected_ = false;
  std::optional<Cause> told_;  // the cause that was told last
  base::MonoTime cause_since_;
  base::MonoTime run_ended_;
  const Style style_ = Style::of(context_.out, context_.environment);
  LaunchTiming timing_;
  std::optional<base::MonoTime> api_lost_since_;
  // Ended before the inbox they write to, last first.
  std::vector<std::unique_ptr<KubeWatch>> watches_;
  std::unique_ptr<KubeLog> log_;
  std::unique_ptr<KubePulse> pulse_;
};

int Launch::refuse(ExitCode code, std::string_view what, std::string_view remedy) const {
  say("error: " + std::string(what));
  if (!remedy.empty()) {
    say("remedy: " + std::string(remedy));
  }
  return code_of(code);
}

int Launch::run() {
  const base::Result<json> job = job_of(options_, name_, namespace_, nonce_);
  if (!job) {
    return refuse(ExitCode::kUsage, job.error().message, "");
  }
  if (const std::optional<MissingRight> missing = missing_right(api_, namespace_)) {
    return refuse(ExitCode::kServiceRefused, missing->sentence, missing->remedy);
  }
  const KubeAnswer created = api_.create("/apis/batch/v1/namespaces/" + namespace_ + "/jobs", *job);
  if (!created) {
    return refuse(ExitCode::kServiceRefused,
                  "the API server does not take the Job: " + created.error->message,
                  remedy_for(*created.error, options_, namespace_));
  }
  timing_.created = context_.clock.mono();
  say("job " + namespace_ + "/" + name_ + " is created, by " + access_.source);
  state_.job = created.object;
  watch();
  const End end = follow();
  pulse_.reset();
  log_.reset();
  watches_.clear();
  return finish(end);
}

void Launch::watch() {
  const auto watch_all = [&](ObjectChanged::Kind kind, const std::string& path,
                             const std::string& labels, const std::string& fields) {
    WatchSink sink;
    sink.event = [this, kind](std::string_view type, const json& object) {
      inbox_->put(ObjectChanged{kind, type == "DELETED", object});
    };
    // That nobody answers is the pulse's to tell.
    sink.lost = [this](const KubeError& error) {
      if (!error.unreachable()) {
        inbox_->put(ApiRefused{error.message});
      }
    };
    watches_.push_back(std::make_unique<KubeWatch>(access_, context_.clock, path, labels, fields,
                                                   std::move(sink)));
  };
  const std::string core = "/api/v1/namespaces/" + namespace_;
  watch_all(ObjectChanged::Kind::kJob, "/apis/batch/v1/namespaces/" + namespace_ + "/jobs", "",
            "metadata.name=" + name_);
  watch_all(ObjectChanged::Kind::kPod, core + "/pods", "batch.kubernetes.io/job-name=" + name_, "");
  watch_all(ObjectChanged::Kind::kEvent, core + "/events", "",
            "involvedObject.kind=Job,involvedObject.name=" + name_);
  pulse_ = std::make_unique<KubePulse>(
      access_, context_.clock,
      PulseSink{.lost = [this](const KubeError& error) { inbox_->put(ApiLost{error.message}); },
                .found = [this] { inbox_->put(ApiFound{}); }});
}

Launch::End Launch::follow() {
  const base::MonoTime deadline = context_.clock.mono() + options_.deadline + kDeadlineGrace;
  for (;;) {
    if (inbox_->wait(context_.stop_fd, kLook)) {
      say("interrupted: the Job is deleted");
      return {std::nullopt, code_of(ExitCode::kInterrupted)};
    }
    while (std::optional<LaunchMessage> message = inbox_->take()) {
      take(std::move(*message));
    }
    if (collector_ && collector_->run_finished() && !collected_) {
      collect();
    }
    if (settled()) {
      return {};
    }
    if (std::optional<Cause> cause = lasting_cause()) {
      return {std::move(cause), 0};
    }
    if (context_.clock.mono() >= deadline) {
      return {Cause{CauseClass::kCluster, "the API server told nothing of the Job's end", "", false,
                    ExitCode::kNotDelivered},
              0};
    }
  }
}

void Launch::take(LaunchMessage message) {
  if (auto* changed = std::get_if<ObjectChanged>(&message)) {
    on_object(std::move(*changed));
  } else if (auto* line = std::get_if<LogLine>(&message)) {
    on_line(*line);
  } else if (auto* ended = std::get_if<LogEnded>(&message)) {
    log_ended_ = log_ended_ || ended->pod_uid == pod_uid_;
  } else if (auto* refused = std::get_if<ApiRefused>(&message)) {
    say("warning: the API server answers a watch with an error, which is tried again: " +
        refused->message);
  } else if (auto* lost = std::get_if<ApiLost>(&message)) {
    if (!api_lost_since_) {
      api_lost_since_ = context_.clock.mono();
      say("the API server does not answer (" + lost->message +
          "): the run goes on without it, and its results are fetched when it is back");
    }
  } else if (api_lost_since_) {
    say("the API server answers again, after " +
        readable_ms(base::to_ms(context_.clock.mono() - *api_lost_since_)));
    api_lost_since_.reset();
  }
}

void Launch::on_object(ObjectChanged changed) {
  switch (changed.kind) {
    case ObjectChanged::Kind::kJob:
      state_.job = std::move(changed.object);
      break;
    case ObjectChanged::Kind::kEvent:
      if (state_.events.size() < kEventsMax) {
        state_.events.push_back(std::move(changed.object));
      }
      break;
    case ObjectChanged::Kind::kPod:
      if (changed.deleted) {
        state_.pod_deleted =
            state_.pod_deleted || text_at(changed.object, "/metadata/uid") == pod_uid_;
      } else {
        on_pod(std::move(changed.object));
      }
      break;
  }
}

// A pod that is new takes the former one's place: what that one told is no part of this run.
void Launch::on_pod(json pod) {
  const std::string uid = text_at(pod, "/metadata/uid");
  if (uid != pod_uid_) {
    const std::string made = text_at(pod, "/metadata/creationTimestamp");
    if (!pod_uid_.empty() && made < text_at(state_.pod, "/metadata/creationTimestamp")) {
      return;  // an older one, told late
    }
    log_.reset();
    pod_uid_ = uid;
    log_ended_ = false;
    collected_ = false;
    state_.pod_deleted = false;
    collector_.emplace(nonce_, options_.report_directory, options_.pod_report_directory);
    timing_ = {timing_.created, context_.clock.mono(), {}, {}, {}, {}};
    say("pod " + text_at(pod, "/metadata/name"));
  }
  state_.pod = std::move(pod);
  if (log_ == nullptr && container_started(state_.pod, kContainer)) {
    timing_.container = context_.clock.mono();
    LogSink sink;
    sink.line = [this, uid](std::string_view line) {
      inbox_->put(LogLine{uid, std::string(line)});
    };
    sink.lost = [](const KubeError&) {};  // that the API server is away is told by the watches
    sink.ended = [this, uid] { inbox_->put(LogEnded{uid}); };
    log_ = std::make_unique<KubeLog>(access_, context_.clock, namespace_,
                                     text_at(state_.pod, "/metadata/name"), std::string(kContainer),
                                     std::move(sink));
  }
}

void Launch::on_line(const LogLine& line) {
  if (line.pod_uid != pod_uid_ || !collector_) {
    return;
  }
  switch (collector_->add_line(line.line)) {
    case Collector::Heard::kOutput:
      // What a test printed must not steer the CI system that reads along.
      (void)base::write_all(context_.out, style_.told(line.line) + "\n");
      break;
    case Collector::Heard::kTestStarted:
      timing_.first_test = timing_.first_test.value_or(context_.clock.mono());
      break;
    case Collector::Heard::kTestFinished:
      timing_.last_result = context_.clock.mono();
      break;
    case Collector::Heard::kRecord:
      break;
  }
}

void Launch::collect() {
  collected_ = true;
  run_ended_ = context_.clock.mono();
  const base::Result<void> fetched =
      collector_->fetch([this](const std::vector<std::string>& command) { return exec(command); });
  if (!fetched) {
    say("warning: not everything could be fetched from the pod: " + fetched.error().message);
  }
  timing_.delivered = context_.clock.mono();
}

base::Result<std::string> Launch::exec(const std::vector<std::string>& command) const {
  ExecRequest request;
  request.namespace_name = namespace_;
  request.pod = text_at(state_.pod, "/metadata/name");
  request.container = std::string(kContainer);
  request.command = command;
  request.timeout = kExecTimeout;
  std::string output;
  const ExecResult result =
      kube_exec(access_, context_.clock, request, [&](std::string_view piece) { output += piece; });
  if (result.error) {
    return base::unavailable(result.error->message);
  }
  if (result.exit_code != 0) {
    return base::unavailable(base::join(command, " ") + " ended " +
                             std::to_string(result.exit_code) + ": " + result.error_output);
  }
  return output;
}

// Everything that will come has come: the pod has ended, its log was read, and no other follows.
bool Launch::settled() {
  const bool ended = !end_of_container(state_.pod, kContainer).is_null() && log_ended_;
  if (ended && (job_ended(state_.job) || (collector_ && collector_->run_finished()))) {
    return true;
  }
  return collected_ && context_.clock.mono() - run_ended_ >= kEndTimeout;
}

// A cause is told when it is seen; it ends the launch at once, or when it has lasted.
std::optional<Cause> Launch::lasting_cause() {
  if (collector_ && collector_->run_finished()) {
    return std::nullopt;  // the run has its verdict
  }
  std::optional<Cause> cause = cause_of(state_);
  if (cause && cause->exit_code == ExitCode::kNotDelivered && !job_ended(state_.job) &&
      options_.retries > 0) {
    return std::nullopt;  // the Job makes another pod
  }
  if (!cause) {
    told_.reset();
    return std::nullopt;
  }
  if (!told_ || told_->sentence != cause->sentence) {
    if (!told_) {
      cause_since_ = context_.clock.mono();
    }
    say(cause->sentence);
    told_ = cause;
  }
  const bool lasted = context_.clock.mono() - cause_since_ >= options_.pending_timeout;
  // Where the log still comes in, what the pod told is worth waiting for.
  const bool heard = log_ == nullptr || log_ended_ || state_.pod_deleted;
  return (!cause->may_pass && heard) || lasted ? cause : std::nullopt;
}

int Launch::finish(const End& end) {
  if (!collector_) {
    collector_.emplace(nonce_, options_.report_directory, options_.pod_report_directory);
  }
  const json terminated = end_of_container(state_.pod, kContainer);
  std::optional<int> exit_code;
  if (terminated.contains("exitCode") && terminated["exitCode"].is_number_integer()) {
    exit_code = terminated["exitCode"].get<int>();
  }
  std::optional<Cause> cause = end.cause;
  if (end.signal_code != 0) {
    cause = Cause{CauseClass::kYours, "interrupted", "", false, ExitCode::kInterrupted};
  } else if (!cause && !collector_->run_finished()) {
    cause = cause_of(state_);
    if (!cause && exit_code) {
      cause = Cause{CauseClass::kYours,
                    "container " + std::string(kContainer) + " ended with exit code " +
                        std::to_string(*exit_code) + " and its run told no end",
                    "see its output above, and whether the image runs `harness run`", false,
                    ExitCode::kNotDelivered};
    }
  }
  const auto [results, reported] =
      collector_->finish(text_at(terminated, "/message"), exit_code, cause);
  const int code = code_of(reported.verdict.exit_code);
  // The pod is no step of a workflow: what GitHub shows of the run is told here, and so once.
  if (const base::Result<void> told =
          tell_github(results, reported.verdict, context_.environment, context_.out);
      !told) {
    say("warning: " + told.error().message);
  }
  if (!cause && reported.verdict.exit_code == ExitCode::kInterrupted) {
    cause = cause_of(state_);  // what it was interrupted by
  }
  if (cause) {
    say("error: " + cause->sentence);
    if (!cause->remedy.empty()) {
      say("remedy: " + cause->remedy + " (" + std::string(name_of(cause->cause_class)) + ")");
    }
  }
  remove(code != 0);
  if (const std::string text = timing_text(timing_); !text.empty()) {
    say("timing: " + text);
  }
  say("reports: " + options_.report_directory + ", exit code " + std::to_string(code));
  return code;
}

void Launch::remove(bool failed) {
  if (failed && options_.keep_on_failure) {
    say("job " + namespace_ + "/" + name_ + " is kept: kubectl --namespace " + namespace_ +
        " describe job " + name_);
    return;
  }
  const KubeAnswer removed =
      api_.remove("/apis/batch/v1/namespaces/" + namespace_ + "/jobs/" + name_);
  if (!removed && removed.error->reason != "NotFound") {
    say("warning: job " + namespace_ + "/" + name_ +
        " could not be deleted: " + removed.error->message);
  }
}

}  // namespace

int launch_run(const LaunchOptions& options, const LaunchContext& context) {
  const auto refuse = [&](ExitCode code, const std::string& message) {
    (void)base::write_all(context.err, "error: " + message + "\n");
    return code_of(code);
  };
  // First of all: whatever goes wrong from here on, an old report is not taken for this launch's.
  if (const base::Result<void> cleared = clear_report_folder(options.report_directory); !cleared) {
    return refuse(ExitCode::kUsage, cleared.error().message);
  }
  base::Result<KubeAccess> access = find_access(options.cluster, context.environment);
  if (!access) {
    return refuse(ExitCode::kUsage, access.error().message);
  }
  base::Result<KubeApi> api = KubeApi::make(*access, context.clock);
  if (!api) {
    return refuse(ExitCode::kUsage, api.error().message);
  }
  base::Result<std::unique_ptr<Inbox>> inbox = Inbox::make();
  if (!inbox) {
    return refuse(ExitCode::kInternalError, inbox.error().message);
  }
  return Launch(options, context, std::move(*access), std::move(*api), std::move(*inbox)).run();
}

}  // namespace harness
