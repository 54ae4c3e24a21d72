// --filter: which tests of the list run. Pure.
//
// EXPR is patterns divided by commas. A pattern with * or ? must match a test's whole id
// ("suite/name"); any other must be a part of it. A pattern after ! leaves tests out. A test runs
// where some pattern fits (all do where every pattern has a !) and no ! pattern does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace harness {

class Filter {
 public:
  Filter() = default;  // lets everything through
  static base::Result<Filter> parse(std::string_view expression);

  [[nodiscard]] bool selects(std::string_view test_id) const;

  [[nodiscard]] bool empty() const { return wanted_.empty() && unwanted_.empty(); }

 private:
  std::vector<std::string> wanted_;
  std::vector<std::string> unwanted_;
};

}  // namespace harness
