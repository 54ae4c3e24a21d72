#include "harness/handover/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "common/base/file.h"

namespace harness {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class AnArchive : public testing::Test {
 protected:
  [[nodiscard]] fs::path from() const { return folder_->path() / "from"; }

  [[nodiscard]] fs::path to() const { return folder_->path() / "to"; }

  void put(const std::string& name, std::string_view text) const {
    fs::create_directories((from() / name).parent_path());
    ASSERT_TRUE(base::write_file(from() / name, text).has_value());
  }

  [[nodiscard]] std::string read(const fs::path& path) const {
    const base::Result<std::string> text = base::read_file(path, 1 << 20);
    return text ? *text : "(" + text.error().message + ")";
  }

  [[nodiscard]] std::string written() const {
    const std::string path = (folder_->path() / "archive").string();
    const base::UniqueFd out(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const base::Result<void> made = write_archive(from().string(), out.get());
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
    return read(path);
  }

  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("archive-");
};

TEST_F(AnArchive, CarriesLogsAndArtifacts) {
  put("logs/s~2Ftest.1.log", "one\ntwo\n");
  put("logs/empty.log", "");
  put("artifacts/t.1/deep/er/picture.png", std::string("\x89PNG\0\xff", 6));
  put("journal.jsonl", "not carried");
  fs::create_symlink("/etc/passwd", from() / "logs/link");

  const base::Result<void> extracted = extract_archive(written(), to().string());

  ASSERT_TRUE(extracted.has_value()) << extracted.error().message;
  EXPECT_EQ(read(to() / "logs/s~2Ftest.1.log"), "one\ntwo\n");
  EXPECT_EQ(read(to() / "logs/empty.log"), "");
  EXPECT_EQ(read(to() / "artifacts/t.1/deep/er/picture.png"), std::string("\x89PNG\0\xff", 6));
  EXPECT_FALSE(fs::exists(to() / "journal.jsonl"));
  EXPECT_FALSE(fs::exists(to() / "logs/link"));
}

TEST_F(AnArchive, OfNothingIsOne) {
  EXPECT_TRUE(extract_archive(written(), to().string()).has_value());
}

// One entry as a hostile pod would write it.
std::string archive_of(const char* path, unsigned type, const char* link) {
  std::string bytes(16 * 1024, '\0');
  std::size_t used = 0;
  struct archive* writer = archive_write_new();
  archive_write_set_format_ustar(writer);
  archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, path);
  archive_entry_set_filetype(entry, type);
  archive_entry_set_perm(entry, 0777);
  if (link != nullptr) {
    archive_entry_set_symlink(entry, link);
  }
  archive_write_header(writer, entry);
  archive_entry_free(entry);
  archive_write_close(writer);
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

TEST_F(AnArchive, StaysInItsFolder) {
  for (const char* path : {"../out", "/tmp/out", "logs/../../out", "a/../.."}) {
    const base::Result<void> extracted =
        extract_archive(archive_of(path, AE_IFREG, nullptr), to().string());
    ASSERT_FALSE(extracted.has_value()) << path;
    EXPECT_THAT(extracted.error().message, HasSubstr("what no report has"));
  }
  EXPECT_FALSE(fs::exists(folder_->path() / "out"));
}

TEST_F(AnArchive, HoldsFilesOnly) {
  EXPECT_FALSE(extract_archive(archive_of("logs/x", AE_IFLNK, "/etc"), to().string()).has_value());
  EXPECT_FALSE(extract_archive(archive_of("logs/x", AE_IFCHR, nullptr), to().string()).has_value());
}

TEST_F(AnArchive, ThatIsNoneIsAnError) {
  EXPECT_FALSE(extract_archive("no archive at all, just text", to().string()).has_value());
}

TEST_F(AnArchive, ThatWasCutIsAnError) {
  put("logs/a.log", std::string(10'000, 'x'));
  const std::string whole = written();

  EXPECT_FALSE(extract_archive(whole.substr(0, 5'000), to().string()).has_value());
}

}  // namespace
}  // namespace harness
