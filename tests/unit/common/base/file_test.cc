#include "common/base/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace base {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
 protected:
  TemporaryDirectory folder_ = TemporaryDirectory::make("file_test").value();
};

TEST_F(File, ReadsBackWhatWasWrittenIntoAFolderThatWasNotThere) {
  const fs::path path = folder_.path() / "a" / "b.txt";

  ASSERT_TRUE(write_file(path, "first"));
  ASSERT_TRUE(write_file(path, "second"));

  EXPECT_EQ(read_file(path, 100).value(), "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1)
      << "a temporary file is left";
}

TEST_F(File, RefusesToReadMoreThanTheLimit) {
  const fs::path path = folder_.path() / "big";
  ASSERT_TRUE(write_file(path, std::string(101, 'x')));

  EXPECT_TRUE(read_file(path, 101));
  EXPECT_EQ(read_file(path, 100).error().kind, ErrorKind::kInvalidInput);
}

TEST_F(File, SaysWhichFileIsNotThere) {
  const Result<std::string> read = read_file(folder_.path() / "none", 10);

  EXPECT_EQ(read.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(read.error().message, testing::HasSubstr("none: No such file"));
}

TEST_F(File, KeepsTheOldContentWhereTheNewCannotBeWritten) {
  const fs::path path = folder_.path() / "folder";
  fs::create_directory(path);

  EXPECT_FALSE(write_file(path, "a file cannot replace a folder"));
  EXPECT_TRUE(fs::is_directory(path));
}

TEST(TemporaryDirectory, TakesEverythingInItAlong) {
  fs::path path;
  {
    const TemporaryDirectory folder = TemporaryDirectory::make("temporary").value();
    path = folder.path();
    ASSERT_TRUE(write_file(path / "deep" / "file", "x"));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  }

  EXPECT_FALSE(fs::exists(path));
}

TEST(UniqueFd, ClosesOnceAndOnlyWhatItOwns) {
  int raw = -1;
  {
    UniqueFd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    raw = first.get();
    const UniqueFd second(std::move(first));
    EXPECT_FALSE(
        first.valid());  // NOLINT(bugprone-use-after-move): the state after a move is the point
    EXPECT_EQ(second.get(), raw);
  }

  EXPECT_EQ(::fcntl(raw, F_GETFD), -1);
}

}  // namespace
}  // namespace base
