#include "common/base/duration.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace base {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 4> kUnits{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t kLongestMs = std::int64_t{366} * 24 * 3'600'000;

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view suffix(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  if (code == std::errc{} && number >= 0 && text.front() != '-') {
    for (const Unit& unit : kUnits) {
      if (suffix == unit.name && number <= kLongestMs / unit.milliseconds) {
        return std::chrono::milliseconds(number * unit.milliseconds);
      }
    }
  }
  return invalid_input("'" + std::string(text) +
                       "' is not a duration such as 250ms, 30s, 2m or 1h");
}

std::string format_duration(std::chrono::milliseconds duration) {
  for (const Unit& unit : kUnits) {
    if (duration.count() != 0 && duration.count() % unit.milliseconds == 0) {
      return std::to_string(duration.count() / unit.milliseconds) + std::string(unit.name);
    }
  }
  return std::to_string(duration.count()) + "ms";
}

}  // namespace base
