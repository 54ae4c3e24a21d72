#include "common/base/env.h"

namespace base {

Environment::Environment(const char* const* entries) {
  for (; entries != nullptr && *entries != nullptr; ++entries) {
    const std::string_view entry(*entries);
    const std::size_t equals = entry.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      set(std::string(entry.substr(0, equals)), std::string(entry.substr(equals + 1)));
    }
  }
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto found = all_.find(name);
  if (found == all_.end()) {
    return std::nullopt;
  }
  return found->second;
}

bool Environment::has(std::string_view name) const {
  const auto found = all_.find(name);
  return found != all_.end() && !found->second.empty();
}

void Environment::set(std::string name, std::string value) {
  all_.insert_or_assign(std::move(name), std::move(value));
}

void Environment::unset(std::string_view name) {
  const auto found = all_.find(name);
  if (found != all_.end()) {
    all_.erase(found);
  }
}

std::vector<std::string> Environment::entries() const {
  std::vector<std::string> lines;
  lines.reserve(all_.size());
  for (const auto& [name, value] : all_) {
    lines.push_back(name + "=" + value);
  }
  return lines;
}

}  // namespace base
