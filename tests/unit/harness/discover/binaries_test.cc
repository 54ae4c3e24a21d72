#include "harness/discover/binaries.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "common/base/file.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
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
    // As a build folder has it: a library that holds GoogleTest.
    write_library("bin/library_test");
    fs::create_directories(folder_.path() / "bin/folder_test");
  }

  void write(const std::string& name, const std::string& text, unsigned mode) {
    ASSERT_TRUE(base::write_file(folder_.path() / name, text));
    fs::permissions(folder_.path() / name, static_cast<fs::perms>(mode));
  }

  // ELF's head of a shared library, and GoogleTest's words: it names no loader and is no program.
  void write_library(const std::string& name) {
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_type = ET_DYN;
    std::string text(reinterpret_cast<const char*>(&header), sizeof header);
    write(name, text + "gtest_list_tests", 0755);
  }

  [[nodiscard]] std::vector<std::string> found(const std::string& pattern) const {
    const base::Result<std::vector<std::string>> binaries =
        find_googletest_binaries(pattern, folder_.path().string());
    EXPECT_TRUE(binaries) << binaries.error().message;
    return binaries ? *binaries : std::vector<std::string>();
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("binaries-test-");
};

TEST_F(BuildFolder, HasTheBinariesThatHoldGoogleTest) {
  EXPECT_THAT(found("bin/*_test"), ElementsAre("bin/air_test", "bin/sea_test"));
  EXPECT_THAT(found("*/?ea_test"), ElementsAre("bin/sea_test"));
  EXPECT_THAT(found("bin/*_tset"), IsEmpty());
}

// An archive of build results forgets who may run what: its tests must not be forgotten with it.
TEST_F(BuildFolder, HasABinaryThatNobodyMayRunAmongThem) {
  fs::permissions(folder_.path() / "bin/sea_test", fs::perms::owner_read);

  EXPECT_THAT(found("bin/*_test"), ElementsAre("bin/air_test", "bin/sea_test"));
}

TEST_F(BuildFolder, IsRefusedWhereOneOfItsFilesCannotBeRead) {
  fs::create_symlink("loop_test", folder_.path() / "bin/loop_test");

  const base::Result<std::vector<std::string>> binaries =
      find_googletest_binaries("bin/*_test", folder_.path().string());

  ASSERT_FALSE(binaries);
  EXPECT_THAT(binaries.error().message, HasSubstr("bin/loop_test"));
}

TEST_F(BuildFolder, IsRefusedWhereAPatternMeansTooMuch) {
  const base::Result<std::vector<std::string>> binaries =
      find_googletest_binaries("bin/*_test", folder_.path().string(), 2);

  ASSERT_FALSE(binaries);
  EXPECT_THAT(binaries.error().message, HasSubstr("means more than 2 files: narrow it"));
}

TEST_F(BuildFolder, IsFoundByAnAbsolutePatternToo) {
  const std::string path = (folder_.path() / "bin/s*").string();

  const base::Result<std::vector<std::string>> binaries =
      find_googletest_binaries(path, "/elsewhere");

  ASSERT_TRUE(binaries);
  EXPECT_THAT(*binaries, ElementsAre((folder_.path() / "bin/sea_test").string()));
}

TEST(Pattern, IsWhatHasAStarOrAQuestionMark) {
  EXPECT_TRUE(is_binary_pattern("bin/*"));
  EXPECT_TRUE(is_binary_pattern("bin/a?"));
  EXPECT_FALSE(is_binary_pattern("bin/a_test"));
}

}  // namespace
}  // namespace harness
