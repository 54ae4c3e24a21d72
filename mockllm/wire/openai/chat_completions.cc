#include "mockllm/wire/openai/chat_completions.h"

#include <utility>

#include "mockllm/wire/openai/field_errors.h"
#include "mockllm/wire/openai/frames.h"
#include "mockllm/wire/openai/prompt_reader.h"
#include "mockllm/wire/openai/reply_reader.h"
#include "mockllm/wire/openai/reply_writer.h"

namespace mockllm::openai {

ChatCompletions::ChatCompletions() : reader_(std::make_unique<PromptReader>()) {}

ChatCompletions::~ChatCompletions() = default;

std::optional<WireError> ChatCompletions::decode(std::string_view body, Prompt& prompt) {
  return reader_->read(body, prompt);
}

void ChatCompletions::encode(const Prompt& prompt, const Reply& reply, const Usage& usage,
                             Identity identity, std::string& out) const {
  append_completion(out, prompt.model, reply, usage, identity);
}

void ChatCompletions::encode_error(const WireError& error, std::string_view members,
                                   std::string& out) const {
  append_error(error, members, out);
}

std::unique_ptr<FrameEncoder> ChatCompletions::new_frame_encoder(const Prompt& prompt,
                                                                 std::shared_ptr<const Reply> reply,
                                                                 const Usage& usage,
                                                                 Identity identity) const {
  return std::make_unique<ChunkEncoder>(prompt.model, prompt.include_usage, std::move(reply), usage,
                                        identity);
}

std::optional<Reply> ChatCompletions::read_reply(std::string_view body, bool stream) const {
  return stream ? read_chunks(body) : read_completion(body);
}

}  // namespace mockllm::openai
