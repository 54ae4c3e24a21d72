#include "common/http/wheel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "common/base/random.h"

namespace http {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const base::MonoTime kStart{hours(1)};

// A timer that notes when it was due.
struct Noting {
  Noting()
      : timer(this, [](void* self, base::MonoTime now) {
          static_cast<Noting*>(self)->fired.push_back(
              std::chrono::duration_cast<milliseconds>(now - kStart).count());
        }) {}

  std::vector<std::int64_t> fired;
  Timer timer;
};

class AWheel : public testing::Test {
 protected:
  // Advances as a loop does: to each time the wheel asks for.
  void run_to(base::MonoTime end) {
    for (std::optional<base::MonoTime> at = wheel_.next(); at && *at <= end; at = wheel_.next()) {
      wheel_.advance(*at);
    }
    wheel_.advance(end);
  }

  Wheel wheel_{kStart, milliseconds(1)};
};

TEST_F(AWheel, AsksForNothingWhileNothingIsArmed) {
  EXPECT_EQ(wheel_.next(), std::nullopt);
}

TEST_F(AWheel, FiresAtTheTick) {
  Noting one;
  wheel_.arm(one.timer, kStart + milliseconds(5));

  wheel_.advance(kStart + milliseconds(4));
  EXPECT_THAT(one.fired, IsEmpty());
  wheel_.advance(kStart + milliseconds(5));

  EXPECT_THAT(one.fired, ElementsAre(5));
  EXPECT_FALSE(one.timer.armed());
}

TEST_F(AWheel, RoundsUpToItsTickSoThatNothingIsEarly) {
  Noting one;
  wheel_.arm(one.timer, kStart + microseconds(4'001));

  wheel_.advance(kStart + microseconds(4'999));
  EXPECT_THAT(one.fired, IsEmpty());
  wheel_.advance(kStart + milliseconds(5));

  EXPECT_THAT(one.fired, ElementsAre(5));
}

TEST_F(AWheel, FiresWhatIsPastAtTheNextTick) {
  wheel_.advance(kStart + milliseconds(10));
  Noting one;
  wheel_.arm(one.timer, kStart + milliseconds(3));

  wheel_.advance(kStart + milliseconds(10));
  EXPECT_THAT(one.fired, IsEmpty());
  run_to(kStart + milliseconds(11));

  EXPECT_THAT(one.fired, ElementsAre(11));
}

TEST_F(AWheel, FiresInOrderOverAllLevels) {
  std::deque<Noting> timers;
  const std::vector<std::int64_t> times = {
      1, 63, 64, 65, 4'095, 4'096, 4'097, 262'143, 262'144, 1'000'000, 16'777'216, 90'000'000};
  for (const std::int64_t at : times) {
    wheel_.arm(timers.emplace_back().timer, kStart + milliseconds(at));
  }

  run_to(kStart + hours(26));

  for (std::size_t index = 0; index < times.size(); ++index) {
    EXPECT_THAT(timers[index].fired, ElementsAre(times[index]));
  }
}

TEST_F(AWheel, MovesAnArmedTimer) {
  Noting one;
  wheel_.arm(one.timer, kStart + milliseconds(5));
  wheel_.arm(one.timer, kStart + milliseconds(500));

  run_to(kStart + seconds(1));

  EXPECT_THAT(one.fired, ElementsAre(500));
}

TEST_F(AWheel, ForgetsACancelledTimer) {
  Noting one;
  wheel_.arm(one.timer, kStart + milliseconds(5));
  one.timer.cancel();

  EXPECT_EQ(wheel_.next(), std::nullopt);
  run_to(kStart + seconds(1));

  EXPECT_THAT(one.fired, IsEmpty());
}

TEST_F(AWheel, ForgetsADestroyedTimer) {
  {
    Noting one;
    wheel_.arm(one.timer, kStart + milliseconds(5));
  }

  EXPECT_EQ(wheel_.next(), std::nullopt);
}

TEST_F(AWheel, LetsATimerArmItselfAgain) {
  struct Repeating {
    Wheel* wheel;
    int count = 0;
    Timer timer{this, [](void* self, base::MonoTime now) {
                  auto* repeating = static_cast<Repeating*>(self);
                  ++repeating->count;
                  repeating->wheel->arm(repeating->timer, now + milliseconds(20));
                }};
  } repeating{&wheel_};

  wheel_.arm(repeating.timer, kStart + milliseconds(20));

  run_to(kStart + seconds(1));

  EXPECT_EQ(repeating.count, 50);
  repeating.timer.cancel();
}

TEST_F(AWheel, LetsATimerCancelAnotherThatIsDueWithIt) {
  struct Cancelling {
    Timer* other;
    Timer timer{this, [](void* self, base::MonoTime /*now*/) {
                  static_cast<Cancelling*>(self)->other->cancel();
                }};
  };

  Noting other;
  Cancelling first{&other.timer};
  wheel_.arm(first.timer, kStart + milliseconds(5));
  wheel_.arm(other.timer, kStart + milliseconds(5));

  run_to(kStart + seconds(1));

  EXPECT_THAT(other.fired, IsEmpty());
}

TEST_F(AWheel, FiresEachOfManyRandomTimersOnceAndInItsTick) {
  base::SeededRandom random(1);
  std::deque<Noting> timers;
  std::vector<std::int64_t> times;
  for (int count = 0; count < 5'000; ++count) {
    times.push_back(static_cast<std::int64_t>(1 + random.below(3'000'000)));
    wheel_.arm(timers.emplace_back().timer, kStart + milliseconds(times.back()));
  }
  // Every third is moved on the way.
  wheel_.advance(kStart);
  for (std::size_t index = 0; index < timers.size(); index += 3) {
    times[index] = static_cast<std::int64_t>(1 + random.below(3'000'000));
    wheel_.arm(timers[index].timer, kStart + milliseconds(times[index]));
  }

  run_to(kStart + milliseconds(3'000'000));

  for (std::size_t index = 0; index < timers.size(); ++index) {
    ASSERT_THAT(timers[index].fired, ElementsAre(times[index]));
  }
}

TEST_F(AWheel, CatchesUpAfterAPauseInOneCall) {
  std::deque<Noting> timers;
  for (int at = 1; at <= 1'000; ++at) {
    wheel_.arm(timers.emplace_back().timer, kStart + milliseconds(at * 7));
  }

  wheel_.advance(kStart + seconds(10));

  EXPECT_TRUE(std::all_of(timers.begin(), timers.end(),
                          [](const Noting& noting) { return noting.fired.size() == 1; }));
}

TEST(ATimer, OutlivesItsWheel) {
  Noting one;
  {
    Wheel wheel(kStart, milliseconds(1));
    wheel.arm(one.timer, kStart + milliseconds(5));
  }

  EXPECT_FALSE(one.timer.armed());
}

}  // namespace
}  // namespace http
