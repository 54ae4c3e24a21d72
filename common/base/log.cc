#include "common/base/log.h"

#include "common/base/file.h"
#include "common/base/text.h"

namespace base {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

}  // namespace

void Log::write(LogLevel level, std::string_view message,
                std::initializer_list<Field> fields) const {
  if (level < least_) {
    return;
  }
  std::string line;
  if (format_ == LogFormat::kJson) {
    line += R"({"time":")" + to_rfc3339(clock_->wall()) + R"(","level":")";
    line += name_of(level);
    line += R"(","message":)" + json_quoted(message);
    for (const auto& [name, value] : fields) {
      line += ',' + json_quoted(name) + ':' + json_quoted(value);
    }
    line += "}\n";
  } else {
    line += to_rfc3339(clock_->wall());
    line += ' ';
    line += name_of(level);
    line += ' ';
    line += printable(message);
    for (const auto& [name, value] : fields) {
      line += ' ';
      line += name;
      line += '=';
      line += value.find_first_of(" \"=") == std::string::npos && !value.empty()
                  ? printable(value)
                  : json_quoted(value);
    }
    line += '\n';
  }
  const Result<void> ignored =
      write_all(fd_, line);  // A log that cannot be written has nowhere to complain.
  static_cast<void>(ignored);
}

}  // namespace base
