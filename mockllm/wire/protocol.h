// wire: a vendor's JSON on one side, a Prompt and a Reply on the other. A vendor's words die here.
//
// Siblings (openai, later anthropic, gemini, ollama) never include each other. Adding one means
// writing a Protocol and naming it in main.cc; nothing registers itself. May include: common/base,
// mockllm/conversation. Must not include: common/http, fixture, serve.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mockllm/conversation/prompt.h"
#include "mockllm/conversation/reply.h"

namespace mockllm {

// A refusal in the vendor's shape: status, headers, body.
struct WireError {
  int status = 400;
  std::string type = "invalid_request_error";  // empty: the vendor's usual one for the status
  std::optional<std::string> param;
  std::optional<std::string> code;
  std::string message;
};

// What makes an answer's ids and borders: derived from (seed, test, request, ordinal), so two runs
// give the same bytes.
struct Identity {
  std::uint64_t seed = 0;
};

// What is said, in order. A stream is these events spread over time; a plain answer needs only the
// Reply.
struct ReplyStart {};

struct ChoiceStart {
  int choice = 0;
};

struct TextDelta {
  int choice = 0;
  std::string_view text;
};

struct ReasoningDelta {
  int choice = 0;
  std::string_view text;
};

struct RefusalDelta {
  int choice = 0;
  std::string_view text;
};

struct ToolCallStart {
  int choice = 0;
  int index = 0;
};  // id and name from the Reply

struct ToolArgumentsDelta {
  int choice = 0;
  int index = 0;
  std::string_view text;
};

struct ChoiceEnd {
  int choice = 0;
};

struct ReplyEnd {};

using ReplyEvent = std::variant<ReplyStart, ChoiceStart, TextDelta, ReasoningDelta, RefusalDelta,
                                ToolCallStart, ToolArgumentsDelta, ChoiceEnd, ReplyEnd>;

// Turns events into frames of one stream. Holds the prefix that all its frames share, made once.
class FrameEncoder {
 public:
  virtual ~FrameEncoder() = default;
  // Appends the frames of `event`, whole (an SSE event ends in a blank line), possibly none.
  virtual void encode(const ReplyEvent& event, std::string& out) = 0;
};

// One endpoint of one vendor.
class Protocol {
 public:
  virtual ~Protocol() = default;
  // Without "/v1": "/chat/completions".
  [[nodiscard]] virtual std::string_view path() const = 0;
  [[nodiscard]] virtual Endpoint endpoint() const = 0;

  // Fills `prompt` with views into `body` and into this object's buffers, valid until the next
  // decode(). nullopt is success.
  virtual std::optional<WireError> decode(std::string_view body, Prompt& prompt) = 0;

  // The body of a plain answer, appended to `out`.
  virtual void encode(const Prompt& prompt, const Reply& reply, const Usage& usage,
                      Identity identity, std::string& out) const = 0;
  // The body of a refusal. `members` is raw JSON for more members beside the vendor's own: empty,
  // or starting with a comma.
  virtual void encode_error(const WireError& error, std::string_view members,
                            std::string& out) const = 0;
  // `reply` outlives the encoder; of `prompt` only values are kept.
  [[nodiscard]] virtual std::unique_ptr<FrameEncoder> new_frame_encoder(
      const Prompt& prompt, std::shared_ptr<const Reply> reply, const Usage& usage,
      Identity identity) const = 0;
  // Content type of a stream: "text/event-stream; charset=utf-8".
  [[nodiscard]] virtual std::string_view stream_type() const = 0;
  // What the journal shows of recorded bytes (plain body or stream), as far as it can be read.
  [[nodiscard]] virtual std::optional<Reply> read_reply(std::string_view body,
                                                        bool stream) const = 0;
};

// A vendor's list of models, and the page of one.
class ModelPages {
 public:
  virtual ~ModelPages() = default;
  // Without "/v1": "/models".
  [[nodiscard]] virtual std::string_view path() const = 0;
  virtual void encode_list(const std::vector<std::string>& models, std::string& out) const = 0;
  virtual void encode_one(std::string_view model, std::string& out) const = 0;
  [[nodiscard]] virtual WireError unknown(std::string_view model) const = 0;
};

}  // namespace mockllm
