#include "harness/run/shown_names.h"

#include <algorithm>

namespace harness {

std::string ShownNames::of(const std::string& id) {
  if (redactor_ == nullptr) {
    return id;
  }
  const auto known = changed_.find(id);
  if (known != changed_.end()) {
    return known->second;
  }
  // A suite's name and a test's are shown apart too.
  const std::size_t slash = std::min(id.find('/'), id.size());
  std::string shown = redactor_->apply(id.substr(0, slash)) + redactor_->apply(id.substr(slash));
  if (shown == id) {
    return id;
  }
  const std::string first = shown;
  for (int i = 2; !taken_.insert(shown).second; ++i) {
    shown = first + " #" + std::to_string(i);
  }
  changed_[id] = shown;
  return shown;
}

}  // namespace harness
