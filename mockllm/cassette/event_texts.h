// The strings of a stream's JSON events, so that what is spread over many of them can be read as
// one text.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mockllm {

// One JSON string of a stream.
struct EventText {
  std::size_t begin = 0;  // of its token in the stream, at the opening quote
  std::size_t end = 0;    // after the closing quote
  std::string text;       // what it means
};

// The strings of all "data:" events, by where they stand in their event
// ("/choices/0/delta/content"), in order. An array's elements count by their "index" where they
// have one before the string, as the pieces of parallel tool calls do. Events that are not JSON, or
// nested too deep, have none.
std::map<std::string, std::vector<EventText>> texts_of_events(std::string_view stream);

}  // namespace mockllm
