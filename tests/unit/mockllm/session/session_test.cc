#include "mockllm/session/session.h"

#include <gtest/gtest.h>

#include <vector>

namespace mockllm {
namespace {

constexpr std::uint64_t kHello = 11;
constexpr std::uint64_t kBye = 22;

std::vector<MessageView> messages(std::initializer_list<std::uint64_t> hashes) {
  std::vector<MessageView> list;
  for (const std::uint64_t hash : hashes) {
    list.emplace_back().hash = hash;
  }
  return list;
}

TEST(TestSeed, DependsOnTheTestAndNeverOnRunOrAttempt) {
  EXPECT_EQ(Session("r1.weather.1").test_seed(), Session("r2.weather.7").test_seed());
  EXPECT_NE(Session("r1.weather.1").test_seed(), Session("r1.rain.1").test_seed());
}

TEST(TestSeed, IsTheSameInEveryBuild) {
  EXPECT_EQ(Session("a").test_seed(), 0xAF63DC4C8601EC8CU) << "FNV-1a's own example";
}

TEST(Ordinals, CountTheIdenticalRequestsBefore) {
  Session session("s");

  EXPECT_EQ(session.ordinal(kHello, 0, "").value, 0);
  EXPECT_EQ(session.ordinal(kHello, 0, "").value, 1);
  EXPECT_EQ(session.ordinal(kBye, 0, "").value, 0);
  EXPECT_EQ(session.ordinal(kHello, 0, "").value, 2);
}

TEST(Ordinals, StayWhereTheClientRetries) {
  Session session("s");
  session.ordinal(kHello, 0, "");

  const Ordinal again = session.ordinal(kHello, 1, "");

  EXPECT_EQ(again.value, 0);
  EXPECT_EQ(again.client_retry, 1);
  EXPECT_EQ(session.ordinal(kHello, 2, "").value, 0);
  EXPECT_EQ(session.ordinal(kHello, 0, "").value, 1) << "a new call is no retry";
}

TEST(Ordinals, CountARetryOfWhatAnErrorAnswered) {
  Session session("s");
  const Ordinal first = session.ordinal(kHello, 0, "");
  session.answered(kHello, first, true);

  const Ordinal second = session.ordinal(kHello, 1, "");

  EXPECT_EQ(second.value, 1);
  EXPECT_EQ(second.client_retry, 1);
  session.answered(kHello, second, false);
  EXPECT_EQ(session.ordinal(kHello, 2, "").value, 1)
      << "the second was no error: its retry keeps 1";
}

TEST(Ordinals, StartAtNoughtWhereTheFirstAttemptNeverArrived) {
  Session session("s");

  const Ordinal ordinal = session.ordinal(kHello, 2, "");

  EXPECT_EQ(ordinal.value, 0);
  EXPECT_EQ(ordinal.client_retry, 2);
}

TEST(IdempotencyKeys, FindTheAttemptThatIsRepeated) {
  Session session("s");
  session.ordinal(kHello, 0, "key-a");
  session.ordinal(kHello, 0, "key-b");

  EXPECT_EQ(session.ordinal(kHello, 1, "key-a").value, 0);
  EXPECT_EQ(session.ordinal(kHello, 0, "key-b").value, 1);
  EXPECT_EQ(session.ordinal(kHello, 0, "key-b").client_retry, 1)
      << "told although no count was sent";
  EXPECT_EQ(session.ordinal(kHello, 0, "key-c").value, 2);
}

TEST(IdempotencyKeys, CountAfterAnError) {
  Session session("s");
  session.answered(kHello, session.ordinal(kHello, 0, "key-a"), true);

  EXPECT_EQ(session.ordinal(kHello, 1, "key-a").value, 1);
  EXPECT_EQ(session.ordinal(kHello, 2, "key-a").value, 1);
}

TEST(Ordinals, ForgetTheOldestRequestAboveTheLimit) {
  Session session("s", nullptr, 2);
  session.ordinal(1, 0, "");
  session.ordinal(2, 0, "");
  session.ordinal(3, 0, "");

  EXPECT_EQ(session.ordinal(3, 0, "").value, 1);
  EXPECT_EQ(session.ordinal(2, 0, "").value, 1);
  EXPECT_EQ(session.ordinal(1, 0, "").value, 0) << "forgotten";
}

TEST(AnAnswerToAForgottenRequest, IsIgnored) {
  Session session("s");
  session.answered(kHello, {}, true);
  EXPECT_EQ(session.ordinal(kHello, 0, "").value, 0);
}

TEST(Conversations, AreContinuedByMoreMessages) {
  Session session("s");
  session.remember(messages({1, 2}));

  EXPECT_TRUE(session.continues(messages({1, 2, 3})));
  EXPECT_TRUE(session.continues(messages({1, 2, 3, 4})));
}

TEST(Conversations, AreNotContinuedByTheSameFewerOrOtherMessages) {
  Session session("s");
  session.remember(messages({1, 2}));

  EXPECT_FALSE(session.continues(messages({1, 2})));
  EXPECT_FALSE(session.continues(messages({1})));
  EXPECT_FALSE(session.continues(messages({2, 1, 3})));
  EXPECT_FALSE(session.continues(messages({})));
}

TEST(Conversations, WithoutMessagesAreContinuedByNothing) {
  Session session("s");
  session.remember({});
  EXPECT_FALSE(session.continues(messages({1})));
}

TEST(Conversations, AreForgottenAboveTheLimit) {
  Session session("s", nullptr, 1);
  session.remember(messages({1}));
  session.remember(messages({2}));

  EXPECT_FALSE(session.continues(messages({1, 9})));
  EXPECT_TRUE(session.continues(messages({2, 9})));
}

}  // namespace
}  // namespace mockllm
