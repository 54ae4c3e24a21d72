// What a filter is made of, and the reading of an expression. Private to the room.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "harness/suite/test_case.h"

namespace harness {

enum class FilterField { kId, kSuite, kTest, kFile, kTag, kKind };
enum class FilterMatch { kContains, kEquals, kGlob, kRegex };

// A question about one field; "all" and "none" where it has no children, kAnd and kOr.
struct FilterNode {
  enum class Kind { kMatch, kNot, kAnd, kOr };

  Kind kind = Kind::kMatch;
  FilterField field = FilterField::kId;
  FilterMatch match = FilterMatch::kContains;
  std::string text = {};
  std::shared_ptr<const re2::RE2> regex = {};
  std::vector<std::shared_ptr<const FilterNode>> children = {};
};

using FilterNodePointer = std::shared_ptr<const FilterNode>;

FilterNodePointer make_node(FilterNode node);

// True where `text` is to be read as an expression: it begins with a word and a parenthesis, or
// holds one of the known words before one.
[[nodiscard]] bool is_filter_expression(std::string_view text);

base::Result<FilterNodePointer> parse_filter_expression(std::string_view text);

}  // namespace harness
