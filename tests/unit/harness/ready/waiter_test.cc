#include "harness/ready/waiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "tests/support/fake_clock.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

const ProbeResult kReady{Readiness::kReady, "answered"};
const ProbeResult kRefused{Readiness::kNotYet, "refused"};
const ProbeResult kStarting{Readiness::kNotYet, "starting"};
const ProbeResult kWrongPassword{Readiness::kNever, "wrong password"};

// Answers one after the other, the last again and again, and lets the pauses pass on its own clock.
class Waiting : public ::testing::Test {
 protected:
  WaitReport wait(std::vector<ProbeResult> answers, const WaitLimits& limits = {}) {
    const auto probe = [&] { return answers[std::min(asked_++, answers.size() - 1)]; };
    return wait_until_ready(probe, limits, clock_, [this](milliseconds time) {
      pauses_.push_back(time);
      clock_.advance(time);
      return !interrupted_;
    });
  }

  support::FakeClock clock_;
  std::size_t asked_ = 0;
  std::vector<milliseconds> pauses_;
  bool interrupted_ = false;
};

TEST_F(Waiting, EndsAtTheFirstReady) {
  const WaitReport report = wait({kRefused, kStarting, kReady});

  EXPECT_EQ(report.readiness, Readiness::kReady);
  EXPECT_EQ(asked_, 3U);
  EXPECT_EQ(report.waited, milliseconds(60));
}

TEST_F(Waiting, PausesLongerAndLongerUpToALimit) {
  wait({kRefused}, {.timeout = milliseconds(4'000)});

  EXPECT_THAT(pauses_, ElementsAre(milliseconds(20), milliseconds(40), milliseconds(80),
                                   milliseconds(160), milliseconds(320), milliseconds(640),
                                   milliseconds(1'000), milliseconds(1'000), milliseconds(740)));
}

TEST_F(Waiting, EndsAtNeverAtOnce) {
  const WaitReport report = wait({kRefused, kWrongPassword});

  EXPECT_EQ(report.readiness, Readiness::kNever);
  EXPECT_EQ(report.reason, "wrong password");
  EXPECT_EQ(report.waited, milliseconds(20));
}

TEST_F(Waiting, GivesUpAtTheDeadlineWithTheLastReason) {
  const WaitReport report = wait({kRefused, kRefused, kStarting}, {.timeout = milliseconds(100)});

  EXPECT_EQ(report.readiness, Readiness::kNotYet);
  EXPECT_EQ(report.reason, "starting");
  EXPECT_EQ(report.waited, milliseconds(100));
}

TEST_F(Waiting, ProbesOnceEvenWithoutTime) {
  EXPECT_EQ(wait({kReady}, {.timeout = milliseconds(0)}).readiness, Readiness::kReady);
  EXPECT_EQ(asked_, 1U);
}

TEST_F(Waiting, WantsReadyForAsLongAsItIsTold) {
  const WaitReport report =
      wait({kReady, kRefused, kReady, kReady, kReady},
           {.stable_for = milliseconds(50), .longest_pause = milliseconds(25)});

  EXPECT_EQ(report.readiness, Readiness::kReady);
  EXPECT_EQ(asked_, 6U) << "the break began the time again";
}

TEST_F(Waiting, KeepsEachChangeOfMindOnce) {
  const WaitReport report = wait({kRefused, kRefused, kStarting, kReady});

  ASSERT_EQ(report.history.size(), 3U);
  EXPECT_EQ(report.history[0].result.reason, "refused");
  EXPECT_EQ(report.history[0].times, 2);
  EXPECT_EQ(report.history[1].at, milliseconds(60));
  EXPECT_EQ(report.history[2].result.readiness, Readiness::kReady);
}

TEST_F(Waiting, KeepsABoundedHistoryWithTheLastOne) {
  std::vector<ProbeResult> answers;
  for (std::size_t i = 0; i < 2 * kObservationsMax; ++i) {
    answers.push_back(i % 2 == 0 ? kRefused : kStarting);
  }
  answers.push_back(kWrongPassword);

  const WaitReport report = wait(answers, {.timeout = milliseconds(10'000'000)});

  EXPECT_EQ(report.history.size(), kObservationsMax);
  EXPECT_EQ(report.history.back().result.reason, "wrong password");
}

TEST_F(Waiting, EndsWhereThePauseSaysSo) {
  interrupted_ = true;

  const WaitReport report = wait({kRefused});

  EXPECT_EQ(report.readiness, Readiness::kNotYet);
  EXPECT_EQ(asked_, 1U);
}

TEST_F(Waiting, SaysHowLongItWasReadyWhereThatWasTooShort) {
  const WaitReport report =
      wait({kReady}, {.timeout = milliseconds(100), .stable_for = milliseconds(500)});

  EXPECT_EQ(report.readiness, Readiness::kNotYet);
  EXPECT_EQ(report.reason, "ready for only 100ms of the 500ms wanted without a break");
}

class WaitForAll : public ::testing::Test {
 protected:
  static WaitTarget target(const std::string& name, ServiceKind kind, std::string url,
                           std::vector<std::string> needs = {}) {
    ServiceConfig service;
    service.name = name;
    service.kind = kind;
    service.needs = std::move(needs);
    service.ready.path = "/dev/null";
    return {service, std::move(url), {.timeout = milliseconds(0)}};
  }

  // One that is ready at once: a command without anything to check.
  static WaitTarget ready(const std::string& name, std::vector<std::string> needs = {}) {
    return target(name, ServiceKind::kCommand, "", std::move(needs));
  }

  std::vector<WaitState> wait(const std::vector<WaitTarget>& targets) {
    return wait_for_all(targets, {environment_, clock_, ""}, real_pause(),
                        [&](const std::vector<WaitState>& now) { seen_.push_back(now); });
  }

  base::SystemClock clock_;
  base::Environment environment_;
  std::vector<std::vector<WaitState>> seen_;
};

TEST_F(WaitForAll, ReportsInTheOrderOfTheTargets) {
  const auto states = wait({target("cache", ServiceKind::kRedis, "rediss://h"),
                            target("app", ServiceKind::kHttp, "no url")});

  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states[0].report.reason, "rediss:// is not supported yet");
  EXPECT_EQ(states[1].report.readiness, Readiness::kNever);
  ASSERT_FALSE(seen_.empty());
  EXPECT_TRUE(seen_.back()[0].over && seen_.back()[1].over);
}

TEST_F(WaitForAll, AsksNobodyBeforeWhatItNeedsIsReady) {
  const auto states =
      wait({ready("app", {"worker", "unheard of"}), ready("worker", {"db"}), ready("db")});

  for (const WaitState& state : states) {
    EXPECT_EQ(state.report.readiness, Readiness::kReady) << state.report.reason;
    EXPECT_THAT(state.held_by, ::testing::IsEmpty());
  }
  EXPECT_THAT(seen_.front()[0].held_by, ElementsAre("worker"));
  EXPECT_LE(states[2].begun_at, states[1].begun_at);
  EXPECT_LE(states[1].begun_at, states[0].begun_at);
}

TEST_F(WaitForAll, EndsWhoeverNeedsOneThatWillNotBeReady) {
  const auto states = wait(
      {ready("app", {"worker"}), ready("worker", {"db"}), target("db", ServiceKind::kFile, "")});

  EXPECT_EQ(states[2].report.readiness, Readiness::kNever) << states[2].report.reason;
  EXPECT_EQ(states[1].report.reason, "was not asked: it needs db, which is not ready");
  EXPECT_EQ(states[0].report.reason, "was not asked: it needs worker, which is not ready");
  EXPECT_EQ(states[0].report.readiness, Readiness::kNotYet);
}

}  // namespace
}  // namespace harness
