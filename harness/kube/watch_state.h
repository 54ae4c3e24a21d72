// The objects of a collection as they were told, so that after a gap the difference can be told.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace harness {

class WatchState {
 public:
  using Tell = std::function<void(std::string_view type, const nlohmann::json& object)>;

  explicit WatchState(Tell tell) : tell_(std::move(tell)) {}

  // All there is: what is gone is told first, then what is new or has changed.
  void replace(std::vector<nlohmann::json> items);
  // One event of a watch. What is known already, at the same version, is not told again.
  void change(std::string_view type, nlohmann::json object);

  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  void set(nlohmann::json object);

  Tell tell_;
  std::map<std::string, nlohmann::json> known_;  // by uid
};

}  // namespace harness
