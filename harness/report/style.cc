#include "harness/report/style.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace harness {
namespace {

constexpr std::size_t kColumnsUsual = 80;  // of a terminal that does not know its own

}  // namespace

Style Style::of(int fd, const base::Environment& environment) {
  const bool colours =
      ::isatty(fd) == 1 && !environment.has("NO_COLOR") && environment.get("TERM") != "dumb";
  return Style(colours, environment.get("GITHUB_ACTIONS") == "true" || environment.has("TF_BUILD"));
}

std::string Style::told(std::string text) const {
  if (!guarded_) {
    return text;
  }
  std::string out;
  out.reserve(text.size());
  bool line_began = false;  // more than blanks has come
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    if (!line_began && rest.starts_with("::")) {
      out += ": :";
      ++i;
    } else if (rest.starts_with("##[") || rest.starts_with("##vso[")) {
      out += "# ";
    } else {
      out += text[i];
    }
    // The runner skips every blank of Unicode: only a character that is surely none counts.
    const bool visible = text[i] > ' ' && text[i] <= '~';
    line_began = text[i] != '\n' && text[i] != '\r' && (line_began || visible);
  }
  return out;
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

std::size_t columns_of(int fd, const base::Environment& environment) {
  winsize size{};
  if (::isatty(fd) != 1 || environment.get("TERM").value_or("dumb") == "dumb" ||
      environment.has("CI") || ::ioctl(fd, TIOCGWINSZ, &size) != 0) {
    return 0;
  }
  return size.ws_col > 0 ? size.ws_col : kColumnsUsual;
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

std::string readable_bytes(std::int64_t bytes) {
  constexpr double kKibi = 1'024;
  if (bytes < 1'024) {
    return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  }
  const double kibibytes = static_cast<double>(bytes) / kKibi;
  char text[48];
  std::snprintf(text, sizeof text, kibibytes < kKibi ? "%.1f KiB" : "%.1f MiB",
                kibibytes < kKibi ? kibibytes : kibibytes / kKibi);
  return text;
}

}  // namespace harness
