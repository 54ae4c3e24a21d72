// What a fixture or a rule says, not yet timed and not yet in any vendor's words.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mockllm {

struct ToolCall {
  std::string id;  // empty: made from the seed
  std::string name;
  std::string arguments;  // JSON text
};

struct Usage {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t cached = 0;
  std::int64_t reasoning = 0;
};

struct ReplyChoice {
  std::optional<std::string> text;
  std::optional<std::string> reasoning;
  std::optional<std::string> refusal;
  std::vector<ToolCall> tool_calls;
  std::string finish_reason;  // empty: "tool_calls" where there are any, else "stop"
};

struct ReplyError {
  int status = 500;
  std::string type;  // empty: the vendor's usual one for the status
  std::string code;
  std::string param;
  std::string message;
  std::vector<std::pair<std::string, std::string>> headers;
};

// One reply. Immutable once loaded; shared by all calls that it answers.
struct Reply {
  std::vector<ReplyChoice> choices;  // one; several where a fixture says `choices`
  std::optional<Usage> usage;        // absent: estimated
  std::optional<ReplyError> error;   // then nothing else is said
};

// How a reply is spread over time. All zero: at once.
struct Pace {
  std::chrono::microseconds ttft{0};
  double tokens_per_second = 0;
  double jitter = 0;                   // 0 to 1, of each wait, from the seed
  std::chrono::milliseconds delay{0};  // before the head of the response
};

}  // namespace mockllm
