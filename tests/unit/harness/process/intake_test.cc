#include "harness/process/intake.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/file.h"

namespace harness {
namespace {

using Keep = Intake::Keep;

std::string taken(std::size_t bytes_max, Keep keep, const std::vector<std::string>& writes) {
  Intake intake(bytes_max, keep);
  base::Result<base::UniqueFd> end = intake.open();
  EXPECT_TRUE(end);
  for (const std::string& text : writes) {
    EXPECT_TRUE(base::write_all(end->get(), text));
    intake.drain();
  }
  EXPECT_NE(intake.fd(), -1);
  end->reset();
  intake.drain();
  EXPECT_EQ(intake.fd(), -1);
  return std::string(intake.text());
}

TEST(Intake, KeepsAllThatIsNotTooMuch) {
  for (const Keep keep : {Keep::kFirst, Keep::kLast}) {
    EXPECT_EQ(taken(6, keep, {"abc", "", "def"}), "abcdef");
    EXPECT_EQ(taken(6, keep, {}), "");
  }
}

TEST(Intake, KeepsTheFirstBytesOrTheLast) {
  const std::vector<std::string> writes{"abc", "def", "ghi", "jkl", "m"};
  EXPECT_EQ(taken(4, Keep::kFirst, writes), "abcd");
  EXPECT_EQ(taken(4, Keep::kLast, writes), "jklm");
}

TEST(Intake, ReadsOnWhereNothingMoreIsKept) {
  Intake intake(1, Keep::kFirst);
  const base::Result<base::UniqueFd> end = intake.open();
  ASSERT_TRUE(end);
  const std::string pipe_full(48 * 1024, 'x');
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(base::write_all(end->get(), pipe_full));
    intake.drain();
  }
  EXPECT_EQ(intake.text(), "x");
}

TEST(Intake, WaitsForNothing) {
  Intake intake(4, Keep::kLast);
  const base::Result<base::UniqueFd> end = intake.open();
  ASSERT_TRUE(end);
  intake.drain();
  EXPECT_EQ(intake.text(), "");
}

}  // namespace
}  // namespace harness
