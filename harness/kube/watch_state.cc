#include "harness/kube/watch_state.h"

#include <set>
#include <utility>

#include "harness/kube/json.h"

namespace harness {
namespace {

std::string uid_of(const nlohmann::json& object) {
  std::string uid = text_at(object, {"metadata", "uid"});
  return uid.empty() ? text_at(object, {"metadata", "namespace"}) + "/" +
                           text_at(object, {"metadata", "name"})
                     : uid;
}

std::string version_of(const nlohmann::json& object) {
  return text_at(object, {"metadata", "resourceVersion"});
}

}  // namespace

void WatchState::replace(std::vector<nlohmann::json> items) {
  std::set<std::string> there;
  for (const nlohmann::json& item : items) {
    there.insert(uid_of(item));
  }
  for (auto known = known_.begin(); known != known_.end();) {
    if (there.contains(known->first)) {
      ++known;
      continue;
    }
    const nlohmann::json gone = std::move(known->second);
    known = known_.erase(known);
    tell_("DELETED", gone);
  }
  for (nlohmann::json& item : items) {
    set(std::move(item));
  }
}

void WatchState::change(std::string_view type, nlohmann::json object) {
  if (type != "DELETED") {
    set(std::move(object));
  } else if (known_.erase(uid_of(object)) > 0) {
    tell_(type, object);
  }
}

void WatchState::set(nlohmann::json object) {
  auto [known, is_new] = known_.try_emplace(uid_of(object));
  if (!is_new && version_of(known->second) == version_of(object)) {
    return;
  }
  known->second = std::move(object);
  tell_(is_new ? "ADDED" : "MODIFIED", known->second);
}

}  // namespace harness
