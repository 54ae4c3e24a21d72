#include "harness/discover/command.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CommandTest : public ::testing::Test {
 protected:
  base::Result<CommandResult> run(const std::string& script, milliseconds limit, int stop_fd = -1) {
    ProcessSpec spec;
    spec.argv = {"sh", "-c", script};
    spec.environment = {"PATH=/usr/bin:/bin"};
    return run_command(spec, 3, clock_, clock_.mono() + limit, stop_fd);
  }

  base::SystemClock clock_;
};

TEST_F(CommandTest, KeepsOutputAndMessagesApart) {
  const auto result = run("echo said; echo told >&3; exit 2", seconds(20));

  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "said\n");
  EXPECT_EQ(result->messages, "told\n");
  EXPECT_EQ(result->status, (ExitStatus{2, 0}));
}

TEST_F(CommandTest, KeepsTheEndOfALongOutput) {
  const auto result = run("yes line | head -c 1000000; echo; echo last", seconds(20));

  ASSERT_TRUE(result);
  EXPECT_EQ(result->output.size(), kCommandOutputMax);
  EXPECT_TRUE(result->output.ends_with("\nlast\n"));
}

TEST_F(CommandTest, EndsAtItsLimit) {
  const auto result = run("echo before; exec sleep 600", milliseconds(200));

  ASSERT_TRUE(result);
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->status, std::nullopt);
}

TEST_F(CommandTest, EndsWhereASignalWaits) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const base::UniqueFd reader(ends[0]);
  const base::UniqueFd writer(ends[1]);
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);

  const auto result = run("exec sleep 600", seconds(20), reader.get());

  ASSERT_TRUE(result);
  EXPECT_TRUE(result->interrupted);
}

}  // namespace
}  // namespace harness
