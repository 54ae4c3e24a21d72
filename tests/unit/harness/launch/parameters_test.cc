#include "harness/launch/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

std::string mistakes(const TemplateValues& values) {
  const base::Result<void> checked = check_parameters(values);
  return checked ? "" : checked.error().message;
}

TEST(Parameters, MayBeWhatTheTemplateSays) {
  EXPECT_EQ(mistakes({{"name", "drydock-run-1a2b"},
                      {"namespace", "drydock-ci"},
                      {"image", "registry.example:5000/team/tests:1.2"},
                      {"args", json::array({"run"})},
                      {"deadline_seconds", 30},
                      {"retries", 5},
                      {"cpu_limit", "100m"},
                      {"memory_limit", "256Gi"}}),
            "");
}

TEST(Parameters, AreAllToldThatAreOutOfTheirRange) {
  EXPECT_THAT(mistakes({{"deadline_seconds", 29}, {"cpu_limit", "0.05"}, {"memory_limit", "x"}}),
              AllOf(HasSubstr("--deadline: 29 is not 30s to 24h"),
                    HasSubstr("--cpu-limit: \"0.05\" is not a quantity from 100m to 64"),
                    HasSubstr("--memory-limit: \"x\" is not a quantity from 64Mi to 256Gi")));
}

TEST(Parameters, OfAQuantityAreReadWithItsSuffix) {
  for (const char* good : {"64Mi", "67108864", "65536Ki", "0.5Gi", "1G"}) {
    EXPECT_EQ(mistakes({{"memory_limit", good}}), "") << good;
  }
  for (const char* bad :
       {"63Mi", "257Gi", "1T", "1 Gi", "Mi", "", "1Gi ", "0x40Mi", "nan", "-1Gi"}) {
    EXPECT_NE(mistakes({{"memory_limit", bad}}), "") << bad;
  }
}

TEST(AnImageParameter, MustNotMoveBetweenTwoPods) {
  const std::string digest = "@sha256:" + std::string(64, 'a');
  for (const std::string& good :
       {std::string("tests:1"), std::string("localhost:5000/tests:v1"), "a/b/tests" + digest}) {
    EXPECT_EQ(mistakes({{"image", good}}), "") << good;
  }
  for (const char* bad : {"tests", "tests:latest", "localhost:5000/tests", "tests:", ":1", ""}) {
    EXPECT_THAT(mistakes({{"image", bad}}), HasSubstr("tag other than latest")) << bad;
  }
}

TEST(ANameParameter, IsADnsLabel) {
  EXPECT_NE(mistakes({{"namespace", "Drydock"}}), "");
  EXPECT_NE(mistakes({{"namespace", "-a"}}), "");
  EXPECT_NE(mistakes({{"namespace", ""}}), "");
  EXPECT_NE(mistakes({{"name", std::string(53, 'a')}}), "");
}

TEST(TheArguments, AreCounted) {
  EXPECT_THAT(mistakes({{"args", json(std::vector<std::string>(201, "-x"))}}),
              HasSubstr("201 of them is not at most 200 arguments"));
}

}  // namespace
}  // namespace harness
