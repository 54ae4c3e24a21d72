#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/kube/watch.h"
#include "tests/support/board.h"
#include "tests/unit/harness/kube/fake_server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using support::FakeRequest;
using support::FakeServer;
using support::FakeSession;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kRunning =
    R"({"spec":{"restartPolicy":"Never","containers":[{"name":"c"}]},"status":{"phase":"Running","containerStatuses":[{"name":"c","state":{"running":{}}}]}})";
constexpr const char* kEnded =
    R"({"spec":{"restartPolicy":"Never","containers":[{"name":"c"}]},"status":{"phase":"Running","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":1}}}]}})";
constexpr const char* kNotFound =
    R"({"kind":"Status","reason":"NotFound","message":"pods \"p\" not found","code":404})";
constexpr const char* kWaiting =
    R"({"kind":"Status","reason":"BadRequest","message":"container \"c\" in pod \"p\" is waiting to start: ContainerCreating","code":400})";

std::string stamped(const std::string& time, const std::string& text) {
  return "2026-11-22T10:00:" + time + "Z " + text + "\n";
}

// The log is answered by its number from 1; a question for the pod by what pod_ holds.
class Log : public testing::Test {
 protected:
  using OnLog = std::function<bool(int number, const FakeRequest& request, FakeSession& session)>;

  FakeServer::Handler play(OnLog on_log) {
    return [this, on_log = std::move(on_log)](const FakeRequest& request, FakeSession& session) {
      if (request.target.find("/log?") != std::string::npos) {
        return on_log(++logs_, request, session);
      }
      board_.change([&] { ++pods_; });
      const char* pod = pod_;
      session.answer(pod == kNotFound ? 404 : 200, pod);
      return true;
    };
  }

  std::unique_ptr<KubeLog> follow(const FakeServer& server, const std::string& container = "c") {
    KubeAccess access;
    access.server = server.url();
    LogSink sink{
        .line =
            [this](std::string_view line) { board_.change([&] { lines_.emplace_back(line); }); },
        .lost =
            [this](const KubeError& error) { board_.change([&] { losses_.push_back(error); }); },
        .ended = [this] { board_.change([&] { ended_ = true; }); }};
    return std::make_unique<KubeLog>(access, clock_, "n", "p", container, std::move(sink), limits_);
  }

  bool ended() {
    return board_.wait([&] { return ended_; });
  }

  base::SystemClock clock_;
  KubeStreamLimits limits_{
      .request = {}, .backoff_min = milliseconds(1), .backoff_max = milliseconds(10)};
  support::Board board_;
  std::vector<std::string> lines_;
  std::vector<KubeError> losses_;
  bool ended_ = false;
  int pods_ = 0;
  std::atomic<int> logs_ = 0;
  std::atomic<const char*> pod_ = kEnded;
};

// A kubelet that keeps its log: it says everything of the asked second and later.
bool say_since(const FakeRequest& request, FakeSession& session,
               const std::vector<std::string>& lines) {
  const std::size_t at = request.target.find("sinceTime=");
  const std::string since =
      at == std::string::npos ? "" : request.target.substr(at + std::string("sinceTime=").size());
  session.begin_chunks();
  for (const std::string& line : lines) {
    if (since.empty() || line.substr(17, 2) >= since.substr(21, 2)) {
      session.chunk(line);
    }
  }
  return true;
}

TEST_F(Log, IsToldLineByLineToItsEnd) {
  const FakeServer server(play([](int, const FakeRequest& request, FakeSession& session) {
    say_since(request, session,
              {stamped("01.1", "one"), stamped("01.1", "one"), stamped("02", ""),
               "2026-11-22T10:00:02.5Z tail"});
    session.end_chunks();
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("one", "one", "", "tail"));
  EXPECT_THAT(losses_, IsEmpty());
  EXPECT_EQ(server.requests()[0].target,
            "/api/v1/namespaces/n/pods/p/log?container=c&follow=true&timestamps=true");
}

TEST_F(Log, IsReadInPiecesOfAnySize) {
  const FakeServer server(play([](int number, const FakeRequest& request, FakeSession& session) {
    if (number > 1) {
      say_since(request, session, {});
    } else {
      session.begin_chunks();
      for (const char byte : stamped("01",
                                     "gr\xC3\xBC\xC3\x9F"
                                     "e") +
                                 stamped("02", "b")) {
        session.chunk(std::string(1, byte));
      }
    }
    session.end_chunks();
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("gr\xC3\xBC\xC3\x9F"
                                  "e",
                                  "b"));
}

TEST_F(Log, GoesOnWhereItWasCutAndTellsNoLineTwice) {
  const std::vector<std::string> all{stamped("01.1", "a"), stamped("03.1", "b"),
                                     stamped("03.1", "b"), stamped("03.2", "c"),
                                     stamped("04.1", "d")};
  const FakeServer server(play([&](int number, const FakeRequest& request, FakeSession& session) {
    if (number == 1) {  // ends in the middle of the second b
      say_since(request, session, {all[0], all[1], all[2].substr(0, 20)});
      return false;
    }
    say_since(request, session, all);
    if (number == 2) {
      return false;
    }
    session.end_chunks();
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("a", "b", "b", "c", "d"));
  EXPECT_THAT(losses_, IsEmpty());
}

// A server that goes away ends its streams as if the log were over.
TEST_F(Log, IsAskedForAgainAfterTheEndOfTheContainer) {
  const FakeServer server(play([](int number, const FakeRequest& request, FakeSession& session) {
    std::vector<std::string> lines{stamped("01", "a")};
    if (number > 1) {
      lines.push_back(stamped("02", "b"));
    }
    say_since(request, session, lines);
    session.end_chunks();
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("a", "b"));
}

TEST_F(Log, WaitsUntilTheContainerHasStarted) {
  pod_ = kRunning;
  const FakeServer server(play([&](int number, const FakeRequest& request, FakeSession& session) {
    if (number < 3) {
      session.answer(400, kWaiting);
      return true;
    }
    pod_ = kEnded;
    say_since(request, session, {stamped("01", "a")});
    session.end_chunks();
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("a"));
  EXPECT_THAT(losses_, IsEmpty());
}

TEST_F(Log, OfAContainerThatNeverRanEnds) {
  const FakeServer server(play([](int, const FakeRequest&, FakeSession& session) {
    session.answer(400, kWaiting);
    return true;
  }));
  const auto running = follow(server);
  EXPECT_TRUE(ended());
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(Log, ThatIsNotOursToReadEndsWithItsContainerAndSaysSo) {
  const FakeServer server(play([](int, const FakeRequest&, FakeSession& session) {
    session.answer(403, R"({"kind":"Status","reason":"Forbidden","message":"no","code":403})");
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  ASSERT_EQ(losses_.size(), 1U);
  EXPECT_EQ(losses_[0].reason, "Forbidden");
}

TEST_F(Log, OfAPodThatIsGoneEndsAndSaysSo) {
  pod_ = kNotFound;
  const FakeServer server(play([](int, const FakeRequest& request, FakeSession& session) {
    say_since(request, session, {stamped("01", "a")});
    return false;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("a"));
  ASSERT_EQ(losses_.size(), 1U);
  EXPECT_EQ(losses_[0].status, 404);
}

TEST_F(Log, OfNoSuchContainerEndsAndSaysSo) {
  const FakeServer server(play([](int, const FakeRequest&, FakeSession& session) {
    session.answer(400, R"({"kind":"Status","message":"container d is not valid","code":400})");
    return true;
  }));
  const auto running = follow(server, "d");
  ASSERT_TRUE(ended());
  ASSERT_EQ(losses_.size(), 1U);
  EXPECT_THAT(losses_[0].message, HasSubstr("no container 'd'"));
}

TEST_F(Log, ThatIsSilentIsFineWhileThePodRuns) {
  pod_ = kRunning;
  limits_.log_silence = milliseconds(20);
  const FakeServer server(play([&](int number, const FakeRequest& request, FakeSession& session) {
    std::vector<std::string> lines{stamped("01", "a")};
    if (number > 1) {
      lines.push_back(stamped("02", "b"));
    }
    say_since(request, session, lines);
    if (number == 1) {
      EXPECT_TRUE(board_.wait([&] { return pods_ > 2; }));  // on a second connection
      session.chunk(stamped("02", "b"));
      pod_ = kEnded;
    }
    session.end_chunks();
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("a", "b"));
  EXPECT_THAT(losses_, IsEmpty());
}

TEST_F(Log, ThatStaysOpenAfterTheEndIsClosed) {
  limits_.log_silence = milliseconds(20);
  const FakeServer server(play([](int number, const FakeRequest& request, FakeSession& session) {
    say_since(request, session, {stamped("01", "a")});
    if (number == 1) {
      session.hang();
      return false;
    }
    session.end_chunks();
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("a"));
}

TEST_F(Log, LinesAreCutAtTheirLimit) {
  limits_.line_bytes_max = 30;
  const FakeServer server(play([](int, const FakeRequest& request, FakeSession& session) {
    say_since(request, session, {stamped("01", std::string(1000, 'x')), stamped("02", "short")});
    session.end_chunks();
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("xxxxxxxxx", "short"));
}

TEST_F(Log, WhatTheKubeletSaysInItIsNoLine) {
  const FakeServer server(play([](int number, const FakeRequest& request, FakeSession& session) {
    if (number == 1) {
      say_since(request, session, {stamped("01", "a"), "unable to retrieve container logs\n"});
    } else {
      say_since(request, session, {stamped("01", "a"), stamped("02", "b")});
    }
    session.end_chunks();
    return true;
  }));
  const auto running = follow(server);
  ASSERT_TRUE(ended());
  EXPECT_THAT(lines_, ElementsAre("a", "b"));
  ASSERT_EQ(losses_.size(), 1U);
  EXPECT_EQ(losses_[0].message, "unable to retrieve container logs");
}

TEST_F(Log, EndsAtOnceWhileItWaits) {
  pod_ = kRunning;
  const FakeServer server(play([](int, const FakeRequest& request, FakeSession& session) {
    say_since(request, session, {stamped("01", "a")});
    session.hang();
    return false;
  }));
  auto running = follow(server);
  ASSERT_TRUE(board_.wait([&] { return lines_.size() == 1; }));
  const base::MonoTime began = clock_.mono();
  running.reset();
  EXPECT_LT(clock_.mono() - began, std::chrono::seconds(10));
  EXPECT_FALSE(ended_);
}

}  // namespace
}  // namespace harness
