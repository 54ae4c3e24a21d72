// Enough JSON to read a journal: strict, bounded in depth, no dependency. Of gtest.h.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace drydock {

// A value of JSON. Asked for what it is not, it answers with the empty value of that type, so that
// a path through what is absent needs no checks.
class Json {
 public:
  static constexpr int kDepthMax = 200;

  // Throws std::runtime_error where `text` is not one value of JSON.
  static Json parse(const std::string& text) {
    Reader reader{text, 0};
    Json value = reader.value(0);
    reader.skip();
    if (reader.at != text.size()) {
      reader.fail();
    }
    return value;
  }

  [[nodiscard]] const std::string& text() const { return text_; }  // of a string

  [[nodiscard]] double number() const { return number_; }

  [[nodiscard]] bool boolean() const { return boolean_; }

  [[nodiscard]] const std::vector<Json>& items() const { return items_; }  // of an array

  [[nodiscard]] const std::map<std::string, Json>& members() const { return members_; }

  const Json& operator[](const std::string& name) const {
    const auto found = members_.find(name);
    return found == members_.end() ? none() : found->second;
  }

  const Json& operator[](std::size_t index) const {
    return index < items_.size() ? items_[index] : none();
  }

 private:
  struct Reader {
    const std::string& text;
    std::size_t at;

    [[noreturn]] void fail() const {
      throw std::runtime_error("not JSON at byte " + std::to_string(at));
    }

    void skip() {
      while (at < text.size() &&
             (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) {
        ++at;
      }
    }

    bool take(char wanted) {
      skip();
      const bool there = at < text.size() && text[at] == wanted;
      at += there ? 1U : 0U;
      return there;
    }

    void need(char wanted) {
      if (!take(wanted)) {
        fail();
      }
    }

    bool take_word(const std::string& word) {
      const bool there = text.compare(at, word.size(), word) == 0;
      at += there ? word.size() : 0;
      return there;
    }

    Json value(int depth) {
      if (depth > kDepthMax) {
        fail();
      }
      Json out;
      skip();
      if (take('{')) {
        object(out, depth);
      } else if (take('[')) {
        array(out, depth);
      } else if (at < text.size() && text[at] == '"') {
        out.text_ = string();
      } else if (take_word("true")) {
        out.boolean_ = true;
      } else if (!take_word("false") && !take_word("null")) {
        out.number_ = number();
      }
      return out;
    }

    void object(Json& out, int depth) {
      if (take('}')) {
        return;
      }
      do {
        skip();
        std::string name = string();
        need(':');
        out.members_[std::move(name)] = value(depth + 1);
      } while (take(','));
      need('}');
    }

    void array(Json& out, int depth) {
      if (take(']')) {
        return;
      }
      do {
        out.items_.push_back(value(depth + 1));
      } while (take(','));
      need(']');
    }

    double number() {
      double out = 0;
      const char* begin = text.data() + at;
      const auto [end, error] = std::from_chars(begin, text.data() + text.size(), out);
      if (error != std::errc()) {
        fail();
      }
      at += static_cast<std::size_t>(end - begin);
      return out;
    }

    std::string string() {
      need('"');
      std::string out;
      while (at < text.size() && text[at] != '"') {
        if (text[at] == '\\') {
          ++at;
          escape(out);
        } else {
          out += text[at++];
        }
      }
      if (at >= text.size()) {
        fail();
      }
      ++at;
      return out;
    }

    void escape(std::string& out) {
      static const std::string kNames = "\"\\/bfnrt";
      static const std::string kValues = "\"\\/\b\f\n\r\t";
      if (at >= text.size()) {
        fail();
      }
      const std::size_t which = kNames.find(text[at++]);
      if (which != std::string::npos) {
        out += kValues[which];
      } else if (text[at - 1] == 'u') {
        std::uint32_t point = hex();
        if (point >= 0xD800 && point < 0xDC00 && take_word("\\u")) {
          point = 0x10000 + ((point - 0xD800) << 10U) + ((hex() - 0xDC00) & 0x3FFU);
        }
        append(point, out);
      } else {
        fail();
      }
    }

    std::uint32_t hex() {
      std::uint32_t out = 0;
      for (int i = 0; i < 4; ++i, ++at) {
        static const std::string kDigits = "0123456789abcdef0123456789ABCDEF";
        const std::size_t digit = at < text.size() ? kDigits.find(text[at]) : std::string::npos;
        if (digit == std::string::npos) {
          fail();
        }
        out = out * 16 + static_cast<std::uint32_t>(digit % 16);
      }
      return out;
    }

    // As UTF-8.
    static void append(std::uint32_t point, std::string& out) {
      const auto byte = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
      if (point < 0x80) {
        byte(point);
        return;
      }
      if (point < 0x800) {
        byte(0xC0U | (point >> 6U));
      } else {
        if (point < 0x10000) {
          byte(0xE0U | (point >> 12U));
        } else {
          byte(0xF0U | (point >> 18U));
          byte(0x80U | ((point >> 12U) & 0x3FU));
        }
        byte(0x80U | ((point >> 6U) & 0x3FU));
      }
      byte(0x80U | (point & 0x3FU));
    }
  };

  static const Json& none() {
    static const Json kNone;
    return kNone;
  }

  std::string text_;
  double number_ = 0;
  bool boolean_ = false;
  std::vector<Json> items_;
  std::map<std::string, Json> members_;
};

}  // namespace drydock
