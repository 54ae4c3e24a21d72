// The quarantine of harness.yaml: tests that are known to be unreliable, each entry with an owner
// and a last day. A red test of it is `xfailed`; an entry whose day has passed is red itself. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "harness/config/config.h"
#include "harness/plan/filter.h"

namespace harness {

class Quarantine {
 public:
  Quarantine() = default;
  // `today` is "2026-11-27". kInvalidInput where an entry's expression is wrong, with its place.
  static base::Result<Quarantine> make(const Config& config, std::string_view today);

  // "in quarantine until 2026-12-31 (ada): the fog"; none where the test is in no entry of today.
  [[nodiscard]] std::optional<std::string> covers(const TestCase& test, SuiteKind kind) const;

  // One sentence for each entry whose last day has passed.
  [[nodiscard]] const std::vector<std::string>& expired() const { return expired_; }

 private:
  std::vector<std::pair<Filter, std::string>> entries_;  // with what is said of a test of it
  std::vector<std::string> expired_;
};

}  // namespace harness
