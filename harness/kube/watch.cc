#include "harness/kube/watch.h"

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "harness/kube/client.h"
#include "harness/kube/errors.h"
#include "harness/kube/json.h"
#include "harness/kube/outage.h"
#include "harness/kube/pause.h"
#include "harness/kube/watch_state.h"

namespace harness {
namespace {

constexpr int kPageSize = 500;
// A watch that brought nothing and did not last was no success, or it would be begun in a circle.
constexpr std::chrono::seconds kLasted{1};

std::string selectors(const std::string& label, const std::string& field) {
  std::string query;
  if (!label.empty()) {
    query += "&labelSelector=" + percent_encoded(label);
  }
  if (!field.empty()) {
    query += "&fieldSelector=" + percent_encoded(field);
  }
  return query;
}

}  // namespace

class KubeWatch::Impl {
 public:
  Impl(const KubeAccess& access, const base::Clock& clock, std::string path, std::string query,
       WatchSink sink, const KubeStreamLimits& limits)
      : clock_(clock),
        path_(std::move(path)),
        query_(std::move(query)),
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
  bool list();
  // The pages of a list into `items`; the version of the whole, or why not.
  std::optional<KubeError> fetch_list(std::vector<nlohmann::json>& items, std::string& version);
  bool watch();
  // The lines of `text` that are whole; what is left stays in it. False where the watch is over.
  bool take_lines(std::string& text);
  bool take_event(std::string_view line);

  const base::Clock& clock_;
  const std::string path_;
  const std::string query_;
  const WatchSink sink_;
  const KubeStreamLimits limits_;
  std::stop_source stop_;
  // From here on only the thread's.
  Outage outage_{sink_.lost, sink_.found};
  WatchState state_{[this](std::string_view type, const nlohmann::json& object) {
    if (!stop_.stop_requested()) {
      sink_.event(type, object);
    }
  }};
  std::unique_ptr<KubeClient> client_;
  std::string version_;  // to go on from; empty: list anew
  std::thread thread_;   // last, so that everything is there when it starts
};

void KubeWatch::Impl::run(const KubeAccess& access) {
  base::Result<std::unique_ptr<KubeClient>> client =
      KubeClient::make(access, clock_, limits_.request, stop_.get_token());
  if (!client) {
    outage_.lost(unanswered(client.error()));
    return;
  }
  client_ = *std::move(client);
  Backoff backoff(limits_.backoff_min, limits_.backoff_max);
  while (!stop_.stop_requested()) {
    const bool listed = !version_.empty() || list();
    if (listed && watch()) {
      backoff.reset();
    } else {
      backoff.pause(stop_.get_token());
    }
  }
}

std::optional<KubeError> KubeWatch::Impl::fetch_list(std::vector<nlohmann::json>& items,
                                                     std::string& version) {
  std::string next;
  do {
    std::string target = path_ + "?limit=" + std::to_string(kPageSize) + query_;
    if (!next.empty()) {
      target += "&continue=" + percent_encoded(next);
    }
    Fetched page = client_->fetch({"GET", std::move(target), "", ""});
    if (page.error) {
      return std::move(page.error);
    }
    nlohmann::json list = nlohmann::json::parse(page.body, nullptr, false);
    version = text_at(list, {"metadata", "resourceVersion"});
    next = text_at(list, {"metadata", "continue"});
    const nlohmann::json* found = find_at(list, {"items"});
    if (version.empty() || found == nullptr || !(found->is_array() || found->is_null())) {
      return KubeError{0, "", path_ + " is no collection"};
    }
    // Items of a list leave out what they are, which events say.
    std::string kind = text_at(list, {"kind"});
    kind.resize(kind.size() - (kind.ends_with("List") ? 4 : 0));
    for (const nlohmann::json& item : *found) {
      items.push_back(item);
      items.back()["kind"] = kind;
      items.back()["apiVersion"] = text_at(list, {"apiVersion"});
    }
    if (items.size() > limits_.objects_max) {
      return KubeError{0, "",
                       path_ + " has more than " + std::to_string(limits_.objects_max) +
                           " objects: select fewer"};
    }
  } while (!next.empty() && !stop_.stop_requested());
  return std::nullopt;
}

bool KubeWatch::Impl::list() {
  std::vector<nlohmann::json> items;
  std::string version;
  const std::optional<KubeError> error = fetch_list(items, version);
  if (stop_.stop_requested()) {
    return false;
  }
  if (error) {
    if (error->status != kStatusGone) {  // else its pages have expired under way
      outage_.lost(*error);
    }
    return false;
  }
  outage_.found();
  state_.replace(std::move(items));
  version_ = std::move(version);
  return true;
}

bool KubeWatch::Impl::watch() {
  const base::MonoTime began = clock_.mono();
  OpenedStream stream = client_->open(
      path_ + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + percent_encoded(version_) +
      "&timeoutSeconds=" + std::to_string(limits_.watch_time.count()) + query_);
  if (stop_.stop_requested()) {
    return false;
  }
  if (stream.error) {
    if (stream.error->status == kStatusGone) {
      version_.clear();
    } else {
      outage_.lost(*stream.error);
    }
    return false;
  }
  outage_.found();
  std::string text;
  bool came = false;
  for (;;) {
    base::Result<std::string> piece =
        stream.answer->read_piece(limits_.watch_time + limits_.watch_slack);
    if (!piece || piece->empty()) {
      break;  // ended or cut: either way the next watch goes on from here
    }
    came = true;
    text += *piece;
    if (!take_lines(text)) {
      return false;
    }
  }
  return came || clock_.mono() - began >= kLasted;
}

bool KubeWatch::Impl::take_lines(std::string& text) {
  std::size_t from = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', from)) {
    if (stop_.stop_requested() || !take_event(std::string_view(text).substr(from, end - from))) {
      return false;
    }
    from = end + 1;
  }
  text.erase(0, from);
  if (text.size() > limits_.event_bytes_max) {
    outage_.lost({0, "", "an event of " + path_ + " is larger than its limit"});
    return false;
  }
  return true;
}

bool KubeWatch::Impl::take_event(std::string_view line) {
  nlohmann::json event = nlohmann::json::parse(line, nullptr, false);
  const std::string type = text_at(event, {"type"});
  const nlohmann::json* object = find_at(event, {"object"});
  const std::string version =
      object == nullptr ? "" : text_at(*object, {"metadata", "resourceVersion"});
  if (type == "ERROR" || version.empty()) {
    version_.clear();  // 410 Gone, mostly: the history we wanted to go on from is not kept
    return false;
  }
  if (type != "BOOKMARK") {
    state_.change(type, std::move(event["object"]));
    if (state_.size() > limits_.objects_max) {
      version_.clear();  // the list says that they are too many
      return false;
    }
  }
  version_ = version;
  return true;
}

KubeWatch::KubeWatch(const KubeAccess& access, const base::Clock& clock, std::string path,
                     const std::string& label_selector, const std::string& field_selector,
                     WatchSink sink, const KubeStreamLimits& limits)
    : impl_(std::make_unique<Impl>(access, clock, std::move(path),
                                   selectors(label_selector, field_selector), std::move(sink),
                                   limits)) {}

KubeWatch::~KubeWatch() = default;

}  // namespace harness
