#include "harness/process/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "common/base/clock.h"
#include "harness/process/process.h"

namespace harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// A shell with a child that has left its group.
TEST(Snapshot, ShowsEveryProcessBelowTheGuardAndWhatItsThreadsDo) {
  const base::SystemClock clock;
  ProcessSpec spec;
  spec.argv = {"sh", "-c", "setsid sleep 977 & wait"};
  spec.environment = {"PATH=/usr/bin:/bin"};
  spec.guarded = true;
  base::Result<Process> process = Process::spawn(spec);
  ASSERT_TRUE(process) << process.error().message;

  std::string snapshot;
  const base::MonoTime deadline = clock.mono() + std::chrono::seconds(20);
  while (snapshot.find(": sleep 977") == std::string::npos && clock.mono() < deadline) {
    snapshot = snapshot_of(process->pid());
  }

  EXPECT_THAT(snapshot, AllOf(HasSubstr(": sh -c setsid sleep"), HasSubstr(": sleep 977\n"),
                              HasSubstr("  thread "), HasSubstr(" sleep: ")));
  EXPECT_THAT(snapshot, Not(HasSubstr("process " + std::to_string(process->pid()) + ":")));
  const std::vector<pid_t> tree = process_tree(process->pid());
  EXPECT_EQ(tree.size(), 3U);
  EXPECT_EQ(tree.front(), process->pid());
  ::kill(tree.back(), SIGKILL);
  process->stop(clock, std::chrono::seconds(5));
  EXPECT_EQ(snapshot_of(process->pid()), "");
}

}  // namespace
}  // namespace harness
