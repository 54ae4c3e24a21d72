#include "harness/verbs/mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/harness/verbs/verb_fixture.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

using ModeVerb = VerbFixture;

TEST_F(ModeVerb, SaysMockWithoutAFileAndWithoutAnEvent) {
  EXPECT_EQ(mode_verb({.config = {config_path(), false}}, context()), 0);

  EXPECT_EQ(out(), "mock\n");
  EXPECT_EQ(err(), "llm: no event\n");
}

TEST_F(ModeVerb, TakesTheFlagOverTheFile) {
  write_config("llm: {mode: real}\n");
  environment_.set("OPENAI_API_KEY", "sk-real");

  EXPECT_EQ(mode_verb({.config = source()}, context()), 0);
  EXPECT_EQ(mode_verb({.config = source(), .llm = LlmChoice::kMock}, context()), 0);

  EXPECT_EQ(out(), "real\nmock\n");
}

TEST_F(ModeVerb, EndsWithThirteenWhereRealIsDemandedWithoutAKey) {
  EXPECT_EQ(mode_verb({.config = {config_path(), false}, .llm = LlmChoice::kReal}, context(true)),
            13);

  EXPECT_EQ(json()["missing_key"], true);
  EXPECT_THAT(err(), HasSubstr("there is no key of a real LLM (looked for in OPENAI_API_KEY)"));
}

TEST_F(ModeVerb, EndsWithTwoWhereTheFileIsWrongOrNamedAndMissing) {
  EXPECT_EQ(mode_verb({.config = source()}, context()), 2);

  write_config("llm: {mode: fake}\n");
  EXPECT_EQ(mode_verb({.config = source()}, context()), 2);
  EXPECT_THAT(err(), HasSubstr("harness.yaml:2:13: 'fake' is not a mode"));
}

}  // namespace
}  // namespace harness
