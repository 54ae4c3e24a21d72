#include "harness/discover/pytest_messages.h"

#include <nlohmann/json.hpp>

namespace harness {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int number_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int>() : 0;
}

}  // namespace

std::optional<PytestMessage> parse_pytest_message(std::string_view line, std::string_view nonce) {
  if (!line.starts_with(nonce) || line.size() <= nonce.size() || line[nonce.size()] != ' ') {
    return std::nullopt;
  }
  line.remove_prefix(nonce.size() + 1);
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) {
    return std::nullopt;
  }
  const json object = json::parse(line.substr(space + 1), nullptr, false);
  if (!object.is_object()) {
    return std::nullopt;
  }
  PytestMessage message;
  message.event = line.substr(0, space);
  message.name = text_of(object, "name");
  message.path = text_of(object, "path");
  message.message = text_of(object, "message");
  message.text = text_of(object, "text");
  message.file = text_of(object, "file");
  message.when = text_of(object, "when");
  message.outcome = text_of(object, "outcome");
  message.output = text_of(object, "output");
  if (object.contains("xfail")) {
    message.xfail = text_of(object, "xfail");
  }
  if (const auto tags = object.find("tags"); tags != object.end() && tags->is_array()) {
    for (const json& tag : *tags) {
      if (tag.is_string()) {
        message.tags.push_back(tag.get<std::string>());
      }
    }
  }
  message.line = number_of(object, "line");
  message.exitstatus = number_of(object, "exitstatus");
  message.expects_misses = object.value("expects_misses", json(false)) == json(true);
  return message;
}

std::vector<std::string> LineBuffer::add(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (!dropping_ && rest_.size() + part.size() <= kMessageBytesMax) {
      rest_ += part;
    } else {
      dropping_ = true;
    }
    if (end == std::string_view::npos) {
      break;
    }
    if (!dropping_) {
      lines.push_back(std::move(rest_));
    }
    rest_.clear();
    dropping_ = false;
    bytes.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace harness
