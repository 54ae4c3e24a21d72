#include "harness/suite/session_name.h"

#include <gtest/gtest.h>

#include "common/base/digest.h"

namespace harness {
namespace {

TEST(SessionName, EscapesWhatIsNotPlain) {
  EXPECT_EQ(session_name("r1", "agent-cpp/Weather.Asks", 2), "r1.agent-cpp~2FWeather.Asks.2");
  EXPECT_EQ(file_name_of("a~b"), "a~7Eb");
  EXPECT_EQ(file_name_of("\xC3\xBC :"), "~C3~BC~20~3A");
}

TEST(SessionName, KeepsATestOfNinetyCharacters) {
  const std::string test(90, 'a');

  EXPECT_EQ(file_name_of(test), test);
}

TEST(SessionName, CutsALongTestAndAddsItsDigest) {
  const std::string test(91, 'a');

  const std::string name = file_name_of(test);

  EXPECT_EQ(name, std::string(76, 'a') + "~~" + base::sha256_hex(test).substr(0, 12));
  EXPECT_EQ(name.size(), 90U);
}

TEST(SessionName, CutsNoEscapeInHalf) {
  for (std::size_t plain = 60; plain < 90; ++plain) {
    const std::string name = file_name_of(std::string(plain, 'a') + "////////////////////");

    const std::string kept = name.substr(0, name.find("~~"));
    EXPECT_LE(name.size(), 90U);
    for (std::size_t at = 0; (at = kept.find('~', at)) != std::string::npos; ++at) {
      EXPECT_EQ(kept.substr(at, 3), "~2F") << name;
    }
  }
}

TEST(SessionName, FitsTheLimitWithTheLongestRun) {
  const std::string run(24, 'r');

  EXPECT_LE(session_name(run, std::string(500, '/'), 12345).size(), 128U);
}

TEST(SessionName, TellsLongTestsApart) {
  EXPECT_NE(file_name_of(std::string(200, 'a') + "b"), file_name_of(std::string(200, 'a') + "c"));
}

}  // namespace
}  // namespace harness
