#include "harness/plan/filter.h"

#include <algorithm>

#include "common/base/text.h"

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

bool fits(const std::string& pattern, std::string_view test_id) {
  return pattern.find_first_of("*?") == std::string::npos
             ? test_id.find(pattern) != std::string_view::npos
             : glob_matches(pattern, test_id);
}

bool any_fits(const std::vector<std::string>& patterns, std::string_view test_id) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return fits(pattern, test_id); });
}

}  // namespace

base::Result<Filter> Filter::parse(std::string_view expression) {
  Filter filter;
  for (std::string_view pattern : base::split(expression, ',')) {
    const bool unwanted = pattern.starts_with('!');
    pattern.remove_prefix(unwanted ? 1 : 0);
    if (pattern.empty()) {
      return base::invalid_input("--filter '" + std::string(expression) +
                                 "': an empty pattern; patterns are divided by commas");
    }
    (unwanted ? filter.unwanted_ : filter.wanted_).emplace_back(pattern);
  }
  return filter;
}

bool Filter::selects(std::string_view test_id) const {
  return (wanted_.empty() || any_fits(wanted_, test_id)) && !any_fits(unwanted_, test_id);
}

}  // namespace harness
