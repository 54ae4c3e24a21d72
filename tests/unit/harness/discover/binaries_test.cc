#include "harness/discover/binaries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/base/file.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A folder of builds: this very test program under two names, and what else lies about.
class BuildFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_.path() / "bin");
    fs::copy_file("/proc/self/exe", folder_.path() / "bin/sea_test");
    fs::copy_file("/proc/self/exe", folder_.path() / "bin/air_test");
    fs::copy_file("/bin/true", folder_.path() / "bin/true_test");
    write("bin/script_test", "#!/bin/sh\n# gtest_list_tests\n", 0755);
    fs::copy_file("/proc/self/exe", folder_.path() / "bin/locked_test");
    fs::permissions(folder_.path() / "bin/locked_test", fs::perms::owner_read);
    fs::create_directories(folder_.path() / "bin/folder_test");
  }

  void write(const std::string& name, const std::string& text, unsigned mode) {
    ASSERT_TRUE(base::write_file(folder_.path() / name, text));
    fs::permissions(folder_.path() / name, static_cast<fs::perms>(mode));
  }

  [[nodiscard]] std::vector<std::string> found(const std::string& pattern) const {
    return find_googletest_binaries(pattern, folder_.path().string());
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("binaries-test-");
};

TEST_F(BuildFolder, HasTheBinariesThatHoldGoogleTest) {
  EXPECT_THAT(found("bin/*_test"), ElementsAre("bin/air_test", "bin/sea_test"));
  EXPECT_THAT(found("*/?ea_test"), ElementsAre("bin/sea_test"));
  EXPECT_THAT(found("bin/*_tset"), IsEmpty());
}

TEST_F(BuildFolder, IsFoundByAnAbsolutePatternToo) {
  const std::string path = (folder_.path() / "bin/s*").string();

  EXPECT_THAT(find_googletest_binaries(path, "/elsewhere"),
              ElementsAre((folder_.path() / "bin/sea_test").string()));
}

TEST(Pattern, IsWhatHasAStarOrAQuestionMark) {
  EXPECT_TRUE(is_binary_pattern("bin/*"));
  EXPECT_TRUE(is_binary_pattern("bin/a?"));
  EXPECT_FALSE(is_binary_pattern("bin/a_test"));
}

}  // namespace
}  // namespace harness
