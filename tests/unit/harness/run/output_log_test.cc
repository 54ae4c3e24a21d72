#include "harness/run/output_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class OutputLogTest : public ::testing::Test {
 protected:
  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("log-test-");
  std::string path_ = (folder_.path() / "test.log").string();
};

TEST_F(OutputLogTest, MakesNoFileOfSilence) {
  OutputLog log(path_, nullptr);
  log.finish();

  EXPECT_TRUE(log.empty());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(OutputLogTest, MasksASecretThatComesInTwoPieces) {
  const auto redactor = redact::Redactor::make({{"TOKEN", "tok-31415926"}}, false);
  ASSERT_TRUE(redactor);
  OutputLog log(path_, *redactor);

  log.write("the token tok-31");
  log.write("415926 is out");
  log.finish();

  EXPECT_EQ(*base::read_file(path_, 1'000), "the token *** is out");
  EXPECT_EQ(log.tail(), "the token *** is out");
}

TEST_F(OutputLogTest, KeepsTheHeadAndTheTailOfTooMuch) {
  OutputLog log(path_, nullptr);
  const std::string block(1024 * 1024, 'x');

  log.write("first");
  for (int i = 0; i < 20; ++i) {
    log.write(block);
  }
  log.write("last");
  log.finish();

  const std::string text =
      *base::read_file(path_, OutputLog::kHeadBytesMax + 2 * OutputLog::kTailBytesMax);
  EXPECT_EQ(text.substr(0, 5), "first");
  EXPECT_THAT(text, EndsWith("xlast"));
  EXPECT_THAT(text, HasSubstr(" bytes left out ..."));
  EXPECT_EQ(log.tail().size(), OutputLog::kTailBytesMax);
}

}  // namespace
}  // namespace harness
