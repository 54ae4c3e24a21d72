#include "harness/run/artifacts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "common/base/file.h"

namespace harness {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ArtifactsTest : public ::testing::Test {
 protected:
  void leave(const std::string& name, const std::string& content = "kept") {
    const fs::path path = folder_.path() / "left" / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << content;
  }

  Artifacts collect(const std::shared_ptr<const redact::Redactor>& redactor = nullptr) {
    return collect_artifacts((folder_.path() / "left").string(), reports().string(),
                             "artifacts/t.1", redactor);
  }

  [[nodiscard]] fs::path reports() const { return folder_.path() / "reports"; }

  [[nodiscard]] std::string kept(const std::string& name) const {
    const base::Result<std::string> text =
        base::read_file(reports() / "artifacts/t.1" / name, kArtifactBytesMax);
    return text ? *text : "not there";
  }

  static std::vector<std::string> names_of(const Artifacts& artifacts) {
    std::vector<std::string> names;
    for (const ArtifactFile& file : artifacts.files) {
      names.push_back(file.name);
    }
    return names;
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("artifacts-test-");
};

TEST_F(ArtifactsTest, AreToldByNameWithTheirSizes) {
  leave("note.txt", "12345");
  leave("coverage/deep/a.gcda", "");
  leave("a.log");

  const Artifacts artifacts = collect();

  EXPECT_EQ(artifacts.folder, "artifacts/t.1");
  EXPECT_THAT(names_of(artifacts), ElementsAre("a.log", "coverage/deep/a.gcda", "note.txt"));
  EXPECT_EQ(artifacts.files.at(1).bytes, 0);
  EXPECT_EQ(artifacts.files.at(2).bytes, 5);
  EXPECT_THAT(artifacts.left_out, IsEmpty());
  EXPECT_EQ(kept("note.txt"), "12345");
}

TEST_F(ArtifactsTest, OfAnEmptyFolderAreNoneAndMakeNoFolder) {
  fs::create_directories(folder_.path() / "left/empty");

  EXPECT_EQ(collect().folder, "");
  EXPECT_FALSE(fs::exists(reports()));
}

TEST_F(ArtifactsTest, OfAFolderThatIsNotThereAreNone) {
  EXPECT_EQ(collect().folder, "");
}

TEST_F(ArtifactsTest, HaveNoSecretInNameOrContent) {
  const auto redactor = redact::Redactor::make({{"TOKEN", "passed-tok-314159"}}, false);
  ASSERT_TRUE(redactor);
  leave("passed-tok-314159/a passed-tok-314159.txt", "it is passed-tok-314159!");
  leave("***/a ***.txt", "another");

  const Artifacts artifacts = collect(*redactor);

  EXPECT_THAT(names_of(artifacts), ElementsAre("***/a ***.txt", "***/a ***.txt #2"));
  EXPECT_THAT(kept("***/a ***.txt") + kept("***/a ***.txt #2"), HasSubstr("it is ***!"));
  EXPECT_EQ(artifacts.files.at(0).bytes + artifacts.files.at(1).bytes,
            static_cast<std::int64_t>(std::string("it is ***!another").size()));
}

// Every report must be able to hold the name under which the file is found.
TEST_F(ArtifactsTest, HaveNamesThatCanBePrinted) {
  leave("bell\a and half \xc3.txt");

  const Artifacts artifacts = collect();

  ASSERT_THAT(names_of(artifacts), ElementsAre("bell\\x07 and half \\xc3.txt"));
  EXPECT_EQ(kept(artifacts.files.front().name), "kept");
}

TEST_F(ArtifactsTest, NeverHoldWhatALinkPointsAt) {
  leave("note.txt");
  fs::create_symlink("/etc/passwd", folder_.path() / "left/passwd");
  fs::create_directory_symlink("/etc", folder_.path() / "left/etc");

  EXPECT_THAT(names_of(collect()), ElementsAre("note.txt"));
}

TEST_F(ArtifactsTest, OverTheirNumberAreCountedAndNamed) {
  for (std::size_t i = 0; i < kArtifactsMax + 3; ++i) {
    leave(std::to_string(i), "x");
  }

  const Artifacts artifacts = collect();

  EXPECT_EQ(artifacts.files.size(), kArtifactsMax + 1);
  ASSERT_EQ(artifacts.left_out.size(), 1U);
  EXPECT_EQ(artifacts.left_out.front().files, 3);
  EXPECT_EQ(artifacts.left_out.front().reason, "over the limit of 200 files");
  const std::string named = kept("LEFT_OUT.txt");
  EXPECT_EQ(std::count(named.begin(), named.end(), '\n'), 3);
}

TEST_F(ArtifactsTest, ThatAreTooLargeOrTooLongInNameAreLeftOutAndTheOthersStay) {
  leave("large", std::string(kArtifactBytesMax + 1, 'x'));
  leave("just", std::string(kArtifactBytesMax, 'x'));
  const std::string part(200, 'n');
  leave(part + "/" + part + "/" + part);

  const Artifacts artifacts = collect();

  EXPECT_THAT(names_of(artifacts), ElementsAre("LEFT_OUT.txt", "just"));
  EXPECT_EQ(artifacts.left_out.size(), 2U);
  EXPECT_THAT(kept("LEFT_OUT.txt"), HasSubstr("large: larger than 16 MiB\n"));
  EXPECT_THAT(kept("LEFT_OUT.txt"), HasSubstr("...: named by more than 512 bytes\n"));
}

TEST_F(ArtifactsTest, ThatCannotBeWrittenAreNotSaidToBeThere) {
  leave("note.txt");
  std::ofstream(reports()) << "a file where the folder should be";

  const Artifacts artifacts = collect();

  EXPECT_THAT(artifacts.files, IsEmpty());
  ASSERT_EQ(artifacts.left_out.size(), 1U);
  EXPECT_EQ(artifacts.left_out.front().reason, "not writable into the report folder");
}

TEST_F(ArtifactsTest, KeepATestsOwnFileOfTheNameOfOurs) {
  leave("LEFT_OUT.txt", "the test's own");
  leave("large", std::string(kArtifactBytesMax + 1, 'x'));

  EXPECT_THAT(names_of(collect()), ElementsAre("LEFT_OUT.txt", "LEFT_OUT.txt #2"));
  EXPECT_EQ(kept("LEFT_OUT.txt"), "the test's own");
  EXPECT_THAT(kept("LEFT_OUT.txt #2"), Not(HasSubstr("own")));
}

// A test that leaves very many files is told of within limits.
TEST_F(ArtifactsTest, NameAtMostSoManyOfThoseLeftOut) {
  for (std::size_t i = 0; i < kArtifactsMax + kLeftOutNamedMax + 7; ++i) {
    leave(std::to_string(i), "");
  }

  const Artifacts artifacts = collect();

  EXPECT_EQ(artifacts.left_out.front().files, static_cast<std::int64_t>(kLeftOutNamedMax) + 7);
  EXPECT_THAT(kept("LEFT_OUT.txt"), HasSubstr("\nand 7 more\n"));
}

}  // namespace
}  // namespace harness
