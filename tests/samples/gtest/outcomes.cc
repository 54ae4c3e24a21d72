// Every way in which one test can end. What the harness must say of each:
// tests/system/harness/model.py.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value == nullptr ? "" : value;
}

TEST(Passes, AtOnce) {}

TEST(Passes, WithItsVariables) {
  EXPECT_EQ(variable("DRYDOCK_TEST"), "outcomes/Passes.WithItsVariables");
  EXPECT_EQ(variable("DRYDOCK_ATTEMPT"), "1");
  EXPECT_FALSE(variable("DRYDOCK_RUN").empty());
  EXPECT_EQ(variable("DRYDOCK_LLM_MODE"), "mock");
  EXPECT_EQ(variable("GTEST_SHUFFLE"), "");
  EXPECT_EQ(variable("GITHUB_TOKEN"), "");
  EXPECT_FALSE(variable("TZ").empty());
  std::ofstream(variable("TMPDIR") + "/scratch") << "kept nowhere";
  std::ofstream(variable("DRYDOCK_ARTIFACTS_DIR") + "/note.txt") << "kept";
}

TEST(Fails, AnExpectation) {
  EXPECT_EQ(1 + 1, 3) << "arithmetic";
}

TEST(Crashes, BySignal) {
  ::raise(SIGSEGV);
}

class AbortsInSetUp : public ::testing::Test {
 protected:
  void SetUp() override { std::abort(); }
};

TEST_F(AbortsInSetUp, Here) {}

TEST(Exits, WithZero) {
  std::exit(0);
}

TEST(Exits, WithThree) {
  std::exit(3);
}

TEST(Exits, WithoutCleaningUp) {
  ::_exit(0);
}

TEST(Hangs, Forever) {
  for (;;) {
    ::pause();
  }
}

TEST(Hangs, AndIgnoresTerm) {
  std::signal(SIGTERM, SIG_IGN);
  for (;;) {
    ::pause();
  }
}

TEST(Skips, WithAReason) {
  GTEST_SKIP() << "no lighthouse here";
}

TEST(Skips, DISABLED_ForNow) {
  FAIL();
}

// Ends once the child is another program: the pipe closes with its exec.
TEST(Leaks, AProcess) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  if (::fork() == 0) {
    ::setsid();
    ::execlp("sleep", "sleep", "987", nullptr);
    ::_exit(1);
  }
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);
}

// Looks like a pass to who reads the transcript.
TEST(Forges, APass) {
  std::puts("[       OK ] Forges.APass (0 ms)\n[  PASSED  ] 1 test.\n<testsuites failures=\"0\"/>");
  FAIL() << "not a pass";
}

TEST(Forges, AFailure) {
  std::puts("\n[  FAILED  ] Some.Other (0 ms)");
}

TEST(Signals, ItsParentsGroup) {
  ::kill(-::getpgid(::getppid()), SIGKILL);
  ::pause();
}

TEST(Prints, ASecret) {
  std::puts(("the token is " + variable("SAMPLE_TOKEN")).c_str());
  FAIL() << "the token was " << variable("SAMPLE_TOKEN");
}

class Values : public ::testing::TestWithParam<int> {};

INSTANTIATE_TEST_SUITE_P(Some, Values, ::testing::Values(1, 2));

TEST_P(Values, AreSmall) {
  EXPECT_LT(GetParam(), 2);
}

// Fails at the first attempt.
TEST(Flaky, PassesAtTheSecondAttempt) {
  EXPECT_NE(variable("DRYDOCK_ATTEMPT"), "1");
}

}  // namespace
