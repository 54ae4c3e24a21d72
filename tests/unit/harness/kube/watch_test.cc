#include "harness/kube/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/board.h"
#include "tests/unit/harness/kube/fake_server.h"

namespace harness {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using support::FakeRequest;
using support::FakeServer;
using support::FakeSession;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string item(const std::string& name, const std::string& version) {
  return json{{"metadata", {{"uid", name}, {"name", name}, {"resourceVersion", version}}}}.dump();
}

std::string list(const std::string& items, const std::string& version,
                 const std::string& next = "") {
  return R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":")" + version +
         R"(","continue":")" + next + R"("},"items":[)" + items + "]}";
}

std::string event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

bool is_watch(const FakeRequest& request) {
  return request.target.find("watch=true") != std::string::npos;
}

// What a list is answered with, and each watch by its number from 1; later ones hang.
struct Script {
  std::vector<std::string> lists;
  std::function<bool(int number, FakeSession& session)> watch = nullptr;
};

class Watch : public testing::Test {
 protected:
  FakeServer::Handler play(Script script) {
    return [this, script = std::move(script)](const FakeRequest& request, FakeSession& session) {
      if (!is_watch(request)) {
        const std::size_t number = static_cast<std::size_t>(++lists_);
        session.answer(200, script.lists.at(std::min(number, script.lists.size()) - 1));
        return true;
      }
      return script.watch(++watches_, session);
    };
  }

  WatchSink sink() {
    return {
        .event =
            [this](std::string_view type, const json& object) {
              board_.change([&] {
                told_.push_back(std::string(type) + " " + std::string(object["metadata"]["name"]));
                kinds_.push_back(object.value("kind", ""));
              });
            },
        .lost =
            [this](const KubeError& error) { board_.change([&] { losses_.push_back(error); }); },
        .found = [this] { board_.change([&] { ++found_; }); }};
  }

  std::unique_ptr<KubeWatch> watch(const FakeServer& server, const std::string& label = "") {
    KubeAccess access;
    access.server = server.url();
    return std::make_unique<KubeWatch>(access, clock_, "/pods", label, "", sink(), limits_);
  }

  bool told(std::size_t count) {
    return board_.wait([&] { return told_.size() >= count; });
  }

  std::vector<std::string> watch_targets(const FakeServer& server) {
    std::vector<std::string> targets;
    for (const FakeRequest& request : server.requests()) {
      if (is_watch(request)) {
        targets.push_back(request.target);
      }
    }
    return targets;
  }

  base::SystemClock clock_;
  KubeStreamLimits limits_{.request = {},
                           .watch_time = std::chrono::seconds(1),
                           .backoff_min = milliseconds(1),
                           .backoff_max = milliseconds(10)};
  support::Board board_;
  std::vector<std::string> told_;
  std::vector<std::string> kinds_;
  std::vector<KubeError> losses_;
  int found_ = 0;
  std::atomic<int> lists_ = 0;
  std::atomic<int> watches_ = 0;
};

TEST_F(Watch, TellsTheListAndThenWhatHappens) {
  const FakeServer server(play({{list(item("a", "1"), "5", "next/page"), list(item("b", "2"), "5")},
                                [](int, FakeSession& session) {
                                  session.begin_chunks();
                                  session.chunk(event("MODIFIED", item("a", "6")) +
                                                event("DELETED", item("b", "7")));
                                  session.hang();
                                  return false;
                                }}));
  const auto running = watch(server, "app in (x,y)");
  ASSERT_TRUE(told(4));
  EXPECT_THAT(told_, ElementsAre("ADDED a", "ADDED b", "MODIFIED a", "DELETED b"));
  EXPECT_EQ(kinds_[0], "Pod");
  const std::vector<FakeRequest> requests = server.requests();
  EXPECT_EQ(requests[0].target, "/pods?limit=500&labelSelector=app%20in%20%28x%2cy%29");
  EXPECT_THAT(requests[1].target, HasSubstr("&continue=next%2fpage"));
  EXPECT_THAT(requests[2].target, HasSubstr("resourceVersion=5&timeoutSeconds=1"));
  EXPECT_THAT(requests[2].target, HasSubstr("allowWatchBookmarks=true"));
}

// Pieces of TCP and of HTTP end anywhere, also inside a character.
TEST_F(Watch, ReadsEventsInPiecesOfAnySize) {
  const FakeServer server(play({{list("", "5")}, [](int, FakeSession& session) {
                                  const std::string bytes = event("ADDED", item("\xC3\xA4", "6")) +
                                                            event("ADDED", item("b", "7"));
                                  session.begin_chunks();
                                  for (const char byte : bytes) {
                                    session.chunk(std::string(1, byte));
                                  }
                                  session.hang();
                                  return false;
                                }}));
  const auto running = watch(server);
  ASSERT_TRUE(told(2));
  EXPECT_THAT(told_, ElementsAre("ADDED \xC3\xA4", "ADDED b"));
}

TEST_F(Watch, GoesOnWhereItWasCut) {
  const FakeServer server(play({{list("", "5")}, [](int number, FakeSession& session) {
                                  session.begin_chunks();
                                  if (number == 1) {
                                    session.chunk(event("ADDED", item("a", "6")) +
                                                  R"({"type":"ADDED","obj)");
                                    return false;
                                  }
                                  session.chunk(event("ADDED", item("b", "7")));
                                  session.hang();
                                  return false;
                                }}));
  const auto running = watch(server);
  ASSERT_TRUE(told(2));
  EXPECT_THAT(told_, ElementsAre("ADDED a", "ADDED b"));
  EXPECT_THAT(losses_, IsEmpty());
  EXPECT_EQ(lists_, 1);
  EXPECT_THAT(watch_targets(server).at(1), HasSubstr("resourceVersion=6&"));
}

TEST_F(Watch, KeepsUpByBookmarks) {
  const FakeServer server(
      play({{list("", "5")}, [](int number, FakeSession& session) {
              session.begin_chunks();
              if (number == 1) {
                session.chunk(event("BOOKMARK", R"({"metadata":{"resourceVersion":"77"}})"));
                session.end_chunks();
                return true;
              }
              session.chunk(event("ADDED", item("a", "78")));
              session.hang();
              return false;
            }}));
  const auto running = watch(server);
  ASSERT_TRUE(told(1));
  EXPECT_THAT(watch_targets(server).at(1), HasSubstr("resourceVersion=77&"));
  EXPECT_EQ(lists_, 1);
}

class WatchOfThePast : public Watch, public testing::WithParamInterface<bool> {};

TEST_P(WatchOfThePast, ListsAnewAndTellsWhatIsGone) {
  const bool as_event = GetParam();
  const FakeServer server(play({{list(item("a", "1") + "," + item("b", "2"), "5"),
                                 list(item("b", "8") + "," + item("c", "9"), "9")},
                                [=](int number, FakeSession& session) {
                                  const std::string gone =
                                      R"({"kind":"Status","code":410,"reason":"Expired"})";
                                  if (number == 1 && !as_event) {
                                    session.answer(410, gone);
                                    return true;
                                  }
                                  session.begin_chunks();
                                  if (number == 1) {
                                    session.chunk(event("ERROR", gone));
                                  }
                                  session.hang();
                                  return false;
                                }}));
  const auto running = watch(server);
  ASSERT_TRUE(told(5));
  EXPECT_THAT(told_, ElementsAre("ADDED a", "ADDED b", "DELETED a", "MODIFIED b", "ADDED c"));
  EXPECT_THAT(losses_, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Table, WatchOfThePast, testing::Bool());

TEST_F(Watch, TellsOfASilentServerAndOfItsReturn) {
  limits_.watch_slack = milliseconds(20);
  limits_.request.request_timeout = milliseconds(50);
  std::atomic<bool> silent = false;
  const FakeServer server(play({{list("", "5")}, [&](int number, FakeSession& session) {
                                  if (!silent) {
                                    session.begin_chunks();
                                  }
                                  if (number == 1) {
                                    silent = true;
                                    session.chunk(event("ADDED", item("a", "6")));
                                  }
                                  session.hang();
                                  return false;
                                }}));
  const auto running = watch(server);
  ASSERT_TRUE(board_.wait([&] { return losses_.size() == 1; }));
  EXPECT_TRUE(losses_[0].unreachable());
  silent = false;
  ASSERT_TRUE(board_.wait([&] { return found_ > 0; }));
  EXPECT_EQ(lists_, 1);
}

TEST_F(Watch, TellsARefusalOnce) {
  int asked = 0;
  const FakeServer server([&](const FakeRequest&, FakeSession& session) {
    board_.change([&] { ++asked; });
    session.answer(
        403, R"({"kind":"Status","reason":"Forbidden","message":"pods is forbidden","code":403})");
    return true;
  });
  const auto running = watch(server);
  ASSERT_TRUE(board_.wait([&] { return asked > 5; }));
  EXPECT_EQ(losses_.size(), 1U);
  EXPECT_EQ(losses_[0].reason, "Forbidden");
}

TEST_F(Watch, TellsThatItCannotBegin) {
  KubeAccess access;
  access.server = "nowhere";
  const KubeWatch running(access, clock_, "/pods", "", "", sink(), limits_);
  ASSERT_TRUE(board_.wait([&] { return losses_.size() == 1; }));
  EXPECT_EQ(losses_[0].reason, kKubeInvalidAccess);
}

TEST_F(Watch, RefusesMoreObjectsThanItsLimit) {
  limits_.objects_max = 1;
  const FakeServer server(play({{list(item("a", "1") + "," + item("b", "1"), "5")}, nullptr}));
  const auto running = watch(server);
  ASSERT_TRUE(board_.wait([&] { return losses_.size() == 1; }));
  EXPECT_THAT(losses_[0].message, HasSubstr("more than 1 objects"));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(Watch, EndsAtOnceWhileItWaits) {
  limits_.watch_time = std::chrono::hours(1);
  const FakeServer server(play({{list(item("a", "1"), "5")}, [](int, FakeSession& session) {
                                  session.hang();
                                  return false;
                                }}));
  const base::MonoTime began = clock_.mono();
  auto running = watch(server);
  ASSERT_TRUE(told(1));
  running.reset();
  EXPECT_LT(clock_.mono() - began, std::chrono::seconds(10));
}

}  // namespace
}  // namespace harness
