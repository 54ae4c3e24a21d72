// Which tests must not run at the same time: those that name the same resource. Pure.
//
// A test names one by a tag "serial:NAME", which a suite's `serial` and pytest's marker
// serial("NAME") give it too, or by an entry of the file's `serial`. Tests whose calls are told
// apart by an alias of the llm share kAliasResource, which nobody can name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "harness/config/config.h"
#include "harness/plan/filter.h"

namespace harness {

inline constexpr std::string_view kAliasResource = "(the alias of the llm)";

class Resources {
 public:
  Resources() = default;
  // kInvalidInput where an entry's expression is wrong, with its place.
  static base::Result<Resources> make(const Config& config);

  // Sorted, each once; without the alias.
  [[nodiscard]] std::vector<std::string> of(const TestCase& test, SuiteKind kind) const;

 private:
  std::vector<std::pair<Filter, std::string>> entries_;  // with the resource
};

// True where a suite uses, directly or by needs, a service that is told the llm's key, and does not
// carry the session itself: its tests share that service's alias.
bool shares_alias(const SuiteConfig& suite, const Config& config);

}  // namespace harness
