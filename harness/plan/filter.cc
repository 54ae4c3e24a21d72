#include "harness/plan/filter.h"

#include <algorithm>

#include "common/base/text.h"
#include "harness/plan/filter_node.h"

namespace harness {
namespace {

// * is any text, ? one byte. Linear apart from the backing up of the last star.
bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resumed = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resumed = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resumed;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

bool fits(const FilterNode& node, std::string_view value) {
  switch (node.match) {
    case FilterMatch::kContains:
      return value.find(node.text) != std::string_view::npos;
    case FilterMatch::kEquals:
      return value == node.text;
    case FilterMatch::kGlob:
      return glob_matches(node.text, value);
    case FilterMatch::kRegex:
      return re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *node.regex);
  }
  return false;
}

bool matches(const FilterNode& node, const TestCase& test, SuiteKind kind) {
  switch (node.field) {
    case FilterField::kId:
      return fits(node, test.id());
    case FilterField::kSuite:
      return fits(node, test.suite);
    case FilterField::kTest:
      return fits(node, test.name);
    case FilterField::kFile:
      return fits(node, test.file);
    case FilterField::kKind:
      return fits(node, name_of(kind));
    case FilterField::kTag:
      return std::any_of(test.tags.begin(), test.tags.end(),
                         [&](const std::string& tag) { return fits(node, tag); });
  }
  return false;
}

// The parser has limited how deep this goes.
bool selects_node(const FilterNode& node, const TestCase& test, SuiteKind kind) {
  const auto child = [&](const FilterNodePointer& next) { return selects_node(*next, test, kind); };
  switch (node.kind) {
    case FilterNode::Kind::kMatch:
      return matches(node, test, kind);
    case FilterNode::Kind::kNot:
      return !child(node.children.front());
    case FilterNode::Kind::kAnd:
      return std::all_of(node.children.begin(), node.children.end(), child);
    case FilterNode::Kind::kOr:
      return std::any_of(node.children.begin(), node.children.end(), child);
  }
  return false;
}

FilterNodePointer pattern_node(std::string_view pattern) {
  FilterNode node;
  node.match = pattern.find_first_of("*?") == std::string_view::npos ? FilterMatch::kContains
                                                                     : FilterMatch::kGlob;
  node.text = pattern;
  return make_node(std::move(node));
}

base::Result<FilterNodePointer> parse_patterns(std::string_view expression) {
  FilterNode wanted;
  wanted.kind = FilterNode::Kind::kOr;
  FilterNode unwanted;
  unwanted.kind = FilterNode::Kind::kOr;
  for (std::string_view pattern : base::split(expression, ',')) {
    const bool leaves_out = pattern.starts_with('!');
    pattern.remove_prefix(leaves_out ? 1 : 0);
    if (pattern.empty()) {
      return base::invalid_input("'" + std::string(expression) +
                                 "': an empty pattern; patterns are divided by commas");
    }
    (leaves_out ? unwanted : wanted).children.push_back(pattern_node(pattern));
  }
  FilterNode out;
  out.kind = FilterNode::Kind::kAnd;
  if (!wanted.children.empty()) {
    out.children.push_back(make_node(std::move(wanted)));
  }
  FilterNode without;
  without.kind = FilterNode::Kind::kNot;
  without.children.push_back(make_node(std::move(unwanted)));
  out.children.push_back(make_node(std::move(without)));
  return make_node(std::move(out));
}

}  // namespace

base::Result<Filter> Filter::parse(std::string_view expression) {
  base::Result<FilterNodePointer> root = is_filter_expression(expression)
                                             ? parse_filter_expression(expression)
                                             : parse_patterns(expression);
  if (!root) {
    return std::move(root).error();
  }
  return Filter(std::move(*root));
}

bool Filter::selects(const TestCase& test, SuiteKind kind) const {
  return root_ == nullptr || selects_node(*root_, test, kind);
}

}  // namespace harness
