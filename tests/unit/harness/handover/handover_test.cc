#include "harness/handover/handover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <thread>

#include "common/base/file.h"
#include "harness/handover/ack.h"
#include "harness/handover/frames.h"

namespace harness {
namespace {

using testing::HasSubstr;

constexpr std::string_view kVerdict = R"({"verdict":"passed","exit_code":0})";

// Moves on by itself whenever it is looked at: a wait is over after so many looks.
class PassingClock final : public base::Clock {
 public:
  [[nodiscard]] base::MonoTime mono() const override { return now_ += std::chrono::seconds(1); }

  [[nodiscard]] base::WallTime wall() const override { return {}; }

 private:
  mutable base::MonoTime now_;
};

class AHandover : public testing::Test {
 protected:
  AHandover() {
    EXPECT_TRUE(base::write_file(termination(), "before").has_value());
    environment_.set("DRYDOCK_NONCE", "0123456789abcdef");
  }

  [[nodiscard]] std::string directory() const { return folder_->path().string(); }

  [[nodiscard]] std::string termination() const { return directory() + "/termination"; }

  [[nodiscard]] std::string read(const std::string& path) const {
    return *base::read_file(path, 1 << 20);
  }

  std::optional<Handover> make() {
    const int out = ::fileno(file_);
    return *Handover::from_environment(environment_, clock_, out, directory(), termination());
  }

  [[nodiscard]] std::string written() const {
    std::string text(1 << 16, '\0');
    const ssize_t bytes = ::pread(::fileno(file_), text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(bytes, 0)));
    return text;
  }

  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("handover-");
  FILE* file_ = ::tmpfile();
  PassingClock clock_;
  base::Environment environment_;
};

TEST_F(AHandover, IsNoneWithoutANonce) {
  environment_.unset("DRYDOCK_NONCE");

  EXPECT_FALSE(make().has_value());
}

TEST_F(AHandover, RefusesWhatIsNoNonce) {
  environment_.set("DRYDOCK_NONCE", "short");

  const auto made = Handover::from_environment(environment_, clock_, 1, directory());

  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().message, HasSubstr("DRYDOCK_NONCE"));
}

TEST_F(AHandover, TellsEachRecordAsFrames) {
  std::optional<Handover> handover = make();

  handover->tell(1, "one");
  handover->tell(2, "two");

  EXPECT_EQ(written(),
            frames_of("0123456789abcdef", 1, "one") + frames_of("0123456789abcdef", 2, "two"));
}

TEST_F(AHandover, LeavesTheVerdictForTheKubelet) {
  make()->finish(kVerdict, -1);

  EXPECT_EQ(read(termination()), kVerdict);
}

TEST_F(AHandover, EndsWithTheLaunchersWord) {
  std::optional<Handover> handover = make();
  handover->tell(1, "one");
  ASSERT_TRUE(write_ack(directory(), 1).has_value());
  const base::MonoTime before = clock_.mono();

  handover->finish(kVerdict, -1);

  EXPECT_LE(clock_.mono() - before, std::chrono::seconds(3)) << "looked at twice";
}

TEST_F(AHandover, WaitsForTheWordOnTheLastRecord) {
  std::optional<Handover> handover = make();
  handover->tell(1, "one");
  handover->tell(2, "two");
  ASSERT_TRUE(write_ack(directory(), 1).has_value());
  const base::MonoTime before = clock_.mono();

  handover->finish(kVerdict, -1);

  EXPECT_GE(clock_.mono() - before, kAckTimeout);
}

TEST_F(AHandover, IsCutShortByASignal) {
  std::optional<Handover> handover = make();
  handover->tell(1, "one");
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  const base::MonoTime before = clock_.mono();

  handover->finish(kVerdict, ends[0]);

  EXPECT_LE(clock_.mono() - before, std::chrono::seconds(4));
  ::close(ends[0]);
  ::close(ends[1]);
}

class AHandoverIntoAPipe : public AHandover {
 protected:
  AHandoverIntoAPipe() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    reading_ = base::UniqueFd(ends[0]);
    writing_ = base::UniqueFd(ends[1]);
  }

  // Tells a record that is acknowledged, and finishes.
  void finish(const base::Clock& clock) {
    std::optional<Handover> handover = *Handover::from_environment(
        environment_, clock, writing_.get(), directory(), termination());
    handover->tell(1, "one");
    ASSERT_TRUE(write_ack(directory(), 1).has_value());
    handover->finish(kVerdict, -1);
  }

  [[nodiscard]] int unread() const {
    int bytes = 0;
    EXPECT_EQ(::ioctl(reading_.get(), FIONREAD, &bytes), 0);
    return bytes;
  }

  base::UniqueFd reading_;
  base::UniqueFd writing_;
};

// A reader that comes to it when the clock has been looked at so often.
class ReadingClock final : public base::Clock {
 public:
  ReadingClock(int from, int looks) : from_(from), looks_(looks) {}

  [[nodiscard]] base::MonoTime mono() const override {
    if (--looks_ == 0) {
      std::string text(1 << 16, '\0');
      EXPECT_GT(::read(from_, text.data(), text.size()), 0);
    }
    return now_ += std::chrono::milliseconds(1);
  }

  [[nodiscard]] base::WallTime wall() const override { return {}; }

 private:
  int from_;
  mutable int looks_;
  mutable base::MonoTime now_;
};

TEST_F(AHandoverIntoAPipe, EndsWhenItsOutputWasRead) {
  const ReadingClock clock(reading_.get(), 5);

  finish(clock);

  EXPECT_EQ(unread(), 0);
}

TEST_F(AHandoverIntoAPipe, EndsWhereNobodyReads) {
  const base::MonoTime before = clock_.mono();

  finish(clock_);

  EXPECT_GE(clock_.mono() - before, kReadTimeout);
  EXPECT_GT(unread(), 0);
}

TEST(AnAck, ThatIsNoNumberIsNone) {
  const auto folder = base::TemporaryDirectory::make("ack-");
  const std::string directory = folder->path().string();

  EXPECT_EQ(read_ack(directory), std::nullopt);
  ASSERT_TRUE(base::write_file(directory + "/journal.ack", "12x").has_value());
  EXPECT_EQ(read_ack(directory), std::nullopt);
  ASSERT_TRUE(write_ack(directory, 12).has_value());
  EXPECT_EQ(read_ack(directory), 12U);
}

}  // namespace
}  // namespace harness
