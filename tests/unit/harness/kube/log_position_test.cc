#include "harness/kube/log_position.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

bool tell(LogPosition& position, std::string_view line) {
  return position.is_new(line, split_stamp(line).stamp);
}

TEST(SplitStamp, TakesTheStampOff) {
  const StampedLine line = split_stamp("2026-11-22T10:00:00.123Z a b");
  EXPECT_EQ(line.stamp, "2026-11-22T10:00:00.123Z");
  EXPECT_EQ(line.text, "a b");
  EXPECT_EQ(split_stamp("2026-11-22T10:00:00Z ").text, "");
  EXPECT_EQ(split_stamp("2026-11-22T10:00:00Z").text, "");
}

TEST(SplitStamp, LeavesALineWithoutOneAsItIs) {
  EXPECT_EQ(split_stamp("unable to retrieve container logs").stamp, "");
  EXPECT_EQ(split_stamp("unable to retrieve container logs").text,
            "unable to retrieve container logs");
  EXPECT_EQ(split_stamp("").stamp, "");
  EXPECT_EQ(split_stamp("2026-11-22").stamp, "");
}

TEST(LogPosition, BeginsAtTheBeginning) {
  EXPECT_EQ(LogPosition().since(), "");
}

TEST(LogPosition, KnowsWhatWasToldOfTheLastTwoSeconds) {
  LogPosition position;
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:00.1Z a"));
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:07.1Z b"));
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:09.1Z c"));
  EXPECT_EQ(position.since(), "2026-11-22T10:00:07Z");

  position.resume();
  EXPECT_FALSE(tell(position, "2026-11-22T10:00:07.1Z b"));
  EXPECT_FALSE(tell(position, "2026-11-22T10:00:09.1Z c"));
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:09.2Z c"));
}

TEST(LogPosition, CountsLinesThatAreTheSame) {
  LogPosition position;
  const std::string_view line = "2026-11-22T10:00:00Z same";
  EXPECT_TRUE(tell(position, line));
  EXPECT_TRUE(tell(position, line));
  position.resume();
  EXPECT_FALSE(tell(position, line));
  EXPECT_FALSE(tell(position, line));
  EXPECT_TRUE(tell(position, line));
  position.resume();
  EXPECT_FALSE(tell(position, line));
  EXPECT_FALSE(tell(position, line));
  EXPECT_FALSE(tell(position, line));
  EXPECT_TRUE(tell(position, line));
}

// The two outputs of a container are stamped by two threads.
TEST(LogPosition, HoldsWhereStampsDoNotRise) {
  LogPosition position;
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:01.2Z b"));
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:02.1Z c"));
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:01.9Z a"));
  position.resume();
  EXPECT_FALSE(tell(position, "2026-11-22T10:00:01.2Z b"));
  EXPECT_FALSE(tell(position, "2026-11-22T10:00:02.1Z c"));
  EXPECT_FALSE(tell(position, "2026-11-22T10:00:01.9Z a"));
}

TEST(LogPosition, TellsWhatAppearedWhileTheConnectionWasCut) {
  LogPosition position;
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:01.1Z a"));
  position.resume();
  EXPECT_FALSE(tell(position, "2026-11-22T10:00:01.1Z a"));
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:01.2Z b"));
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:03.2Z c"));
}

TEST(LogPosition, KeepsTheNodesTimeZone) {
  LogPosition position;
  EXPECT_TRUE(tell(position, "2026-11-22T10:00:01.123456789+01:00 a"));
  EXPECT_EQ(position.since(), "2026-11-22T10:00:01+01:00");
}

}  // namespace
}  // namespace harness
