#include "mockllm/cassette/event_texts.h"

#include <utility>

#include "mockllm/conversation/canonical_json.h"

namespace mockllm {
namespace {

constexpr std::string_view kData = "data:";
constexpr std::string_view kSpace = " \t\r\n";

// Walks over one event that is known to be JSON, so that there is nothing to check here.
class EventReader {
 public:
  EventReader(std::string_view json, std::size_t offset,
              std::map<std::string, std::vector<EventText>>& texts)
      : json_(json),
        offset_(offset),
        texts_(texts) {}

  void run() {
    while (at_ < json_.size()) {
      step();
    }
  }

 private:
  struct Frame {
    bool is_object = false;
    std::string name;    // of the member, or of the element, that is read now
    bool at_key = true;  // of an object: a string that comes now is a key
    std::size_t element = 0;
    std::string index;  // of the object: the value of its "index"
  };

  void step() {
    const char c = json_[at_];
    if (c == '{' || c == '[') {
      stack_.push_back({c == '{', c == '{' ? "" : "0", true, 0, {}});
      ++at_;
    } else if (c == '}' || c == ']') {
      stack_.pop_back();
      ++at_;
    } else if (c == ',') {
      next_member();
    } else if (c == '"') {
      read_string();
    } else if (kSpace.find(c) == std::string_view::npos && c != ':') {
      read_word();
    } else {
      ++at_;
    }
  }

  void next_member() {
    Frame& frame = stack_.back();
    frame.at_key = true;
    if (!frame.is_object) {
      frame.name = std::to_string(++frame.element);
    }
    ++at_;
  }

  void read_string() {
    const std::size_t begin = at_++;
    while (json_[at_] != '"') {
      at_ += json_[at_] == '\\' ? 2 : 1;
    }
    ++at_;
    const std::string_view token = json_.substr(begin, at_ - begin);
    std::string text = unquoted(token);
    const bool is_key = !stack_.empty() && stack_.back().is_object && stack_.back().at_key;
    if (is_key) {
      stack_.back().name = std::move(text);
      stack_.back().at_key = false;
    } else {
      texts_[path()].push_back({offset_ + begin, offset_ + at_, std::move(text)});
    }
  }

  void read_word() {
    const std::size_t begin = at_;
    while (at_ < json_.size() &&
           std::string_view(",]} \t\r\n").find(json_[at_]) == std::string_view::npos) {
      ++at_;
    }
    if (!stack_.empty() && stack_.back().is_object && stack_.back().name == "index") {
      stack_.back().index = json_.substr(begin, at_ - begin);
    }
  }

  // Two equal texts of one event are told apart by their place; nothing more is asked of it.
  [[nodiscard]] std::string path() const {
    std::string path;
    for (std::size_t i = 0; i < stack_.size(); ++i) {
      const bool has_index =
          !stack_[i].is_object && i + 1 < stack_.size() && !stack_[i + 1].index.empty();
      path += "/" + (has_index ? stack_[i + 1].index : stack_[i].name);
    }
    return path;
  }

  // The value of a string token, by way of its canonical form, which has the fewest escapes.
  static std::string unquoted(std::string_view token) {
    const std::string canonical = canonical_json(token).value();
    std::string text;
    for (std::size_t i = 1; i + 1 < canonical.size(); ++i) {
      if (canonical[i] != '\\') {
        text += canonical[i];
        continue;
      }
      const char name = canonical[++i];
      constexpr std::string_view kNames = "nrt";
      constexpr std::string_view kValues = "\n\r\t";
      const std::size_t known = kNames.find(name);
      if (known != std::string_view::npos) {
        text += kValues[known];
      } else if (name == 'u') {
        // Only control characters are written so, and DEL: two digits are enough.
        text += static_cast<char>(hex(canonical[i + 3]) * 16 + hex(canonical[i + 4]));
        i += 4;
      } else {
        text += name;
      }
    }
    return text;
  }

  static int hex(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

  std::string_view json_;
  std::size_t offset_;
  std::map<std::string, std::vector<EventText>>& texts_;
  std::size_t at_ = 0;
  std::vector<Frame> stack_;
};

}  // namespace

std::map<std::string, std::vector<EventText>> texts_of_events(std::string_view stream) {
  std::map<std::string, std::vector<EventText>> texts;
  std::size_t line = 0;
  while (line < stream.size()) {
    const std::size_t end = std::min(stream.find('\n', line), stream.size());
    std::string_view data = stream.substr(line, end - line);
    if (data.starts_with(kData)) {
      data.remove_prefix(kData.size());
      if (canonical_json(data)) {
        EventReader(data, line + kData.size(), texts).run();
      }
    }
    line = end + 1;
  }
  return texts;
}

}  // namespace mockllm
