#include "harness/launch/cause.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/base/text.h"
#include "harness/launch/objects.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr std::size_t kMessageBytesMax = 400;

// As much of a text as a sentence can hold.
std::string said_at(const json& object, const char* pointer) {
  return base::shortened(text_at(object, pointer), kMessageBytesMax);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// "x: y", or "x" where there is no y.
std::string with(std::string sentence, std::string_view message) {
  if (!message.empty()) {
    sentence += ": ";
    sentence += message;
  }
  return sentence;
}

// A pod that the API server would not have: the Job's controller tells it as an event.
std::optional<Cause> admission(const JobState& state) {
  if (!state.pod.is_null()) {
    return std::nullopt;
  }
  for (auto event = state.events.rbegin(); event != state.events.rend(); ++event) {
    const std::string message = said_at(*event, "/message");
    if (said_at(*event, "/reason") != "FailedCreate") {
      continue;
    }
    if (contains(message, "exceeded quota")) {
      return Cause{
          CauseClass::kCluster, with("the namespace's quota leaves no room for the pod", message),
          "wait for other runs to end, ask for less in the template, or raise the quota", true};
    }
    if (contains(message, "violates PodSecurity")) {
      return Cause{CauseClass::kYours, with("admission denied the pod", message),
                   "the template must keep to the namespace's Pod Security level", false};
    }
    if (contains(message, "serviceaccount") && contains(message, "not found")) {
      return Cause{CauseClass::kYours, with("the pod's service account is missing", message),
                   "apply manifests/base first, or name another service account", false};
    }
    return Cause{CauseClass::kCluster, with("the pod was not admitted", message),
                 "the message above is the API server's own", false};
  }
  return std::nullopt;
}

std::optional<Cause> scheduling(const json& pod) {
  const json& unscheduled = condition_of(pod, "PodScheduled", "False");
  if (said_at(unscheduled, "/reason") != "Unschedulable") {
    return std::nullopt;
  }
  return Cause{CauseClass::kCluster,
               with("no node takes the pod", said_at(unscheduled, "/message")),
               "free a node, add one, or ask for less in the template", true};
}

// What the kubelet says of a container that it cannot start.
struct Waiting {
  std::string_view reason;
  CauseClass cause_class;
  std::string_view sentence;
  std::string_view remedy;
  bool may_pass;
};

constexpr std::array kWaiting{
    Waiting{"ErrImagePull", CauseClass::kYours, "image %i cannot be pulled",
            "check its name and tag, or load it: cluster.sh load", true},
    Waiting{"ImagePullBackOff", CauseClass::kYours, "image %i cannot be pulled",
            "check its name and tag, or load it: cluster.sh load", false},
    Waiting{"ErrImageNeverPull", CauseClass::kYours, "image %i is not on the node",
            "load it: cluster.sh load, or let the node pull it", false},
    Waiting{"InvalidImageName", CauseClass::kYours, "'%i' is no name of an image",
            "write it as registry/name:tag", false},
    Waiting{"CreateContainerConfigError", CauseClass::kYours, "a secret or a key of it is missing",
            "make it (harness secrets generate), or correct the reference", false},
    Waiting{"CreateContainerError", CauseClass::kInfrastructure, "container %c cannot be made",
            "the message above is the container runtime's own", false},
    Waiting{"RunContainerError", CauseClass::kYours, "container %c cannot be started",
            "check the image's entrypoint and the template's command", false},
};

std::string filled(std::string_view pattern, const json& status) {
  std::string text(pattern);
  const std::array<std::pair<std::string_view, std::string>, 2> values{
      {{"%i", text_at(status, "/image")}, {"%c", text_at(status, "/name")}}};
  for (const auto& [mark, value] : values) {
    if (const std::size_t at = text.find(mark); at != std::string::npos) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

std::optional<Cause> waiting(const json& status) {
  const std::string reason = said_at(status, "/state/waiting/reason");
  const auto* known = std::find_if(kWaiting.begin(), kWaiting.end(),
                                   [&](const Waiting& each) { return each.reason == reason; });
  if (known == kWaiting.end()) {
    return std::nullopt;
  }
  return Cause{known->cause_class,
               with(filled(known->sentence, status), said_at(status, "/state/waiting/message")),
               std::string(known->remedy), known->may_pass};
}

// " (64Mi)": the limit of a container's memory; empty where it has none.
std::string memory_limit_of(const json& pod, const std::string& container) {
  for (const json& each : list_at(pod, "/spec/containers")) {
    const std::string limit = text_at(each, "/resources/limits/memory");
    if (text_at(each, "/name") == container && !limit.empty()) {
      return " (" + limit + ")";
    }
  }
  return "";
}

std::optional<Cause> ended_badly(const json& pod, const json& status) {
  const json::json_pointer code("/state/terminated/exitCode");
  if (!status.contains(code) || !status[code].is_number_integer()) {
    return std::nullopt;
  }
  const std::string name = text_at(status, "/name");
  if (said_at(status, "/state/terminated/reason") == "OOMKilled") {
    return Cause{CauseClass::kYours,
                 "container " + name + " used more memory than its limit" +
                     memory_limit_of(pod, name) + " and was killed",
                 "raise its limit in the template, or run fewer tests at a time", false,
                 ExitCode::kNotDelivered};
  }
  if (said_at(status, "/state/terminated/reason") == "StartError" ||
      said_at(status, "/state/terminated/reason") == "ContainerCannotRun") {
    return Cause{CauseClass::kYours,
                 with("container " + name + " cannot be started",
                      said_at(status, "/state/terminated/message")),
                 "check the image's entrypoint and the template's command", false};
  }
  constexpr int kKilled = 128 + 9;
  if (status[code] == kKilled) {
    return Cause{CauseClass::kCluster, "container " + name + " was killed (exit code 137)",
                 "see the node's and the Job's events", false, ExitCode::kNotDelivered};
  }
  return std::nullopt;
}

std::optional<Cause> containers(const json& pod) {
  for (const char* list : {"/status/initContainerStatuses", "/status/containerStatuses"}) {
    for (const json& status : list_at(pod, list)) {
      if (std::optional<Cause> cause = waiting(status)) {
        return cause;
      }
    }
  }
  for (const json& status : list_at(pod, "/status/containerStatuses")) {
    if (std::optional<Cause> cause = ended_badly(pod, status)) {
      return cause;
    }
  }
  return std::nullopt;
}

std::optional<Cause> disruption(const JobState& state) {
  const json& target = condition_of(state.pod, "DisruptionTarget", "True");
  if (!target.is_null()) {
    return Cause{CauseClass::kCluster,
                 with("the pod was disrupted (" + said_at(target, "/reason") + ")",
                      said_at(target, "/message")),
                 "start the run again", false, ExitCode::kNotDelivered};
  }
  if (said_at(state.pod, "/status/reason") == "Evicted") {
    return Cause{CauseClass::kCluster,
                 with("the pod was evicted", said_at(state.pod, "/status/message")),
                 "give it requests that its node can hold, and start the run again", false,
                 ExitCode::kNotDelivered};
  }
  const bool ended = text_at(state.pod, "/status/phase") == "Succeeded" ||
                     text_at(state.pod, "/status/phase") == "Failed";
  if (!ended && (state.pod_deleted || !text_at(state.pod, "/metadata/deletionTimestamp").empty())) {
    return Cause{CauseClass::kCluster, "the pod was deleted while it ran",
                 "somebody or something else deletes pods here; start the run again", false,
                 ExitCode::kNotDelivered};
  }
  return std::nullopt;
}

std::optional<Cause> deadline(const json& job) {
  for (const char* type : {"FailureTarget", "Failed"}) {
    const json& failed = condition_of(job, type, "True");
    if (said_at(failed, "/reason") == "DeadlineExceeded") {
      return Cause{CauseClass::kYours, "the Job's deadline has passed",
                   "raise the deadline, or run fewer tests in one Job", false,
                   ExitCode::kOutOfTime};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(CauseClass cause_class) {
  switch (cause_class) {
    case CauseClass::kYours:
      return "yours";
    case CauseClass::kInfrastructure:
      return "infrastructure";
    case CauseClass::kCluster:
      return "cluster";
  }
  return "cluster";
}

std::optional<Cause> cause_of(const JobState& state) {
  // The Job's own word first: a pod that is deleted for it is no news.
  if (std::optional<Cause> cause = deadline(state.job)) {
    return cause;
  }
  if (std::optional<Cause> cause = admission(state)) {
    return cause;
  }
  if (std::optional<Cause> cause = disruption(state)) {
    return cause;
  }
  if (std::optional<Cause> cause = scheduling(state.pod)) {
    return cause;
  }
  return containers(state.pod);
}

}  // namespace harness
