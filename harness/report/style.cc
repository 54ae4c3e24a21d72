#include "harness/report/style.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace harness {

Style Style::of(int fd, const base::Environment& environment) {
  return Style(::isatty(fd) == 1 && !environment.has("NO_COLOR") &&
               environment.get("TERM") != "dumb");
}

std::string Style::paint(Colour colour, std::string_view text) const {
  if (!colours_) {
    return std::string(text);
  }
  const char* code = "";
  switch (colour) {
    case Colour::kGreen:
      code = "32";
      break;
    case Colour::kRed:
      code = "31";
      break;
    case Colour::kYellow:
      code = "33";
      break;
    case Colour::kGrey:
      code = "90";
      break;
    case Colour::kBold:
      code = "1";
      break;
  }
  return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}

Colour colour_of(Outcome outcome) {
  if (is_red(outcome)) {
    return Colour::kRed;
  }
  return outcome == Outcome::kPassed ? Colour::kGreen : Colour::kYellow;
}

std::string readable_ms(double duration_ms) {
  char text[48];
  if (duration_ms < 1'000) {
    std::snprintf(text, sizeof text, "%.0f ms", duration_ms);
  } else if (duration_ms < 60'000) {
    std::snprintf(text, sizeof text, "%.2f s", duration_ms / 1'000);
  } else {
    const long seconds = std::lround(duration_ms / 1'000);
    std::snprintf(text, sizeof text, "%ld m %ld s", seconds / 60, seconds % 60);
  }
  return text;
}

}  // namespace harness
