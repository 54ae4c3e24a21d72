#include "harness/kube/pulse.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/board.h"
#include "tests/unit/harness/kube/fake_server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using support::Board;
using support::FakeRequest;
using support::FakeServer;
using support::FakeSession;

// What a pulse told, in its order.
class Pulse : public testing::Test {
 protected:
  KubePulse listen_to(const FakeServer& server) {
    KubeAccess access;
    access.server = server.url();
    PulseLimits limits;
    limits.request.request_timeout = milliseconds(100);
    limits.interval = milliseconds(1);
    return {access, clock_,
            PulseSink{.lost =
                          [this](const KubeError& error) {
                            board_.change([&] { told_.push_back("lost " + error.message); });
                          },
                      .found = [this] { board_.change([&] { told_.emplace_back("found"); }); }},
            limits};
  }

  bool told(std::size_t count) {
    return board_.wait([&] { return told_.size() >= count; });
  }

  std::vector<std::string> all_told() {
    std::vector<std::string> all;
    board_.change([&] { all = told_; });
    return all;
  }

  base::SystemClock clock_;
  Board board_;
  std::vector<std::string> told_;
};

TEST_F(Pulse, TellsASilentServerAndItsReturnOnceEach) {
  constexpr int kSilentFrom = 2;
  constexpr int kSilentTo = 5;
  Board answered;
  int last = 0;
  const FakeServer server([&](const FakeRequest& request, FakeSession& session) {
    if (request.number >= kSilentFrom && request.number <= kSilentTo) {
      session.hang();
      return false;
    }
    session.answer(200, "{}");
    answered.change([&] { last = request.number; });
    return true;
  });

  const KubePulse pulse = listen_to(server);

  ASSERT_TRUE(answered.wait([&] { return last > kSilentTo + 2; }));
  ASSERT_TRUE(told(2));
  const std::vector<std::string> all = all_told();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0].starts_with("lost "));
  EXPECT_EQ(all[1], "found");
  EXPECT_EQ(server.requests().at(0).target, "/version");
}

TEST_F(Pulse, TakesARefusalForASignOfLife) {
  Board answered;
  int last = 0;
  const FakeServer server([&](const FakeRequest& request, FakeSession& session) {
    session.answer(403, "{}");
    answered.change([&] { last = request.number; });
    return true;
  });

  const KubePulse pulse = listen_to(server);

  ASSERT_TRUE(answered.wait([&] { return last >= 3; }));
  EXPECT_TRUE(all_told().empty());
}

TEST_F(Pulse, TakesABalancerWithoutAServerForAnAbsence) {
  const FakeServer server([](const FakeRequest& /*request*/, FakeSession& session) {
    session.answer(503, "no healthy upstream");
    return true;
  });

  const KubePulse pulse = listen_to(server);

  ASSERT_TRUE(told(1));
  EXPECT_EQ(all_told().at(0), "lost no healthy upstream");
}

}  // namespace
}  // namespace harness
