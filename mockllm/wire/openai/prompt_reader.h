// Reads the JSON of one chat completion request into a Prompt, in one pass that also hashes it.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mockllm/conversation/prompt.h"
#include "mockllm/wire/protocol.h"

namespace mockllm::openai {

inline constexpr std::size_t kJsonDepthMax = 128;
inline constexpr std::int64_t kChoicesMax = 128;
inline constexpr std::size_t kMessagesMax = 65'536;
inline constexpr std::size_t kToolsMax = 4'096;
// Buffers grown above this by one big request are given back before the next small one.
inline constexpr std::size_t kBufferBytesKept = 4 * 1024 * 1024;

// Reuses its buffers: a request of usual size allocates nothing. The views of the Prompt point into
// them and live until the next read().
class PromptReader {
 public:
  std::optional<WireError> read(std::string_view body, Prompt& prompt);

 private:
  using Element = simdjson::dom::element;
  using Refusal = std::optional<WireError>;  // nullopt: go on

  Refusal parse(std::string_view body, Element& root);
  void trim_buffers(std::size_t body_bytes);
  Refusal read_field(std::string_view key, Element value, Prompt& prompt);
  Refusal read_messages(Element value, Prompt& prompt);
  Refusal read_message(std::size_t index, Element value, MessageView& message);
  Refusal read_role(std::size_t index, Element value, MessageView& message);
  Refusal read_content(std::size_t index, const std::optional<Element>& value,
                       MessageView& message);
  Refusal read_parts(std::size_t index, simdjson::dom::array parts, MessageView& message);
  Refusal read_tool_call_id(std::size_t index, const std::optional<Element>& role,
                            const std::optional<Element>& id, MessageView& message);
  Refusal read_tool_calls(std::size_t index, Element value, MessageView& message);
  Refusal read_tools(Element value, Prompt& prompt);
  Refusal read_tool_choice(Element value, Prompt& prompt);
  Refusal read_response_format(Element value, Prompt& prompt);
  Refusal read_stream_options(Element value, Prompt& prompt);
  Refusal read_choices(Element value, Prompt& prompt);
  Refusal check_whole(const Prompt& prompt) const;
  std::string& scratch();  // lives until the next read()

  simdjson::dom::parser parser_;
  std::string padded_;               // the body, with the room behind it that the parser may read
  std::deque<std::string> scratch_;  // texts that are in no buffer as a whole; reused in order
  std::size_t scratch_used_ = 0;
  // The schemas of the last request's tools, as text. An agent sends the same tools every time.
  std::uint64_t tools_hash_ = 0;
  std::vector<std::string> schemas_;
  std::uint64_t field_hash_ = 0;  // of the field just read
  bool has_messages_ = false;
  bool has_stream_options_ = false;
  bool has_tool_choice_ = false;
};

}  // namespace mockllm::openai
