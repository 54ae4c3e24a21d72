#include <gtest/gtest.h>

#include "mockllm/delivery/timeline.h"

namespace mockllm {
namespace {

TEST(EstimatedUsage, IsAtLeastOneToken) {
  const Usage usage = estimate_usage(Prompt{}, Reply{});

  EXPECT_EQ(usage.input, 1);
  EXPECT_EQ(usage.output, 1);
  EXPECT_EQ(usage.reasoning, 0);
}

TEST(EstimatedUsage, IsATokenForFourBytesOfAllThatIsSaid) {
  Prompt prompt;
  prompt.messages.emplace_back().text = "0123456789";
  prompt.messages.emplace_back().tool_calls.push_back({"id does not count", "1234", "123456"});
  prompt.tools.push_back({"1234", "1234567890123456"});
  Reply reply;
  ReplyChoice& choice = reply.choices.emplace_back();
  choice.text = "12345678";
  choice.reasoning = "12345678";
  choice.tool_calls = {{"", "1234", "1234"}};

  const Usage usage = estimate_usage(prompt, reply);

  EXPECT_EQ(usage.input, 10);
  EXPECT_EQ(usage.output, 6);
  EXPECT_EQ(usage.reasoning, 2);
}

}  // namespace
}  // namespace mockllm
