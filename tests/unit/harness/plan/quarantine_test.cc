#include "harness/plan/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

Config config_with(const std::string& tests, const std::string& until) {
  Config config;
  config.quarantine.push_back({tests, "ada", until, "the fog", "h.yaml:9:5"});
  return config;
}

TEST(QuarantineList, CoversItsTestsUntilItsLastDay) {
  const Config config = config_with("tag(fog) | test(radio)", "2026-12-31");
  const base::Result<Quarantine> quarantine = Quarantine::make(config, "2026-12-31");
  TestCase foggy{"s", "sails"};
  foggy.tags = {"fog"};

  ASSERT_TRUE(quarantine);
  EXPECT_THAT(quarantine->covers(foggy, SuiteKind::kPytest),
              Optional(std::string("in quarantine until 2026-12-31 (ada): the fog")));
  EXPECT_TRUE(quarantine->covers({"s", "radio"}, SuiteKind::kGoogleTest));
  EXPECT_FALSE(quarantine->covers({"s", "sails"}, SuiteKind::kPytest));
  EXPECT_THAT(quarantine->expired(), IsEmpty());
}

TEST(QuarantineList, CoversNothingAfterItAndSaysSo) {
  const base::Result<Quarantine> quarantine =
      Quarantine::make(config_with("radio", "2026-12-31"), "2027-01-01");

  ASSERT_TRUE(quarantine);
  EXPECT_FALSE(quarantine->covers({"s", "radio"}, SuiteKind::kGoogleTest));
  EXPECT_THAT(quarantine->expired(),
              ElementsAre(HasSubstr("h.yaml:9:5: the quarantine of radio ended with 2026-12-31 "
                                    "(ada)")));
}

TEST(QuarantineList, TellsAWrongExpressionWithItsPlace) {
  const base::Result<Quarantine> quarantine =
      Quarantine::make(config_with("tagg(fog)", "2026-12-31"), "2026-01-01");

  ASSERT_FALSE(quarantine);
  EXPECT_THAT(quarantine.error().message, HasSubstr("h.yaml:9:5: 'tagg(fog)'"));
}

}  // namespace
}  // namespace harness
