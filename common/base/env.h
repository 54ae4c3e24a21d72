// The environment as a value: main takes it once, everything below is handed it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

class Environment {
 public:
  Environment() = default;
  // `entries` is a null-ended array of "NAME=value", as main gets it. Entries without '=' are
  // dropped.
  explicit Environment(const char* const* entries);

  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  // Set, and not the empty string.
  [[nodiscard]] bool has(std::string_view name) const;
  void set(std::string name, std::string value);
  void unset(std::string_view name);

  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const { return all_; }

  // "NAME=value" lines, sorted by name: what execve wants.
  [[nodiscard]] std::vector<std::string> entries() const;

 private:
  std::map<std::string, std::string, std::less<>> all_;
};

}  // namespace base
