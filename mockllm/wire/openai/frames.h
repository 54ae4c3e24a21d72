// The stream of a chat completion: one `data:` line per chunk, then [DONE].
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mockllm/conversation/reply.h"
#include "mockllm/wire/protocol.h"

namespace mockllm::openai {

class ChunkEncoder final : public FrameEncoder {
 public:
  ChunkEncoder(std::string_view model, bool include_usage, std::shared_ptr<const Reply> reply,
               const Usage& usage, Identity identity);

  void encode(const ReplyEvent& event, std::string& out) override;

 private:
  void append(const ChoiceStart& event, std::string& out) const;
  void append(const ToolCallStart& event, std::string& out) const;
  void append(const ToolArgumentsDelta& event, std::string& out) const;
  void append(const ChoiceEnd& event, std::string& out) const;
  void append_text(int choice, std::string_view field, std::string_view text,
                   std::string& out) const;
  void append_end(std::string& out) const;
  // From the line's start up to the delta's content, and from its end to the blank line.
  void open(int choice, std::string& out) const;
  void close(std::string_view finish_reason, std::string& out) const;

  std::string prefix_;  // of every chunk, up to "choices":[
  bool include_usage_;
  std::shared_ptr<const Reply> reply_;
  Usage usage_;
  Identity identity_;
};

}  // namespace mockllm::openai
