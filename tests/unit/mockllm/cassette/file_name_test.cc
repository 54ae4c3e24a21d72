#include "mockllm/cassette/file_name.h"

#include <gtest/gtest.h>

#include "common/base/digest.h"

namespace mockllm {
namespace {

TEST(StemOf, IsTheTestWhereThatIsAPlainName) {
  EXPECT_EQ(stem_of("weather"), "weather");
  EXPECT_EQ(stem_of("agent-cpp~2FSuite.Name"), "agent-cpp~2FSuite.Name");
}

TEST(StemOf, LeadsOutOfNoFolder) {
  EXPECT_EQ(stem_of("../../etc/passwd"), "~2e.~2f..~2fetc~2fpasswd");
  EXPECT_EQ(stem_of("/abs"), "~2fabs");
  EXPECT_EQ(stem_of(".hidden"), "~2ehidden");
  EXPECT_EQ(stem_of(std::string("a\0b", 3)), "a~00b");
}

TEST(StemOf, KeepsTheSharedSetApart) {
  EXPECT_EQ(stem_of("default"), "_shared");
  EXPECT_EQ(stem_of("_shared"), "_shared");
  EXPECT_EQ(stem_of("_other"), "~5fother");
}

TEST(StemOf, IsNeverEmptyNorLongerThanNinety) {
  EXPECT_FALSE(stem_of("").empty());
  const std::string long_test(200, 'x');
  EXPECT_EQ(stem_of(long_test).size(), 90U);
  EXPECT_EQ(stem_of(long_test).substr(76), "~~" + base::sha256_hex(long_test).substr(0, 12));
  EXPECT_NE(stem_of(long_test), stem_of(long_test + "y"));
  EXPECT_EQ(stem_of(std::string(90, 'x')), std::string(90, 'x'));
}

TEST(PartNames, AreKnownAgain) {
  const std::string name = part_name(7, base::sha256_hex("x"));
  EXPECT_EQ(name.substr(0, 4), "007-");
  EXPECT_TRUE(is_part_name(name + ".body"));
  EXPECT_TRUE(is_part_name(part_name(12'345, base::sha256_hex("x")) + ".json"));
}

TEST(PartNames, AreNoPaths) {
  EXPECT_FALSE(is_part_name("../001-abc.body"));
  EXPECT_FALSE(is_part_name("a/001.body"));
  EXPECT_FALSE(is_part_name("001-abc.yaml"));
  EXPECT_FALSE(is_part_name(std::string(200, 'a') + ".body"));
}

}  // namespace
}  // namespace mockllm
