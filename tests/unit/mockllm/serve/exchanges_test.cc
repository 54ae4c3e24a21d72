#include "mockllm/serve/exchanges.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace mockllm {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

class AnExchange : public testing::Test {
 protected:
  CallRecord record() { return {journal_, metrics_, Call{}, OpenCall(session_, nullptr)}; }

  Journal journal_{JournalLimits{}};
  Metrics metrics_;
  std::shared_ptr<Session> session_ = std::make_shared<Session>("s");
  base::MonoTime start_{};
};

TEST_F(AnExchange, ClosesItsCallWhenItIsFinished) {
  PlainExchange exchange(record());
  EXPECT_EQ(session_->calls_in_flight, 1);
  EXPECT_TRUE(journal_.find(1)->open);

  exchange.finished({milliseconds(1), milliseconds(2), false});

  EXPECT_EQ(session_->calls_in_flight, 0);
  EXPECT_FALSE(journal_.find(1)->open);
  EXPECT_EQ(journal_.find(1)->first_byte_ms, 1);
  EXPECT_EQ(journal_.find(1)->total_ms, 2);
  EXPECT_FALSE(journal_.find(1)->client_gone);
}

TEST_F(AnExchange, ThatIsDroppedUnfinishedLostItsClient) {
  {
    const DelayedResponse waiting(
        {200, {}, {}, false, false, std::make_unique<PlainExchange>(record())}, start_);
  }

  EXPECT_EQ(session_->calls_in_flight, 0);
  EXPECT_TRUE(journal_.find(1)->client_gone);
}

TEST_F(AnExchange, OfARecordingSendsAllAtOnceWithoutSpeed) {
  auto interaction = std::make_shared<Interaction>();
  interaction->chunks = {{microseconds(10), "a"}, {microseconds(5'000'000), "b"}};
  RecordedStream stream(record(), interaction, 0, start_);
  std::string out;

  EXPECT_TRUE(std::holds_alternative<http::End>(stream.next(out, start_)));
  EXPECT_EQ(out, "ab");
}

TEST_F(AnExchange, OfARecordingKeepsItsTimesAtASpeed) {
  auto interaction = std::make_shared<Interaction>();
  interaction->chunks = {{microseconds(0), "a"}, {microseconds(10'000), "b"}};
  RecordedStream stream(record(), interaction, 2, start_);
  std::string out;

  const http::Step step = stream.next(out, start_);

  ASSERT_TRUE(std::holds_alternative<http::WaitUntil>(step));
  EXPECT_EQ(std::get<http::WaitUntil>(step).at, start_ + milliseconds(5));
  EXPECT_EQ(out, "a");
  EXPECT_TRUE(std::holds_alternative<http::End>(stream.next(out, start_ + milliseconds(5))));
  EXPECT_EQ(out, "ab");
}

TEST_F(AnExchange, OfABigRecordingGivesOthersATurn) {
  auto interaction = std::make_shared<Interaction>();
  interaction->chunks.assign(3, {microseconds(0), std::string(kStreamStepBytes, 'x')});
  RecordedStream stream(record(), interaction, 0, start_);
  std::string out;

  EXPECT_TRUE(std::holds_alternative<http::Continue>(stream.next(out, start_)));
  EXPECT_EQ(out.size(), kStreamStepBytes);
}

TEST_F(AnExchange, ThatIsDelayedWaitsForItsTime) {
  DelayedResponse delayed({201, {}, "x", false, false, nullptr}, start_ + milliseconds(5));
  base::MonoTime again{};

  EXPECT_FALSE(delayed.poll(start_, again).has_value());
  EXPECT_EQ(again, start_ + milliseconds(5));
  const std::optional<http::Response> response = delayed.poll(again, again);

  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 201);
}

}  // namespace
}  // namespace mockllm
