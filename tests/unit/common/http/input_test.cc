#include "common/http/input.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>

#include "common/base/file.h"

namespace http {
namespace {

class AnInput : public testing::Test {
 protected:
  AnInput() {
    std::array<int, 2> ends{};
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data());
    ours_ = base::UniqueFd(ends[0]);
    theirs_ = base::UniqueFd(ends[1]);
  }

  Input::Read receive(std::size_t wanted = 0) {
    return input_.receive(ours_.get(), wanted, received_);
  }

  void send(const std::string& bytes) {
    ASSERT_EQ(::send(theirs_.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }

  [[nodiscard]] std::string_view text() const {
    return {input_.bytes().data(), input_.bytes().size()};
  }

  base::UniqueFd ours_;
  base::UniqueFd theirs_;
  BufferPool pool_;
  Input input_{pool_};
  std::size_t received_ = 0;
};

TEST_F(AnInput, TellsDrainedFromBlockedFromEnded) {
  send("abc");
  EXPECT_EQ(receive(), Input::Read::kDrained);
  EXPECT_EQ(text(), "abc");
  EXPECT_EQ(receive(), Input::Read::kBlocked);
  theirs_.reset();
  EXPECT_EQ(receive(), Input::Read::kEnded);
}

TEST_F(AnInput, KeepsWhatIsNotConsumedWhileItGrows) {
  std::string all;
  for (int piece = 0; piece < 20; ++piece) {
    const std::string bytes(5'000, static_cast<char>('a' + piece));
    send(bytes);
    all += bytes;
    ASSERT_EQ(receive(), Input::Read::kDrained);
  }
  input_.consume(100);

  EXPECT_EQ(text(), std::string_view(all).substr(100));
}

// A client that announces 32 MiB and sends nothing of it must not get 32 MiB.
TEST_F(AnInput, DoesNotTrustAnAnnouncement) {
  send("abc");

  receive(32 * 1024 * 1024);

  const Block block = pool_.take_block();
  EXPECT_EQ(block.capacity, BufferPool::kBlockBytes);
  EXPECT_EQ(text(), "abc");
}

TEST_F(AnInput, ReturnsItsMemoryWhenEmpty) {
  send("abc");
  receive();
  const char* const data = input_.bytes().data();
  input_.consume(3);

  input_.release_if_empty();

  EXPECT_EQ(pool_.take_block().data.get(), data);
}

}  // namespace
}  // namespace http
