#include "harness/run/judgement.h"

#include <gtest/gtest.h>

#include <csignal>

namespace harness {
namespace {

TEST(Ending, IsASentenceWhereItSaysWhen) {
  EXPECT_EQ(ending_of({3, 0}, "", " before the test did"),
            "the process ended with exit code 3 before the test did");
  EXPECT_EQ(ending_of({0, SIGKILL}, "", " before the test did"),
            "the process ended with signal 9 (Killed), which the harness did not send, before the "
            "test did");
  EXPECT_EQ(ending_of({0, SIGKILL}, "no memory", " before the test did"), "killed: no memory");
}

TEST(MemoryNote, IsAddedToWhatIsRedAndDoesNotSayItYet) {
  Judgement passed;
  Judgement failed{Outcome::kFailed, "the child was lost", {}, false};

  add_memory_note(passed, "no memory");
  add_memory_note(failed, "no memory");
  add_memory_note(failed, "no memory");

  EXPECT_EQ(passed.reason, "");
  EXPECT_EQ(failed.reason, "the child was lost (meanwhile the kernel killed a process: no memory)");
}

}  // namespace
}  // namespace harness
