#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "harness/kube/client.h"
#include "harness/kube/errors.h"
#include "harness/kube/json.h"
#include "harness/kube/log_position.h"
#include "harness/kube/outage.h"
#include "harness/kube/pause.h"
#include "harness/kube/watch.h"

namespace harness {
namespace {

// Between the end of a container and the API's saying so, or until it has started.
constexpr std::chrono::milliseconds kStatusPause{200};
constexpr int kStatusBadRequest = 400;  // what is asked for has no log yet, or never

// How far a container is. kUnknown: the server did not say.
enum class Stage { kUnknown, kToCome, kRunning, kOver, kPodGone, kNoSuchContainer };

// How a stream of the log came to its end.
enum class StreamEnd { kWhole, kCut, kRefused };

const nlohmann::json* named(const nlohmann::json* list, const std::string& name) {
  if (list == nullptr || !list->is_array()) {
    return nullptr;
  }
  const auto found = std::find_if(list->begin(), list->end(), [&](const nlohmann::json& item) {
    return text_at(item, {"name"}) == name;
  });
  return found == list->end() ? nullptr : &*found;
}

bool is_final(int status) {
  return status / 100 == 4 && status != kStatusTooManyRequests && status != kStatusUnauthorized;
}

bool starts_again(const nlohmann::json& pod, const nlohmann::json& terminated) {
  const std::string policy = text_at(pod, {"spec", "restartPolicy"});
  return policy == "Always" || (policy == "OnFailure" && number_at(terminated, {"exitCode"}) != 0);
}

Stage stage_of(const nlohmann::json& pod, const std::string& container) {
  if (named(find_at(pod, {"spec", "containers"}), container) == nullptr &&
      named(find_at(pod, {"spec", "initContainers"}), container) == nullptr &&
      named(find_at(pod, {"spec", "ephemeralContainers"}), container) == nullptr) {
    return Stage::kNoSuchContainer;
  }
  const std::string phase = text_at(pod, {"status", "phase"});
  if (phase == "Succeeded" || phase == "Failed") {
    return Stage::kOver;
  }
  for (const char* list :
       {"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"}) {
    const nlohmann::json* status = named(find_at(pod, {"status", list}), container);
    if (status == nullptr) {
      continue;
    }
    const nlohmann::json* terminated = find_at(*status, {"state", "terminated"});
    if (terminated != nullptr && !starts_again(pod, *terminated)) {
      return Stage::kOver;
    }
    return find_at(*status, {"state", "running"}) != nullptr ? Stage::kRunning : Stage::kToCome;
  }
  return Stage::kToCome;
}

}  // namespace

class KubeLog::Impl {
 public:
  Impl(const KubeAccess& access, const base::Clock& clock, const std::string& namespace_name,
       const std::string& pod, std::string container, LogSink sink, const KubeStreamLimits& limits)
      : clock_(clock),
        pod_path_("/api/v1/namespaces/" + percent_encoded(namespace_name) + "/pods/" +
                  percent_encoded(pod)),
        container_(std::move(container)),
        sink_(std::move(sink)),
        limits_(limits),
        thread_([this, access] { run(access); }) {}

  ~Impl() {
    stop_.request_stop();
    thread_.join();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

 private:
  void run(const KubeAccess& access);
  // Whether there is more to come, after a pause where that is not now.
  bool go_on(StreamEnd end, bool was_over);
  void ask_stage();
  StreamEnd follow();
  StreamEnd refused_stream(const KubeError& error);
  // False: this stream has nothing more to say, whatever it looks like.
  bool silence_is_fine();
  void take(std::string_view piece);
  void take_line(std::string_view line);

  const base::Clock& clock_;
  const std::string pod_path_;
  const std::string container_;
  const LogSink sink_;
  const KubeStreamLimits limits_;
  std::stop_source stop_;
  // From here on only the thread's.
  const std::function<void()> nobody_;
  Outage outage_{sink_.lost, nobody_};
  std::unique_ptr<KubeClient> client_;
  Backoff backoff_{limits_.backoff_min, limits_.backoff_max};
  LogPosition position_;
  std::string tail_;  // a line whose end has not come
  Stage stage_ = Stage::kUnknown;
  std::optional<KubeError> refusal_;
  std::thread thread_;
};

void KubeLog::Impl::run(const KubeAccess& access) {
  base::Result<std::unique_ptr<KubeClient>> client =
      KubeClient::make(access, clock_, limits_.request, stop_.get_token());
  if (!client) {
    outage_.lost(unanswered(client.error()));
    return;
  }
  client_ = *std::move(client);
  bool more = true;
  while (more && !stop_.stop_requested()) {
    // Only a log that was asked for after the end is sure to have all of it: a stream that ends
    // well may have been ended by a server that goes away.
    const bool was_over = stage_ == Stage::kOver;
    const StreamEnd end = follow();
    more = !stop_.stop_requested() && go_on(end, was_over);
  }
  if (!stop_.stop_requested() && sink_.ended) {
    sink_.ended();
  }
}

bool KubeLog::Impl::go_on(StreamEnd end, bool was_over) {
  if (was_over && end == StreamEnd::kWhole) {
    if (!tail_.empty()) {
      take_line(tail_);
    }
    return false;
  }
  ask_stage();
  if (stage_ == Stage::kPodGone || stage_ == Stage::kNoSuchContainer) {
    return false;
  }
  if (stage_ == Stage::kOver) {
    // It never ran, what it wrote was taken away, or it is not ours to read.
    const bool has_none = was_over && refusal_ && is_final(refusal_->status);
    return !has_none && (!was_over || backoff_.pause(stop_.get_token()));
  }
  if (stage_ != Stage::kUnknown && end != StreamEnd::kCut) {
    return pause_for(kStatusPause, stop_.get_token());
  }
  return backoff_.pause(stop_.get_token());
}

void KubeLog::Impl::ask_stage() {
  const Fetched fetched = client_->fetch({"GET", pod_path_, "", ""});
  if (stop_.stop_requested()) {
    return;
  }
  if (fetched.error) {
    stage_ = fetched.error->status == kStatusNotFound ? Stage::kPodGone : Stage::kUnknown;
    outage_.lost(*fetched.error);
    return;
  }
  stage_ = stage_of(nlohmann::json::parse(fetched.body, nullptr, false), container_);
  if (stage_ == Stage::kNoSuchContainer) {
    outage_.lost({kStatusBadRequest, "", "the pod has no container '" + container_ + "'"});
  }
}

StreamEnd KubeLog::Impl::follow() {
  std::string target =
      pod_path_ + "/log?container=" + percent_encoded(container_) + "&follow=true&timestamps=true";
  if (!position_.since().empty()) {
    target += "&sinceTime=" + percent_encoded(position_.since());
  }
  position_.resume();
  tail_.clear();
  OpenedStream stream = client_->open(target);
  if (stop_.stop_requested()) {
    return StreamEnd::kCut;
  }
  refusal_ = stream.error;
  if (stream.error) {
    return refused_stream(*stream.error);
  }
  outage_.found();
  for (;;) {
    base::Result<std::string> piece = stream.answer->read_piece(limits_.log_silence);
    if (piece && piece->empty()) {
      return StreamEnd::kWhole;
    }
    if (piece) {
      backoff_.reset();
      take(*piece);
    } else if (piece.error().kind != base::ErrorKind::kTimedOut || !silence_is_fine()) {
      return StreamEnd::kCut;
    }
    if (stop_.stop_requested()) {
      return StreamEnd::kCut;
    }
  }
}

StreamEnd KubeLog::Impl::refused_stream(const KubeError& error) {
  // go_on() asks the pod, which knows better why.
  if (error.status != kStatusBadRequest && error.status != kStatusNotFound) {
    outage_.lost(error);
  }
  return StreamEnd::kRefused;
}

bool KubeLog::Impl::silence_is_fine() {
  ask_stage();
  return stage_ == Stage::kRunning || stage_ == Stage::kToCome;
}

void KubeLog::Impl::take(std::string_view piece) {
  while (!piece.empty() && !stop_.stop_requested()) {
    const std::size_t end = std::min(piece.find('\n'), piece.size());
    const std::size_t room =
        limits_.line_bytes_max - std::min(tail_.size(), limits_.line_bytes_max);
    tail_ += piece.substr(0, std::min(end, room));
    if (end == piece.size()) {
      return;
    }
    take_line(tail_);
    tail_.clear();
    piece.remove_prefix(end + 1);
  }
}

void KubeLog::Impl::take_line(std::string_view line) {
  const StampedLine parts = split_stamp(line);
  if (parts.stamp.empty()) {
    // Not the container's: the kubelet says in the middle of a log why there is none.
    outage_.lost({0, "", std::string(line)});
  } else if (position_.is_new(line, parts.stamp) && sink_.line) {
    sink_.line(parts.text);
  }
}

KubeLog::KubeLog(const KubeAccess& access, const base::Clock& clock,
                 const std::string& namespace_name, const std::string& pod, std::string container,
                 LogSink sink, const KubeStreamLimits& limits)
    : impl_(std::make_unique<Impl>(access, clock, namespace_name, pod, std::move(container),
                                   std::move(sink), limits)) {}

KubeLog::~KubeLog() = default;

}  // namespace harness
