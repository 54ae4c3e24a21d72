// What the bench's servers answer and its client expects: the same bytes from both, so that only
// the way to them differs.
#pragma once

#include <chrono>
#include <string_view>

namespace bench {

inline constexpr std::string_view kReplyPath = "/v1/chat/completions";
inline constexpr std::string_view kBurstPath = "/burst";
inline constexpr std::string_view kPacedPath = "/paced";

inline constexpr std::string_view kReply =
    R"({"id":"chatcmpl-0123456789abcdef0123456789abc","object":"chat.completion",)"
    R"("created":1767225600,)"
    R"("model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":)"
    R"("It is 12 degrees in Oslo.","refusal":null,"annotations":[]},"logprobs":null,)"
    R"("finish_reason":"stop"}],"usage":{"prompt_tokens":41,"completion_tokens":9,)"
    R"("total_tokens":50,)"
    R"("prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0}},"service_tier":"default",)"
    R"("system_fingerprint":"fp_0123456789"})";

inline constexpr int kStreamFrames = 64;
inline constexpr std::chrono::milliseconds kGap{20};
inline constexpr std::string_view kFrame =
    R"(data: {"id":"chatcmpl-0123456789abcdef0123456789abc","object":"chat.completion.chunk",)"
    R"("created":1767225600,"model":"gpt-4o-mini",)"
    R"("choices":[{"index":0,"delta":{"content":" word"},)"
    R"("logprobs":null,"finish_reason":null}]})"
    "\n\n";
inline constexpr std::string_view kDone = "data: [DONE]\n\n";

}  // namespace bench
