// One line per event on a descriptor, as text for people or JSON for machines. Control characters
// in values are escaped, so that nothing a client sends can forge a line.
//
// Thread-safe: each event is one write(2).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/clock.h"

namespace base {

enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

class Log {
 public:
  using Field = std::pair<std::string_view, std::string>;

  // `clock` outlives the log. `fd` stays the caller's.
  Log(const Clock& clock, int fd, LogFormat format, LogLevel least)
      : clock_(&clock),
        fd_(fd),
        format_(format),
        least_(least) {}

  void write(LogLevel level, std::string_view message,
             std::initializer_list<Field> fields = {}) const;

  void info(std::string_view message, std::initializer_list<Field> fields = {}) const {
    write(LogLevel::kInfo, message, fields);
  }

  void warning(std::string_view message, std::initializer_list<Field> fields = {}) const {
    write(LogLevel::kWarning, message, fields);
  }

  void error(std::string_view message, std::initializer_list<Field> fields = {}) const {
    write(LogLevel::kError, message, fields);
  }

 private:
  const Clock* clock_;
  int fd_;
  LogFormat format_;
  LogLevel least_;
};

}  // namespace base
