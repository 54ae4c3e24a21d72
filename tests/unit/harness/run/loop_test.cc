#include "harness/run/loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/run/worker.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

TEST(Loop, FiresTimersInTheirOrderAndNotCancelledOnes) {
  const base::SystemClock clock;
  Loop loop(clock);
  std::vector<int> fired;
  const base::MonoTime now = clock.mono();
  loop.at(now + milliseconds(2), [&] { fired.push_back(2); });
  loop.at(now + milliseconds(1), [&] { fired.push_back(1); });
  loop.cancel(loop.at(now, [&] { fired.push_back(0); }));

  while (fired.size() < 2) {
    loop.run_once();
  }

  EXPECT_THAT(fired, ElementsAre(1, 2));
}

TEST(Loop, TellsOfAReadableDescriptorUntilItIsUnwatched) {
  const base::SystemClock clock;
  Loop loop(clock);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const base::UniqueFd reader(ends[0]);
  const base::UniqueFd writer(ends[1]);
  int told = 0;
  loop.watch(reader.get(), [&] { ++told; });
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);

  loop.run_once();
  loop.unwatch(reader.get());
  loop.post([] {});
  loop.run_once();

  EXPECT_EQ(told, 1);
}

TEST(Worker, RunsTasksInOrderAndWhatFollowsOnTheLoop) {
  const base::SystemClock clock;
  Loop loop(clock);
  Worker worker(loop);
  std::vector<std::string> said;
  const std::thread::id here = std::this_thread::get_id();
  bool elsewhere = false;
  worker.run([&] { elsewhere = std::this_thread::get_id() != here; },
             [&] { said.emplace_back("one"); });
  worker.run([] {}, [&] { said.emplace_back("two"); });

  while (said.size() < 2) {
    loop.run_once();
  }

  EXPECT_THAT(said, ElementsAre("one", "two"));
  EXPECT_TRUE(elsewhere);
}

}  // namespace
}  // namespace harness
