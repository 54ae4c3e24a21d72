// JSON as text, a line for each element of a long array: a person can read it, and no document of
// all tests stands in memory, which would take ten times as much as its text. Private to the room.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace harness {

inline std::string json_text(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class JsonLines {
 public:
  // `before` stands before the array.
  explicit JsonLines(std::string before = "") : text_(std::move(before)) { text_ += '['; }

  void add(const nlohmann::ordered_json& element) { add_text(json_text(element)); }

  void add_text(std::string_view element) {
    text_ += empty_ ? "\n" : ",\n";
    text_ += element;
    empty_ = false;
  }

  // With what stands after the array.
  [[nodiscard]] std::string text(std::string_view after = "") && {
    text_ += empty_ ? "]" : "\n]";
    text_ += after;
    return std::move(text_);
  }

 private:
  std::string text_;
  bool empty_ = true;
};

}  // namespace harness
