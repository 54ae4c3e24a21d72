// wire/openai: the words of OpenAI's API.
//
// Doors: ChatCompletions (POST /chat/completions) and Models (GET /models).
// May include: common/base, mockllm/conversation, mockllm/wire.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mockllm/wire/protocol.h"

namespace mockllm::openai {

class PromptReader;

class ChatCompletions final : public Protocol {
 public:
  ChatCompletions();
  ~ChatCompletions() override;

  [[nodiscard]] std::string_view path() const override { return "/chat/completions"; }

  [[nodiscard]] Endpoint endpoint() const override { return Endpoint::kChat; }

  std::optional<WireError> decode(std::string_view body, Prompt& prompt) override;
  void encode(const Prompt& prompt, const Reply& reply, const Usage& usage, Identity identity,
              std::string& out) const override;
  void encode_error(const WireError& error, std::string_view members,
                    std::string& out) const override;
  [[nodiscard]] std::unique_ptr<FrameEncoder> new_frame_encoder(const Prompt& prompt,
                                                                std::shared_ptr<const Reply> reply,
                                                                const Usage& usage,
                                                                Identity identity) const override;

  [[nodiscard]] std::string_view stream_type() const override {
    return "text/event-stream; charset=utf-8";
  }

  [[nodiscard]] std::optional<Reply> read_reply(std::string_view body, bool stream) const override;

 private:
  std::unique_ptr<PromptReader> reader_;  // keeps the JSON parser out of this header
};

}  // namespace mockllm::openai
