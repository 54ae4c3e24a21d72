#include "harness/process/strays.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "harness/process/process.h"

namespace harness {
namespace {

using std::chrono::seconds;

class StraysTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(become_subreaper()); }

  void TearDown() override { reap_strays({}); }

  static base::Result<Process> shell(const std::string& script) {
    ProcessSpec spec;
    spec.argv = {"sh", "-c", script};
    spec.environment = {"PATH=/usr/bin:/bin"};
    spec.guarded = true;
    return Process::spawn(spec);
  }

  base::SystemClock clock_;
};

TEST_F(StraysTest, NoneAreNone) {
  EXPECT_TRUE(reap_strays({}).empty());
}

TEST_F(StraysTest, AreFoundOutsideOfGroupAndSession) {
  // Each says that it is there; the shell waits for that, and for the setsid that has forked it.
  base::Result<Process> process = shell(
      "for n in 601 602; do setsid setsid sh -c \"echo; exec sleep $n >/dev/null\" | head -n 1; "
      "done");
  ASSERT_TRUE(process);
  ASSERT_TRUE(process->wait_until(clock_, clock_.mono() + seconds(20)));

  std::vector<std::string> commands;
  for (const Stray& stray : reap_strays({})) {
    commands.push_back(stray.command);
    EXPECT_EQ(::kill(stray.pid, 0), -1) << stray.command;
  }

  EXPECT_EQ(commands.size(), 2U);
}

TEST_F(StraysTest, LeaveASideChildAloneAsLongAsItIsHeld) {
  ProcessSpec spec;
  spec.argv = {"sleep", "600"};
  spec.environment = {"PATH=/usr/bin:/bin"};
  pid_t pid = 0;
  {
    base::Result<SideChild> held = SideChild::spawn(spec);
    ASSERT_TRUE(held);
    SideChild child = *std::move(held);
    pid = child.process().pid();

    EXPECT_TRUE(reap_strays({}).empty());
    EXPECT_FALSE(child.process().poll().has_value());
  }
  EXPECT_EQ(::kill(pid, 0), -1) << "ended with its handle";
}

TEST_F(StraysTest, LeaveAKnownChildAndItsOrphansAlone) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const base::UniqueFd reader(ends[0]);
  base::UniqueFd writer(ends[1]);
  ProcessSpec spec;
  // The inner shell ends at once, so that its sleep becomes an orphan: the guard's, not ours.
  spec.argv = {"sh", "-c", "sh -c 'sleep 603 & echo $!'; sleep 604"};
  spec.environment = {"PATH=/usr/bin:/bin"};
  spec.output = writer.get();
  spec.guarded = true;
  base::Result<Process> running = Process::spawn(spec);
  ASSERT_TRUE(running);
  char digits[16] = {};
  ASSERT_GT(::read(reader.get(), digits, sizeof digits - 1), 0);

  EXPECT_TRUE(reap_strays({running->pid()}).empty());

  EXPECT_EQ(::kill(std::stoi(digits), 0), 0);
}

TEST_F(StraysTest, OfADeadChildThatNobodyWaitedForAreNotNamed) {
  base::Result<Process> process = shell("exit 0");
  ASSERT_TRUE(process);
  ASSERT_TRUE(process->wait_until(clock_, clock_.mono() + seconds(20)));

  EXPECT_TRUE(reap_strays({}).empty());
}

}  // namespace
}  // namespace harness
