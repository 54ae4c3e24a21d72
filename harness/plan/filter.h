// --filter: which tests of the list run. Pure.
//
// Either an expression over what is known of a test,
//   kind(gtest) & test(~Retry) - tag(slow)
// with suite, test (the name), file, tag, kind and id, & and |, - for "without", ~ for "not", and
// parentheses; or patterns divided by commas: a pattern with * or ? must match a test's whole id
// ("suite/name"), any other must be a part of it, and one after ! leaves tests out.
// docs/configuration.md has all of it.
#pragma once

#include <memory>
#include <string_view>

#include "common/base/error.h"
#include "harness/suite/test_case.h"

namespace harness {

struct FilterNode;  // filter_node.h

class Filter {
 public:
  Filter() = default;  // lets everything through
  static base::Result<Filter> parse(std::string_view expression);

  [[nodiscard]] bool selects(const TestCase& test, SuiteKind kind) const;

  [[nodiscard]] bool empty() const { return root_ == nullptr; }

 private:
  explicit Filter(std::shared_ptr<const FilterNode> root) : root_(std::move(root)) {}

  std::shared_ptr<const FilterNode> root_;
};

}  // namespace harness
