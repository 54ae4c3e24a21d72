// What our pytest plugin says on its pipe, line by line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

// One line "NONCE EVENT {...}". Which fields are set depends on the event; see the plugin.
struct PytestMessage {
  std::string event;
  std::string name, path, message, text, file, when, outcome, output;
  std::optional<std::string> xfail;
  std::vector<std::string> tags = {};
  int line = 0;
  int exitstatus = 0;
  bool expects_misses = false;
};

// nullopt: not of this process, or not a message.
std::optional<PytestMessage> parse_pytest_message(std::string_view line, std::string_view nonce);

// Puts bytes together to lines. A line over kMessageBytesMax is dropped: nothing of ours is that
// long.
class LineBuffer {
 public:
  static constexpr std::size_t kMessageBytesMax = 1024 * 1024;
  std::vector<std::string> add(std::string_view bytes);

 private:
  std::string rest_;
  bool dropping_ = false;
};

}  // namespace harness
