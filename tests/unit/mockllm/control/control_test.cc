#include "mockllm/control/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include <nlohmann/json.hpp>

namespace mockllm {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

class HandClock final : public base::Clock {
 public:
  [[nodiscard]] base::MonoTime mono() const override { return now; }

  [[nodiscard]] base::WallTime wall() const override { return {}; }

  base::MonoTime now{std::chrono::hours(1)};
};

constexpr std::string_view kFixtures = R"(drydock: fixtures/v1
fixtures:
  - name: greets
    match: {user: hello}
    reply: {text: Hello.}
)";

class ControlApi : public testing::Test {
 protected:
  http::Answer answer(std::string_view method, std::string_view target, std::string_view body = {},
                      std::string_view content_type = "application/json") {
    http::Request request;
    request.method = method;
    request.target = target;
    request.path = target.substr(0, target.find('?'));
    request.query = target.substr(std::min(request.path.size() + 1, target.size()));
    request.headers = {{"host", "127.0.0.1:4010"}, {"content-type", content_type}};
    request.body = body;
    return control_.handle(request, [this] { ++woken_; });
  }

  http::Response ask(std::string_view method, std::string_view target, std::string_view body = {},
                     std::string_view content_type = "application/json") {
    http::Answer given = answer(method, target, body, content_type);
    EXPECT_TRUE(std::holds_alternative<http::Response>(given));
    return std::move(std::get<http::Response>(given));
  }

  json read(const http::Response& response) { return json::parse(response.body, nullptr, false); }

  std::string code(const http::Response& response) {
    return std::to_string(response.status) + " " +
           read(response)["error"]["code"].get<std::string>();
  }

  Sessions sessions_{SessionLimits{}};
  Journal journal_{JournalLimits{}};
  HandClock clock_;
  int woken_ = 0;
  Control control_{sessions_,
                   journal_,
                   clock_,
                   {.token = {},
                    .hosts = {},
                    .limits = {.body_bytes_max = 200,
                               .fixture_sets_max = 2,
                               .followers_max = 1,
                               .follower_bytes_max = 2'000}}};
};

TEST(OwnedPaths, AreThoseBelowMock) {
  EXPECT_TRUE(Control::owns("/_mock"));
  EXPECT_TRUE(Control::owns("/_mock/"));
  EXPECT_TRUE(Control::owns("/_mock/sessions"));
  EXPECT_FALSE(Control::owns("/_mocks"));
  EXPECT_FALSE(Control::owns("/v1/_mock"));
}

TEST_F(ControlApi, MakesASessionOnce) {
  const http::Response made = ask("POST", "/_mock/sessions", R"({"id":"r1.a.1"})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(read(made)["id"], "r1.a.1");
  EXPECT_EQ(ask("POST", "/_mock/sessions", R"({"id":"r1.a.1"})").status, 200);
  EXPECT_EQ(read(ask("GET", "/_mock/sessions"))["sessions"],
            json::parse(R"(["default","r1.a.1"])"));
}

TEST_F(ControlApi, NamesASessionThatIsGivenNoName) {
  EXPECT_EQ(read(ask("POST", "/_mock/sessions"))["id"], "session-1");
  EXPECT_EQ(read(ask("POST", "/_mock/sessions"))["id"], "session-2");
}

TEST_F(ControlApi, MakesChildrenOfParentsThatAreThere) {
  ask("POST", "/_mock/sessions", R"({"id":"parent"})");
  EXPECT_EQ(read(ask("POST", "/_mock/sessions", R"({"id":"child","parent":"parent"})"))["parent"],
            "parent");
  EXPECT_EQ(code(ask("POST", "/_mock/sessions", R"({"id":"x","parent":"nobody"})")),
            "400 invalid_request");
}

TEST_F(ControlApi, ShowsAndDeletesASession) {
  ask("POST", "/_mock/sessions", R"({"id":"s"})");
  Call call;
  call.session = "s";
  journal_.add(std::move(call));

  EXPECT_EQ(read(ask("GET", "/_mock/sessions/s"))["calls"], 0);
  EXPECT_EQ(ask("DELETE", "/_mock/sessions/s").status, 200);
  EXPECT_EQ(code(ask("GET", "/_mock/sessions/s")), "404 unknown_session");
  EXPECT_EQ(code(ask("DELETE", "/_mock/sessions/s")), "404 unknown_session");
  EXPECT_EQ(journal_.size(), 0U);
}

TEST_F(ControlApi, TakesFixturesForOneSession) {
  const http::Response added =
      ask("POST", "/_mock/sessions/s/fixtures", kFixtures, "application/yaml");
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(read(added)["fixtures"], 1);
  EXPECT_EQ(sessions_.find("s")->fixtures.size(), 1U);
  EXPECT_EQ(read(ask("GET", "/_mock/sessions/s/fixtures"))["sets"], 1);

  EXPECT_EQ(ask("DELETE", "/_mock/sessions/s/fixtures").status, 200);
  EXPECT_TRUE(sessions_.find("s")->fixtures.empty());
}

TEST_F(ControlApi, SaysWhereFixturesAreWrong) {
  const http::Response refused =
      ask("POST", "/_mock/sessions/s/fixtures", "drydock: fixtures/v1\nfixturs: []\n", "text/yaml");
  EXPECT_EQ(code(refused), "400 invalid_fixtures");
  EXPECT_THAT(refused.body, HasSubstr("s/fixtures-1:2:1"));
  EXPECT_EQ(code(ask("POST", "/_mock/sessions/s/fixtures", kFixtures, "text/plain")),
            "415 fixtures_expected");
}

TEST_F(ControlApi, LimitsTheFixturesOfASession) {
  ask("POST", "/_mock/sessions/s/fixtures", kFixtures, "application/yaml");
  ask("POST", "/_mock/sessions/s/fixtures", kFixtures, "application/yaml");
  EXPECT_EQ(code(ask("POST", "/_mock/sessions/s/fixtures", kFixtures, "application/yaml")),
            "503 limit_reached");
}

TEST_F(ControlApi, ShowsJournals) {
  Call call;
  call.session = "s";
  journal_.add(std::move(call));

  EXPECT_EQ(read(ask("GET", "/_mock/sessions/s/journal"))["calls"].size(), 1U);
  EXPECT_EQ(read(ask("GET", "/_mock/sessions/t/journal"))["calls"].size(), 0U);
  EXPECT_EQ(read(ask("GET", "/_mock/journal"))["calls"].size(), 1U);
}

TEST_F(ControlApi, VerifiesASession) {
  EXPECT_EQ(read(ask("POST", "/_mock/sessions/s/verify", R"({"calls":0})"))["ok"], true);
  EXPECT_EQ(read(ask("POST", "/_mock/sessions/s/verify", R"({"calls":1})"))["failures"][0],
            "calls: expected 1, got 0");
  EXPECT_EQ(code(ask("POST", "/_mock/sessions/s/verify", R"({"x":1})")), "400 invalid_request");
}

TEST_F(ControlApi, MovesTheClockOfASessionOn) {
  ask("POST", "/_mock/sessions", R"({"id":"s"})");
  EXPECT_EQ(
      read(ask("POST", "/_mock/sessions/s/clock", R"({"advance_ms":1000})"))["clock_offset_ms"],
      1000);
  EXPECT_EQ(
      read(ask("POST", "/_mock/sessions/s/clock", R"({"advance_ms":500})"))["clock_offset_ms"],
      1500);
  EXPECT_EQ(code(ask("POST", "/_mock/sessions/s/clock", R"({"advance_ms":-1})")),
            "400 invalid_request");
  EXPECT_EQ(code(ask("POST", "/_mock/sessions/s/clock", "{}")), "400 invalid_request");
  EXPECT_EQ(code(ask("POST", "/_mock/sessions/none/clock", R"({"advance_ms":1})")),
            "404 unknown_session");
}

TEST_F(ControlApi, PointsAnAlias) {
  EXPECT_EQ(ask("PUT", "/_mock/aliases/app%2Fkey", R"({"session":"r1.a.1"})").status, 200);
  EXPECT_EQ(sessions_.tenure_of("app/key")->session->name(), "r1.a.1");
  EXPECT_EQ(ask("DELETE", "/_mock/aliases/app%2Fkey").status, 200);
  EXPECT_EQ(code(ask("DELETE", "/_mock/aliases/app%2Fkey")), "404 unknown_alias");
  EXPECT_EQ(code(ask("PUT", "/_mock/aliases/k", "{}")), "400 invalid_request");
  EXPECT_EQ(code(ask("PUT", "/_mock/aliases/sk-mock-x", R"({"session":"s"})")),
            "400 invalid_request");
}

class ABusyAlias : public ControlApi {
 protected:
  ABusyAlias() {
    EXPECT_EQ(ask("PUT", "/_mock/aliases/key", R"({"session":"r1.a.1"})").status, 200);
    open_ = *sessions_.select({"", "", "", "key"}, {});
  }

  std::optional<http::Response> poll(const std::unique_ptr<http::Deferred>& deferred) {
    return deferred->poll(clock_.now, again_);
  }

  Sessions::Selection open_;
  base::MonoTime again_{};
};

TEST_F(ABusyAlias, MovesWhenItsLastCallEnds) {
  http::Answer given = answer("PUT", "/_mock/aliases/key", R"({"session":"r1.b.1"})");
  const auto& deferred = std::get<std::unique_ptr<http::Deferred>>(given);
  EXPECT_FALSE(poll(deferred).has_value());
  EXPECT_EQ(again_, clock_.now + milliseconds(2'000));

  open_.open.end();

  EXPECT_EQ(woken_, 1) << "however often it was asked";
  EXPECT_EQ(poll(deferred)->status, 200);
  EXPECT_EQ(sessions_.tenure_of("key")->session->name(), "r1.b.1");
}

TEST_F(ABusyAlias, StaysAfterTwoSeconds) {
  http::Answer given = answer("PUT", "/_mock/aliases/key", R"({"session":"r1.b.1"})");
  const auto& deferred = std::get<std::unique_ptr<http::Deferred>>(given);
  clock_.now += milliseconds(1'999);
  EXPECT_FALSE(poll(deferred).has_value());
  clock_.now += milliseconds(1);

  EXPECT_EQ(code(*poll(deferred)), "409 alias_busy");
  EXPECT_EQ(sessions_.tenure_of("key")->session->name(), "r1.a.1");
}

TEST_F(ABusyAlias, MovesAtOnceByForce) {
  EXPECT_EQ(ask("PUT", "/_mock/aliases/key", R"({"session":"r1.b.1","force":true})").status, 200);
  EXPECT_EQ(open_.session->calls_in_flight, 1);
}

TEST_F(ABusyAlias, ForgetsWhoHungUp) {
  { const http::Answer given = answer("PUT", "/_mock/aliases/key", R"({"session":"r1.b.1"})"); }
  open_.open.end();
  EXPECT_EQ(sessions_.tenure_of("key")->session->name(), "r1.a.1");
}

TEST_F(ControlApi, StreamsFinishedCalls) {
  http::Response stream = ask("GET", "/_mock/journal?follow=1");
  ASSERT_TRUE(stream.streamed);
  std::string out;
  EXPECT_TRUE(std::holds_alternative<http::Park>(stream.exchange->next(out, clock_.now)));
  EXPECT_EQ(out, ": following\n\n");
  Call call;
  call.session = "s";
  call.request = "{\n}";
  journal_.finish(journal_.add(Call(call)), [](Call&) {});

  out.clear();
  EXPECT_EQ(woken_, 1);
  stream.exchange->next(out, clock_.now);
  EXPECT_THAT(out, StartsWith("data: {\"seq\":1,"));
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2) << "one event, whatever the client sent";

  control_.end_followers();
  EXPECT_TRUE(std::holds_alternative<http::End>(stream.exchange->next(out, clock_.now)));
}

TEST_F(ControlApi, CutsOffAFollowerThatIsTooSlow) {
  http::Response stream = ask("GET", "/_mock/journal?follow=1");
  Call call;
  call.request = "\"" + std::string(1'500, 'x') + "\"";
  journal_.finish(journal_.add(Call(call)), [](Call&) {});
  journal_.finish(journal_.add(Call(call)), [](Call&) {});
  std::string out;
  EXPECT_TRUE(std::holds_alternative<http::End>(stream.exchange->next(out, clock_.now)));
  EXPECT_THAT(out, HasSubstr("read too slowly"));
}

TEST_F(ControlApi, LimitsItsFollowers) {
  {
    const http::Response first = ask("GET", "/_mock/journal?follow=1");
    EXPECT_EQ(code(ask("GET", "/_mock/journal?follow=1")), "503 limit_reached");
  }
  EXPECT_EQ(ask("GET", "/_mock/journal?follow=1").status, 200);
}

TEST_F(ControlApi, Resets) {
  ask("POST", "/_mock/sessions", R"({"id":"s"})");
  ask("POST", "/_mock/sessions", R"({"id":"t"})");
  EXPECT_EQ(ask("POST", "/_mock/reset", R"({"session":"s"})").status, 200);
  EXPECT_EQ(sessions_.names().size(), 2U);
  EXPECT_EQ(code(ask("POST", "/_mock/reset", R"({"session":"s"})")), "404 unknown_session");
  journal_.add({});
  EXPECT_EQ(ask("POST", "/_mock/reset").status, 200);
  EXPECT_EQ(sessions_.names().size(), 1U);
  EXPECT_EQ(journal_.size(), 0U);
}

TEST_F(ControlApi, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(code(ask("GET", "/_mock")), "404 unknown_path");
  EXPECT_EQ(code(ask("GET", "/_mock/nothing")), "404 unknown_path");
  EXPECT_EQ(code(ask("GET", "/_mock/sessions/s/nothing")), "404 unknown_path");
  EXPECT_EQ(code(ask("POST", "/_mock/sessions", R"({"ID":"s"})")), "400 invalid_request");
  EXPECT_EQ(code(ask("POST", "/_mock/sessions", R"({"id":"a/b"})")), "400 invalid_request");
  EXPECT_EQ(code(ask("POST", "/_mock/sessions", R"({"id":"s"})", "text/plain")),
            "415 json_expected");
  EXPECT_EQ(code(ask("POST", "/_mock/sessions", std::string(201, ' '))), "413 limit_reached");
}

TEST_F(ControlApi, NamesTheMethodsThatAreAllowed) {
  for (const auto& [method, target] :
       std::vector<std::pair<const char*, const char*>>{{"DELETE", "/_mock/sessions"},
                                                        {"POST", "/_mock/sessions/s"},
                                                        {"POST", "/_mock/sessions/s/journal"},
                                                        {"PUT", "/_mock/sessions/s/fixtures"},
                                                        {"GET", "/_mock/sessions/s/verify"},
                                                        {"GET", "/_mock/sessions/s/clock"},
                                                        {"GET", "/_mock/aliases/k"},
                                                        {"POST", "/_mock/journal"},
                                                        {"GET", "/_mock/reset"}}) {
    const http::Response refused = ask(method, target);
    EXPECT_EQ(code(refused), "405 method_not_allowed") << method << " " << target;
    EXPECT_EQ(refused.headers.back().first, "allow");
  }
}

TEST(ASessionsOwnKey, OpensItsJournalAndNothingElse) {
  Sessions sessions{SessionLimits{}};
  Journal journal{JournalLimits{}};
  const HandClock clock;
  Control control{sessions, journal, clock, {.token = "t0ken", .hosts = {}, .limits = {}}};
  const auto status = [&](std::string_view method, std::string_view target, std::string_view key) {
    const std::string bearer = "Bearer " + std::string(key);
    http::Request request;
    request.method = method;
    request.target = request.path = target;
    request.headers = {{"host", "mockllm:4010"}, {"authorization", bearer}};
    return std::get<http::Response>(control.handle(request, [] {})).status;
  };
  ASSERT_EQ(status("GET", "/_mock/sessions/r1.ship.1", "t0ken"), 404);

  EXPECT_NE(status("GET", "/_mock/sessions/r1.ship.1/journal", "sk-mock-r1.ship.1"), 401);
  EXPECT_EQ(status("GET", "/_mock/sessions/r1.ship.1/journal", "sk-mock-r1.ship.2"), 401);
  EXPECT_EQ(status("GET", "/_mock/sessions/default/journal", "sk-mock-default"), 401);
  EXPECT_EQ(status("DELETE", "/_mock/sessions/r1.ship.1", "sk-mock-r1.ship.1"), 401);
  EXPECT_EQ(status("POST", "/_mock/sessions/r1.ship.1/verify", "sk-mock-r1.ship.1"), 401);
  EXPECT_EQ(status("GET", "/_mock/journal", "sk-mock-r1.ship.1"), 401);
}

}  // namespace
}  // namespace mockllm
