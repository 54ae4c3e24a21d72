#include "harness/launch/objects.h"

namespace harness {
namespace {

using nlohmann::json;

const json& status_of_container(const json& pod, std::string_view container) {
  static const json kNone;
  for (const json& status : list_at(pod, "/status/containerStatuses")) {
    if (text_at(status, "/name") == container) {
      return status;
    }
  }
  return kNone;
}

}  // namespace

std::string text_at(const json& object, const char* pointer) {
  const json::json_pointer path(pointer);
  const bool there = object.is_object() && object.contains(path) && object[path].is_string();
  return there ? object[path].get<std::string>() : "";
}

const json& list_at(const json& object, const char* pointer) {
  static const json kEmpty = json::array();
  const json::json_pointer path(pointer);
  const bool there = object.is_object() && object.contains(path) && object[path].is_array();
  return there ? object[path] : kEmpty;
}

const json& condition_of(const json& object, std::string_view type, std::string_view status) {
  static const json kNone;
  for (const json& each : list_at(object, "/status/conditions")) {
    if (text_at(each, "/type") == type && text_at(each, "/status") == status) {
      return each;
    }
  }
  return kNone;
}

json end_of_container(const json& pod, std::string_view container) {
  const json& status = status_of_container(pod, container);
  const json::json_pointer terminated("/state/terminated");
  return status.contains(terminated) ? status[terminated] : json();
}

bool container_started(const json& pod, std::string_view container) {
  const json& status = status_of_container(pod, container);
  return status.contains(json::json_pointer("/state/running")) ||
         status.contains(json::json_pointer("/state/terminated"));
}

bool job_ended(const json& job) {
  return !condition_of(job, "Complete", "True").is_null() ||
         !condition_of(job, "Failed", "True").is_null();
}

}  // namespace harness
