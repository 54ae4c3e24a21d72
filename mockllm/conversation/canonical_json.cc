#include "mockllm/conversation/canonical_json.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/digest.h"
#include "common/base/text.h"

namespace mockllm {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((code >> shift) & 0x3FU));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

// An array or object under way. What it holds is canonical already.
struct Frame {
  bool is_object = false;
  std::string key;                                           // of the member that is read now
  std::vector<std::pair<std::string, std::string>> members;  // an array's have no key
};

// Reads one value by a stack of its own; the depth of the input costs no depth of ours.
class Canonicalizer {
 public:
  explicit Canonicalizer(std::string_view json) : json_(json) {}

  base::Result<std::string> run() {
    while (!done_) {
      if (!step()) {
        return base::invalid_input("not JSON at byte " + std::to_string(at_) + ": " + problem_);
      }
    }
    skip_space();
    if (at_ != json_.size()) {
      return base::invalid_input("not JSON at byte " + std::to_string(at_) +
                                 ": text after the value");
    }
    return std::move(result_);
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  [[nodiscard]] char peek() const { return at_ < json_.size() ? json_[at_] : '\0'; }

  void skip_space() {
    while (at_ < json_.size() && is_space(json_[at_])) {
      ++at_;
    }
  }

  bool take(char c) {
    if (peek() != c || at_ >= json_.size()) {
      return false;
    }
    ++at_;
    return true;
  }

  // One value, or the start of one that holds others.
  bool step() {
    skip_space();
    std::string scalar;
    switch (peek()) {
      case '{':
        return open(true);
      case '[':
        return open(false);
      case '"':
        return read_string(scalar) && finish(base::json_quoted(scalar));
      case 't':
        return read_word("true") && finish("true");
      case 'f':
        return read_word("false") && finish("false");
      case 'n':
        return read_word("null") && finish("null");
      default:
        return read_number(scalar) && finish(std::move(scalar));
    }
  }

  bool open(bool is_object) {
    if (stack_.size() >= kCanonicalJsonDepthMax) {
      return fail("nested deeper than " + std::to_string(kCanonicalJsonDepthMax));
    }
    ++at_;
    stack_.push_back({is_object, {}, {}});
    skip_space();
    if (take(is_object ? '}' : ']')) {
      return finish(close());
    }
    return !is_object || read_key();
  }

  bool read_key() {
    skip_space();
    if (peek() != '"') {
      return fail("a key is expected");
    }
    std::string key;
    if (!read_string(key)) {
      return false;
    }
    stack_.back().key = base::json_quoted(key);
    skip_space();
    return take(':') || fail("':' is expected");
  }

  // A whole value: into what holds it, which may end with it and be a whole value itself, and on to
  // the next.
  bool finish(std::string value) {
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      frame.members.emplace_back(std::exchange(frame.key, {}), std::move(value));
      skip_space();
      if (take(',')) {
        return !frame.is_object || read_key();
      }
      if (!take(frame.is_object ? '}' : ']')) {
        return fail("',' or the end is expected");
      }
      value = close();
    }
    result_ = std::move(value);
    done_ = true;
    return true;
  }

  // Ends the innermost array or object.
  std::string close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    return frame.is_object ? object_of(std::move(frame.members)) : array_of(frame.members);
  }

  static std::string array_of(const std::vector<std::pair<std::string, std::string>>& members) {
    std::string out = "[";
    for (const auto& [key, value] : members) {
      out += out.size() == 1 ? "" : ",";
      out += value;
    }
    return out + "]";
  }

  static std::string object_of(std::vector<std::pair<std::string, std::string>> members) {
    std::stable_sort(members.begin(), members.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string out = "{";
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i + 1 < members.size() && members[i + 1].first == members[i].first) {
        continue;
      }
      out += out.size() == 1 ? "" : ",";
      out += members[i].first + ":" + members[i].second;
    }
    return out + "}";
  }

  bool read_word(std::string_view word) {
    if (!json_.substr(at_).starts_with(word)) {
      return fail("a value is expected");
    }
    at_ += word.size();
    return true;
  }

  bool read_digits(std::string& out) {
    const std::size_t start = at_;
    while (is_digit(peek())) {
      out += json_[at_++];
    }
    return at_ > start || fail("a digit is expected");
  }

  bool read_number(std::string& out) {
    if (peek() == '-') {
      out += json_[at_++];
    } else if (!is_digit(peek())) {
      return fail("a value is expected");
    }
    const bool zero = peek() == '0';
    const std::size_t start = at_;
    if (!read_digits(out)) {
      return false;
    }
    if (zero && at_ > start + 1) {
      return fail("a number starts with 0");
    }
    if (peek() == '.') {
      out += json_[at_++];
      if (!read_digits(out)) {
        return false;
      }
    }
    if (peek() != 'e' && peek() != 'E') {
      return true;
    }
    out += json_[at_++];
    if (peek() == '+' || peek() == '-') {
      out += json_[at_++];
    }
    return read_digits(out);
  }

  bool read_string(std::string& out) {
    ++at_;
    while (at_ < json_.size()) {
      const std::size_t start = at_;
      while (at_ < json_.size() && json_[at_] != '"' && json_[at_] != '\\' &&
             static_cast<unsigned char>(json_[at_]) >= 0x20) {
        ++at_;
      }
      out.append(json_, start, at_ - start);
      if (take('"')) {
        return true;
      }
      if (!take('\\')) {
        break;
      }
      if (!read_escape(out)) {
        return false;
      }
    }
    return fail(at_ < json_.size() ? "a control character in a string" : "a string does not end");
  }

  bool read_escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    const char name = peek();
    if (name == 'u') {
      return read_unicode(out);
    }
    const std::size_t known = name == '\0' ? std::string_view::npos : kNames.find(name);
    if (known == std::string_view::npos) {
      return fail("an unknown escape");
    }
    ++at_;
    out += kValues[known];
    return true;
  }

  bool read_unicode(std::string& out) {
    std::uint32_t code = 0;
    if (!read_hex(code)) {
      return fail("four hex digits are expected");
    }
    std::uint32_t low = 0;
    const std::size_t after = at_;
    if (code >= 0xD800 && code < 0xDC00 && json_.substr(at_).starts_with("\\u")) {
      ++at_;
      if (read_hex(low) && low >= 0xDC00 && low < 0xE000) {
        append_utf8(out, 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U));
        return true;
      }
      at_ = after;
    }
    // Half of a pair is no character; its three bytes are written as U+FFFD, like all that is not
    // UTF-8.
    append_utf8(out, code);
    return true;
  }

  // Stands on the 'u'.
  bool read_hex(std::uint32_t& code) {
    ++at_;
    for (int i = 0; i < 4; ++i) {
      const int digit = at_ < json_.size() ? base::hex_digit(json_[at_]) : -1;
      if (digit < 0) {
        return false;
      }
      code = code * 16 + static_cast<std::uint32_t>(digit);
      ++at_;
    }
    return true;
  }

  std::string_view json_;
  std::size_t at_ = 0;
  std::vector<Frame> stack_;
  std::string result_;
  std::string problem_;
  bool done_ = false;
};

}  // namespace

base::Result<std::string> canonical_json(std::string_view json) {
  return Canonicalizer(json).run();
}

std::string request_hash(std::string_view json) {
  base::Result<std::string> canonical = canonical_json(json);
  return "sha256:" + base::sha256_hex(canonical ? *canonical : json);
}

}  // namespace mockllm
