// Tests that the kernel ends where memory is scarce; elsewhere they pass.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace {

constexpr std::size_t kBlockBytes = 1024 * 1024;
constexpr std::size_t kBlocks = 300;

std::size_t eat() {
  std::vector<std::vector<char>> blocks;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    blocks.emplace_back(kBlockBytes, '\1');
  }
  return blocks.size();
}

TEST(Memory, IsEatenByTheTest) {
  EXPECT_EQ(eat(), kBlocks);
}

TEST(Memory, IsEatenByItsChild) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(eat() == kBlocks ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "the child was lost";
}

TEST(Memory, IsNotTheReason) {
  ::raise(SIGKILL);
}

TEST(Memory, IsPlenty) {}

}  // namespace
