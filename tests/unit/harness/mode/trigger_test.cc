// From GitHub's variables and event file to a Trigger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/file.h"
#include "harness/mode/mode.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

class ReadTrigger : public ::testing::Test {
 protected:
  base::Result<Trigger> read(const std::string& event, const std::string& json) {
    const std::string path = (directory_->path() / "event.json").string();
    EXPECT_TRUE(base::write_file(path, json).has_value());
    environment_.set("GITHUB_EVENT_NAME", event);
    environment_.set("GITHUB_EVENT_PATH", path);
    return read_trigger(environment_);
  }

  base::Result<base::TemporaryDirectory> directory_ = base::TemporaryDirectory::make("trigger-");
  base::Environment environment_;
};

constexpr const char* kSame = R"({"pull_request": {"head": {"repo": {"full_name": "o/r"}},
  "base": {"repo": {"full_name": "o/r"}}}})";
constexpr const char* kFork = R"({"pull_request": {"head": {"repo": {"full_name": "x/r"}},
  "base": {"repo": {"full_name": "o/r"}}}})";
constexpr const char* kDeletedFork = R"({"pull_request": {"head": {"repo": null},
  "base": {"repo": {"full_name": "o/r"}}}})";

TEST_F(ReadTrigger, IsEmptyOnALaptop) {
  const Trigger trigger = *read_trigger(environment_);

  EXPECT_EQ(trigger.event, "");
  EXPECT_FALSE(trigger.fork);
  EXPECT_FALSE(trigger.has_key);
}

TEST_F(ReadTrigger, TakesVariablesAndTheDefaultBranch) {
  environment_.set("GITHUB_REF", "refs/heads/trunk");
  environment_.set("GITHUB_ACTOR", "ann");
  environment_.set("OPENAI_API_KEY", "sk-real-key");

  const Trigger trigger = *read("push", R"({"repository": {"default_branch": "trunk"}})");

  EXPECT_EQ(trigger.ref, "refs/heads/trunk");
  EXPECT_EQ(trigger.default_branch, "trunk");
  EXPECT_EQ(trigger.actor, "ann");
  EXPECT_TRUE(trigger.has_key);
}

TEST_F(ReadTrigger, TellsAForkByTheHeadsRepository) {
  EXPECT_FALSE(read("pull_request", kSame)->fork);
  EXPECT_TRUE(read("pull_request", kFork)->fork);
  EXPECT_TRUE(read("pull_request", kDeletedFork)->fork);
  EXPECT_TRUE(read("pull_request_review", kFork)->fork);
}

TEST_F(ReadTrigger, TellsAForkBehindAWorkflowRun) {
  EXPECT_TRUE(read("workflow_run", R"({"repository": {"full_name": "o/r"},
    "workflow_run": {"head_repository": {"full_name": "x/r"}}})")
                  ->fork);
  EXPECT_FALSE(read("workflow_run", R"({"repository": {"full_name": "o/r"},
    "workflow_run": {"head_repository": {"full_name": "o/r"}}})")
                   ->fork);
}

TEST_F(ReadTrigger, CountsAPullRequestOfUnknownOriginAsAFork) {
  EXPECT_TRUE(read("pull_request", "{}")->fork);
  EXPECT_TRUE(read("issue_comment", R"({"issue": {"pull_request": {}}})")->fork);
  EXPECT_FALSE(read("issue_comment", R"({"issue": {}})")->fork);

  environment_.unset("GITHUB_EVENT_PATH");
  environment_.set("GITHUB_EVENT_NAME", "pull_request");
  EXPECT_TRUE(read_trigger(environment_)->fork);
}

TEST_F(ReadTrigger, TakesTheInputOfAManualRun) {
  EXPECT_EQ(read("workflow_dispatch", R"({"inputs": {"llm": "real"}})")->input, "real");
  EXPECT_EQ(read("workflow_dispatch", R"({"inputs": null})")->input, "");
  EXPECT_EQ(read("workflow_dispatch", R"({"inputs": {"llm": null}})")->input, "");
}

TEST_F(ReadTrigger, RefusesAnInputThatIsNoMode) {
  const base::Result<Trigger> trigger = read("workflow_dispatch", R"({"inputs": {"llm": "reel"}})");

  ASSERT_FALSE(trigger.has_value());
  EXPECT_THAT(trigger.error().message, HasSubstr("'reel', expected mock, real or auto"));
  EXPECT_FALSE(read("workflow_dispatch", R"({"inputs": {"llm": true}})").has_value());
}

TEST_F(ReadTrigger, RefusesAnEventThatIsNoObject) {
  EXPECT_FALSE(read("push", "").has_value());
  EXPECT_FALSE(read("push", "[1]").has_value());
  EXPECT_FALSE(read("push", "{\"a\": ").has_value());
  EXPECT_FALSE(read("push", std::string(100'000, '[')).has_value());
}

TEST_F(ReadTrigger, DoesNotCountBracketsInText) {
  EXPECT_TRUE(read("push", "{\"a\": \"\\\"" + std::string(1'000, '[') + "\"}").has_value());
}

TEST_F(ReadTrigger, DoesNotTakeASessionsKeyForARealOne) {
  environment_.set("OPENAI_API_KEY", "sk-mock-r1.a.1");
  EXPECT_FALSE(read_trigger(environment_)->has_key);

  environment_.set("REAL_KEY", "sk-proj-x");
  EXPECT_TRUE(read_trigger(environment_, "REAL_KEY")->has_key);
}

}  // namespace
}  // namespace harness
