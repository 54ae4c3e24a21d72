#include "common/redact/shapes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/redact/redactor.h"

namespace redact {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::string shaped(const std::string& text) {
  return (*Redactor::make({}, true))->apply(text);
}

std::string keyed(const std::string& text) {
  return (*Redactor::make({}, true, ShapeMark::kKeyed))->apply(text);
}

struct Case {
  const char* text;
  const char* expected;
};

class AShape : public testing::TestWithParam<Case> {};

TEST_P(AShape, IsHiddenAndNothingElse) {
  EXPECT_EQ(shaped(GetParam().text), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Known, AShape,
    testing::Values(
        Case{"key=sk-proj-abcdefghij0123456789", "key=***"},
        Case{"\"sk-ant-api03-abcdefghij_0123456789-xyz\"", "\"***\""},
        Case{"Authorization: Bearer abcdef0123456789.x/y+z==", "Authorization: Bearer ***"},
        Case{"authorization: bearer abcdef0123456789", "authorization: bearer ***"},
        Case{"Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***"},
        Case{"AKIAIOSFODNN7EXAMPLE,", "***,"}, Case{"ASIAIOSFODNN7EXAMPLE", "***"},
        Case{"AIzaSyA-0123456789abcdefghijklmnopqrstu", "***"},
        Case{"ghp_0123456789abcdefghijABCDEFGHIJ012345", "***"},
        Case{"github_pat_0123456789abcdefghijAB_x", "***"}, Case{"glpat-0123456789abcdef", "***"},
        Case{"xoxb-1234567890-abcdef", "***"}, Case{"sk_live_0123456789abcdef", "***"},
        Case{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!", "***!"},
        Case{"postgres://app:s3cret@db:5432/app", "postgres://app:***@db:5432/app"},
        Case{"redis://:s3cret@cache", "redis://:***@cache"},
        Case{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter",
             "***\nafter"},
        Case{R"("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n")", R"("***\n")"}));

INSTANTIATE_TEST_SUITE_P(
    LooksAlike, AShape,
    testing::Values(
        Case{"task-0123456789-0123456789-0123456789", "task-0123456789-0123456789-0123456789"},
        Case{"sk-learn", "sk-learn"},
        Case{"sk-some-hyphenated-words-in-a-row", "sk-some-hyphenated-words-in-a-row"},
        Case{"sk-mock-r1.weather.1", "sk-mock-r1.weather.1"},
        Case{"Bearer of bad news", "Bearer of bad news"},
        Case{"http://127.0.0.1:4010/v1", "http://127.0.0.1:4010/v1"},
        Case{"see https://example.org/a:b@c", "see https://example.org/a:b@c"},
        Case{"ssh://git@github.com", "ssh://git@github.com"}, Case{"eyJhIjoxfQ==", "eyJhIjoxfQ=="},
        Case{"-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----",
             "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----"},
        Case{"----------------------------------", "----------------------------------"},
        Case{"AKIASHORT", "AKIASHORT"}));

TEST(APrivateKeyWithoutItsEnd, IsHiddenAsFarAsItGoes) {
  EXPECT_EQ(shaped("-----BEGIN PRIVATE KEY-----\nMIIE\nabcd"), "***");
  EXPECT_EQ(shaped("-----BEGIN PRIVATE KEY-----\nMIIE\"}"), "***\"}");
}

TEST(AKeyedMark, IsTheSameForTheSameSecretAndAnotherForAnother) {
  const std::string first = keyed("sk-proj-abcdefghij0123456789");
  EXPECT_THAT(first, MatchesRegex("\\[redacted:openai_key:[0-9a-f]{8}\\]"));
  EXPECT_EQ(keyed("x sk-proj-abcdefghij0123456789 y"), "x " + first + " y");
  EXPECT_NE(keyed("sk-proj-abcdefghij0123456780"), first);
}

TEST(AKeyedMark, TellsNothingOfAPassword) {
  EXPECT_EQ(keyed("postgres://app:s3cret@db"), "postgres://app:[redacted:url_password]@db");
}

TEST(ALongWordWithoutADot, IsNoToken) {
  const std::string json_in_base64 = "eyJ" + std::string(3 * kCandidateBytesMax, 'a');
  EXPECT_EQ(shaped(json_in_base64), json_in_base64);
}

TEST(ATokenInsideOfALongWord, IsHidden) {
  const std::string token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
  for (const std::size_t before :
       {kCandidateBytesMax - 60, kCandidateBytesMax - 30, kCandidateBytesMax + 5}) {
    const std::string out = shaped("eyJ" + std::string(before, 'a') + "-" + token);
    EXPECT_THAT(out, Not(HasSubstr("c2lnbmF0dXJl"))) << before;
  }
}

TEST(AKeyWithoutADigitForLong, IsHiddenAllTheSame) {
  EXPECT_EQ(shaped("sk-" + std::string(2 * kCandidateBytesMax, 'a') + " z"), "*** z");
}

TEST(APasswordWithoutAnEnd, IsHiddenAllTheSame) {
  EXPECT_EQ(shaped("x://u:" + std::string(2 * kCandidateBytesMax, 'a') + "@h"), "x://u:***@h");
}

}  // namespace
}  // namespace redact
