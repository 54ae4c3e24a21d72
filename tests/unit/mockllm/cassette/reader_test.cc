// What is on the disk and is not what was recorded: refused, with the place.
#include "mockllm/cassette/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/base/file.h"

namespace mockllm {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ARecordingOnDisk : public testing::Test {
 protected:
  ARecordingOnDisk() {
    const auto cassettes = open();
    Prompt prompt;
    prompt.raw = "{}";
    Interaction interaction;
    interaction.chunks = {{std::chrono::microseconds(5), "hello"},
                          {std::chrono::microseconds(9), " world"}};
    (*cassettes)->add("t", prompt, interaction);
    EXPECT_TRUE((*cassettes)->commit_all());
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path() / "t")) {
      (entry.path().extension() == ".body" ? body_ : request_) = entry.path();
    }
  }

  base::Result<std::shared_ptr<Cassettes>> open() {
    return Cassettes::open(folder_.path().string(), *redact::Redactor::make({}, true));
  }

  std::string failure() {
    const auto opened = open();
    return opened ? "none" : opened.error().message;
  }

  void edit(std::string_view from, std::string_view to) {
    std::string text = *base::read_file(yaml(), 100'000);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    ASSERT_TRUE(base::write_file(yaml(), text));
  }

  [[nodiscard]] fs::path yaml() const { return folder_.path() / "t.yaml"; }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("cassette-");
  fs::path body_;
  fs::path request_;
};

TEST_F(ARecordingOnDisk, IsReadWhereNothingIsWrong) {
  EXPECT_EQ(failure(), "none");
}

TEST_F(ARecordingOnDisk, IsRefusedWhereABodyIsTorn) {
  fs::resize_file(body_, 4);
  EXPECT_THAT(failure(), HasSubstr("is not what was recorded"));
  EXPECT_THAT(failure(), HasSubstr("t.yaml:"));
}

TEST_F(ARecordingOnDisk, IsRefusedWhereABodyWasEdited) {
  std::ofstream(body_) << "hellO world";
  EXPECT_THAT(failure(), HasSubstr("is not what was recorded"));
}

TEST_F(ARecordingOnDisk, IsRefusedWhereAFileIsGone) {
  fs::remove(request_);
  EXPECT_THAT(failure(), HasSubstr(request_.filename().string()));
}

TEST_F(ARecordingOnDisk, IsRefusedWhereAFileLeadsElsewhere) {
  edit("file: 001", "file: ../001");
  EXPECT_THAT(failure(), HasSubstr("the name of a file of this recording"));
}

TEST_F(ARecordingOnDisk, IsRefusedWhereTheChunksDoNotAddUp) {
  edit("5:5 9:6", "5:5 9:5");
  EXPECT_THAT(failure(), HasSubstr("MICROSECONDS:BYTES"));
  edit("5:5 9:5", "5:5 nine");
  EXPECT_THAT(failure(), HasSubstr("MICROSECONDS:BYTES"));
  edit("5:5 nine", "5:99999999999");
  EXPECT_THAT(failure(), HasSubstr("MICROSECONDS:BYTES"));
}

TEST_F(ARecordingOnDisk, IsRefusedWhereAKeyIsUnknown) {
  edit("    status:", "    statsu:");
  EXPECT_THAT(failure(), HasSubstr("status"));
  EXPECT_THAT(failure(), HasSubstr("t.yaml:"));
}

TEST_F(ARecordingOnDisk, IsRefusedWhereItIsOfAnotherVersion) {
  edit("cassette/v1", "cassette/v9");
  EXPECT_THAT(failure(), HasSubstr("cassette/v1"));
}

TEST_F(ARecordingOnDisk, IsRefusedUnderAnotherName) {
  fs::rename(yaml(), folder_.path() / "u.yaml");
  EXPECT_THAT(failure(), HasSubstr("expected in t.yaml"));
}

TEST_F(ARecordingOnDisk, TellsEveryMistakeAtOnce) {
  fs::resize_file(body_, 4);
  ASSERT_TRUE(base::write_file(folder_.path() / "z.yaml", "drydock: [\n"));
  EXPECT_THAT(failure(), HasSubstr("t.yaml:"));
  EXPECT_THAT(failure(), HasSubstr("z.yaml:"));
}

TEST_F(ARecordingOnDisk, OfAnInterruptedWritingIsStillTheFormerOne) {
  std::ofstream(folder_.path() / "t" / "002-0123456789ab.body") << "half";
  EXPECT_EQ(failure(), "none");
}

}  // namespace
}  // namespace mockllm
