#include "harness/history/revision.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/file.h"

namespace harness {
namespace {

class RevisionTest : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    ASSERT_TRUE(base::write_file(place_ + path, text));
  }

  // "commit branch"
  std::string told(const std::string& below = "") {
    const Revision revision = revision_of(environment_, place_ + below);
    return revision.commit + " " + revision.branch;
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("revision-test-");
  std::string place_ = folder_.path().string();
  base::Environment environment_;
};

TEST_F(RevisionTest, IsWhatHeadOfTheCheckoutIs) {
  EXPECT_EQ(told(), " ");
  write("/.git/HEAD", "ref: refs/heads/topic/sails\n");
  EXPECT_EQ(told(), " topic/sails");
  write("/.git/packed-refs", "# x\naaaa refs/heads/topic/sails\n");
  EXPECT_EQ(told("/deeper/still"), "aaaa topic/sails");
  write("/.git/refs/heads/topic/sails", "bbbb\n");
  EXPECT_EQ(told(), "bbbb topic/sails");

  write("/.git/HEAD", "dddd\n");
  EXPECT_EQ(told(), "dddd ") << "on no branch";
}

TEST_F(RevisionTest, OfAWorkTreeIsItsOwnHead) {
  write("/.git/HEAD", "ref: refs/heads/main\n");
  write("/.git/refs/heads/topic", "bbbb\n");
  write("/tree/.git", "gitdir: ../.git/worktrees/tree\n");
  write("/.git/worktrees/tree/HEAD", "ref: refs/heads/topic\n");
  write("/.git/worktrees/tree/commondir", "../..\n");

  EXPECT_EQ(told("/tree"), "bbbb topic");
}

TEST_F(RevisionTest, IsWhatGithubSays) {
  write("/.git/HEAD", "dddd\n");
  environment_.set("GITHUB_SHA", "cccc");
  environment_.set("GITHUB_REF_NAME", "12/merge");
  environment_.set("GITHUB_HEAD_REF", "");
  EXPECT_EQ(told(), "cccc 12/merge");

  environment_.set("GITHUB_HEAD_REF", "topic");
  EXPECT_EQ(told(), "cccc topic") << "of a pull request the branch that it comes from";
}

}  // namespace
}  // namespace harness
