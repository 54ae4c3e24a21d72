#include "harness/report/style.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

TEST(Told, IsTheTextWhereNobodyReadsCommands) {
  EXPECT_EQ(Style(false).told("  ::error::x ##[warning]"), "  ::error::x ##[warning]");
}

// GitHub's runner takes a line for a command that begins with "::" after any blank of Unicode, or
// that holds "##[" anywhere.
TEST(Told, HoldsNoCommandWhereOneIsReadAlong) {
  const Style guarded(false, true);

  EXPECT_EQ(guarded.told("::error::x"), ": :error::x");
  EXPECT_EQ(guarded.told("a\n  \t::set-env name=A::b"), "a\n  \t: :set-env name=A::b");
  EXPECT_EQ(guarded.told("a\r::add-mask::b"), "a\r: :add-mask::b");
  EXPECT_EQ(guarded.told("\xC2\xA0::error::x"), "\xC2\xA0: :error::x");
  EXPECT_EQ(guarded.told("\xE3\x80\x80::error::x"), "\xE3\x80\x80: :error::x");
  EXPECT_EQ(guarded.told("said ##[add-mask]b"), "said # #[add-mask]b");
  EXPECT_EQ(guarded.told("##vso[task.setvariable]"), "# #vso[task.setvariable]");
  EXPECT_EQ(guarded.told("###[x]"), "## #[x]");
  EXPECT_EQ(guarded.told("Suite::Name ## [x]"), "Suite::Name ## [x]");
}

TEST(Told, IsGuardedInAStepOfAWorkflow) {
  base::Environment environment;
  EXPECT_EQ(Style::of(-1, environment).told("::x"), "::x");
  environment.set("GITHUB_ACTIONS", "true");
  EXPECT_EQ(Style::of(-1, environment).told("::x"), ": :x");
}

TEST(ReadableBytes, HasAUnitThatFits) {
  EXPECT_EQ(readable_bytes(0), "0 bytes");
  EXPECT_EQ(readable_bytes(1), "1 byte");
  EXPECT_EQ(readable_bytes(1'023), "1023 bytes");
  EXPECT_EQ(readable_bytes(1'024), "1.0 KiB");
  EXPECT_EQ(readable_bytes(5'242'880), "5.0 MiB");
}

}  // namespace
}  // namespace harness
