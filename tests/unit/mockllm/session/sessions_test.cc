#include "mockllm/session/sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace mockllm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<MessageView> messages(std::initializer_list<std::uint64_t> hashes) {
  std::vector<MessageView> list;
  for (const std::uint64_t hash : hashes) {
    list.emplace_back().hash = hash;
  }
  return list;
}

std::string selected(Sessions& sessions, const SelectionInput& input) {
  base::Result<Sessions::Selection> selection = sessions.select(input, {});
  if (!selection) {
    return selection.error().message;
  }
  return selection->session->name() + " by " + std::string(name_of(selection->selected_by));
}

TEST(SelectingASession, TakesTheFirstThatNamesOne) {
  Sessions sessions({});
  ASSERT_TRUE(sessions.point_alias("app-key", "r1.a.1", false));

  EXPECT_EQ(selected(sessions, {"p", "", "", "app-key"}), "p by prefix");
  EXPECT_EQ(selected(sessions, {"", "h", "", "app-key"}), "h by header");
  EXPECT_EQ(selected(sessions, {"", "", "mockllm.session=b", "app-key"}), "b by baggage");
  EXPECT_EQ(selected(sessions, {"", "", "", "sk-mock-k"}), "k by key");
  EXPECT_EQ(selected(sessions, {"", "", "", "app-key"}), "r1.a.1 by alias");
  EXPECT_EQ(selected(sessions, {"", "", "", "other-key"}), "default by default");
  EXPECT_EQ(selected(sessions, {}), "default by default");
}

TEST(SelectingASession, GoesByThePrefixWhereAllAgree) {
  Sessions sessions({});
  EXPECT_EQ(selected(sessions, {"s", "s", "mockllm.session=s", "sk-mock-s"}), "s by prefix");
  EXPECT_EQ(selected(sessions, {"", "s", "", "sk-mock-s"}), "s by header");
}

TEST(SelectingASession, IsRefusedWhereTwoDisagree) {
  Sessions sessions({});

  EXPECT_THAT(selected(sessions, {"a", "b", "", ""}), StartsWith("session_conflict: "));
  EXPECT_THAT(selected(sessions, {"a", "", "mockllm.session=b", ""}),
              StartsWith("session_conflict: "));
  EXPECT_THAT(selected(sessions, {"", "", "mockllm.session=b", "sk-mock-c"}),
              StartsWith("session_conflict: "));
  EXPECT_THAT(selected(sessions, {"a", "a", "", "sk-mock-c"}), HasSubstr("the key names c"));
}

TEST(SelectingASession, IsRefusedWhereANameIsNone) {
  Sessions sessions({});
  EXPECT_THAT(selected(sessions, {"", "a b", "", ""}),
              HasSubstr("session name \"a b\" of the header"));
  EXPECT_THAT(selected(sessions, {"..", "", "", ""}), HasSubstr("of the prefix"));
  EXPECT_THAT(sessions.names(), ElementsAre("default"));
}

TEST(Baggage, IsReadAmongOtherMembersAndProperties) {
  Sessions sessions({});

  EXPECT_EQ(selected(sessions, {"", "", "user=1;p=2, mockllm.session = s1 ;ttl=3,x=y", ""}),
            "s1 by baggage");
  EXPECT_EQ(selected(sessions, {"", "", "mockllm.session=a%2Eb", ""}), "a.b by baggage");
  EXPECT_EQ(selected(sessions, {"", "", "mockllm.sessions=s1,=,;,", ""}), "default by default");
}

TEST(AnOpenCall, IsInFlightUntilItEnds) {
  Sessions sessions({});
  Sessions::Selection selection = *sessions.select({"s", "", "", ""}, {});
  const std::shared_ptr<Session> session = selection.session;
  EXPECT_EQ(session->calls_in_flight, 1);

  OpenCall moved = std::move(selection.open);
  selection = {};
  EXPECT_EQ(session->calls_in_flight, 1);

  moved.end();
  moved.end();
  EXPECT_EQ(session->calls_in_flight, 0);
  EXPECT_EQ(session->calls_total, 1U);
}

class AnAlias : public testing::Test {
 protected:
  AnAlias() { EXPECT_TRUE(sessions_.point_alias("key", "r1.a.1", false)); }

  Sessions::Selection call(std::initializer_list<std::uint64_t> hashes) {
    return *sessions_.select({"", "", "", "key"}, messages(hashes));
  }

  Sessions sessions_{SessionLimits{}};
};

TEST_F(AnAlias, MovesWhenNothingIsInFlight) {
  { const Sessions::Selection done = call({1}); }

  ASSERT_TRUE(sessions_.point_alias("key", "r1.b.1", false));

  EXPECT_EQ(call({9}).session->name(), "r1.b.1");
}

TEST_F(AnAlias, StaysWhileACallIsInFlight) {
  const Sessions::Selection open = call({1});

  const base::Result<void> moved = sessions_.point_alias("key", "r1.b.1", false);

  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(moved.error().message, StartsWith("alias_busy"));
  EXPECT_EQ(call({9}).session->name(), "r1.a.1");
}

TEST_F(AnAlias, IsNotHeldUpByCallsThatCameAnotherWay) {
  const Sessions::Selection open = *sessions_.select({"r1.a.1", "", "", "key"}, {});
  EXPECT_TRUE(sessions_.point_alias("key", "r1.b.1", false));
}

TEST_F(AnAlias, WakesWhoWaitsWhenTheLastCallEnds) {
  int woken = 0;
  Sessions::Selection first = call({1});
  Sessions::Selection second = call({2});
  sessions_.tenure_of("key")->waiting.emplace_back([&] { ++woken; });

  first.open.end();
  EXPECT_EQ(woken, 0);
  second.open.end();
  EXPECT_EQ(woken, 1);
}

TEST_F(AnAlias, MovedByForceLeavesOpenCallsWithTheFormerAttempt) {
  const Sessions::Selection stuck = call({1});

  ASSERT_TRUE(sessions_.point_alias("key", "r1.b.1", true));

  EXPECT_EQ(stuck.session->name(), "r1.a.1");
  EXPECT_EQ(stuck.session->calls_in_flight, 1);
  EXPECT_TRUE(sessions_.point_alias("key", "r1.c.1", false)) << "a stuck call holds up nobody else";
}

TEST_F(AnAlias, GivesALateCallToTheFormerSessionThatItContinues) {
  { const Sessions::Selection done = call({1, 2}); }
  ASSERT_TRUE(sessions_.point_alias("key", "r1.b.1", false));

  EXPECT_EQ(call({1, 2, 3}).session->name(), "r1.a.1");
  EXPECT_EQ(call({1, 2}).session->name(), "r1.b.1")
      << "the same question again is a new conversation";
  EXPECT_EQ(call({5}).session->name(), "r1.b.1");
}

TEST_F(AnAlias, KeepsACallThatContinuesTheCurrentSessionToo) {
  { const Sessions::Selection done = call({1, 2}); }
  ASSERT_TRUE(sessions_.point_alias("key", "r1.b.1", false));
  { const Sessions::Selection same_question = call({1, 2}); }

  EXPECT_EQ(call({1, 2, 3}).session->name(), "r1.b.1");
}

TEST_F(AnAlias, IsNotHeldUpByALateCall) {
  { const Sessions::Selection done = call({1, 2}); }
  ASSERT_TRUE(sessions_.point_alias("key", "r1.b.1", false));
  const Sessions::Selection late = call({1, 2, 3});

  EXPECT_TRUE(sessions_.point_alias("key", "r1.c.1", false));
}

TEST_F(AnAlias, PointedAtItsOwnSessionStays) {
  const Sessions::Selection open = call({1});
  EXPECT_TRUE(sessions_.point_alias("key", "r1.a.1", false));
  EXPECT_EQ(sessions_.tenure_of("key")->calls_in_flight, 1);
}

TEST_F(AnAlias, IsGoneAfterItIsErased) {
  EXPECT_TRUE(sessions_.erase_alias("key"));
  EXPECT_FALSE(sessions_.erase_alias("key"));
  EXPECT_EQ(call({1}).session->name(), "default");
}

TEST_F(AnAlias, KeepsItsSessionWhenThatIsErased) {
  { const Sessions::Selection done = call({1}); }

  ASSERT_TRUE(sessions_.erase("r1.a.1"));

  const Sessions::Selection late = call({2});
  EXPECT_EQ(late.session->name(), "r1.a.1");
  EXPECT_EQ(late.session->calls_total, 1U) << "emptied";
  EXPECT_EQ(late.session, sessions_.find("r1.a.1"));
}

TEST(AliasKeys, AreRefusedWhereTheyAreNone) {
  Sessions sessions({});
  EXPECT_FALSE(sessions.point_alias("", "s", false));
  EXPECT_FALSE(sessions.point_alias("a b", "s", false));
  EXPECT_FALSE(sessions.point_alias("sk-mock-s", "s", false));
  EXPECT_FALSE(sessions.point_alias(std::string(257, 'k'), "s", false));
  EXPECT_FALSE(sessions.point_alias("key", "no name", false));
}

TEST(AliasKeys, AreLimited) {
  Sessions sessions({.sessions_max = 10, .aliases_max = 1, .hashes_max = 10});
  ASSERT_TRUE(sessions.point_alias("a", "s", false));

  const base::Result<void> second = sessions.point_alias("b", "s", false);

  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, StartsWith("aliases_max"));
  EXPECT_TRUE(sessions.point_alias("a", "t", false));
}

TEST(Sessions, AreMadeOnce) {
  Sessions sessions({});
  const std::shared_ptr<Session> made = *sessions.make("s", "");

  EXPECT_EQ(*sessions.make("s", ""), made);
  EXPECT_EQ(sessions.find("s"), made);
  EXPECT_EQ(sessions.find("t"), nullptr);
  EXPECT_FALSE(sessions.make("not a name", ""));
}

TEST(Sessions, HaveAParentThatIsThere) {
  Sessions sessions({});
  const std::shared_ptr<Session> parent = *sessions.make("parent", "");

  EXPECT_EQ((*sessions.make("child", "parent"))->parent(), parent);
  EXPECT_FALSE(sessions.make("orphan", "nobody"));
  EXPECT_FALSE(sessions.make("parent", "child")) << "a circle";
}

TEST(Sessions, StandAboveEachOtherOnlySoOften) {
  Sessions sessions({});
  std::string above;
  bool made = true;
  int depth = 0;
  for (; made && depth < 100; ++depth) {
    const std::string name = "s" + std::to_string(depth);
    made = sessions.make(name, above).has_value();
    above = name;
  }
  EXPECT_EQ(depth, Sessions::kParentsMax + 2);
}

TEST(TooManySessions, MakeTheLongestUnusedGo) {
  Sessions sessions({.sessions_max = 2, .aliases_max = 10, .hashes_max = 10});
  ASSERT_EQ(selected(sessions, {"a", "", "", ""}), "a by prefix");
  ASSERT_EQ(selected(sessions, {"b", "", "", ""}), "b by prefix");
  ASSERT_EQ(selected(sessions, {"a", "", "", ""}), "a by prefix");

  EXPECT_EQ(selected(sessions, {"c", "", "", ""}), "c by prefix");

  EXPECT_THAT(sessions.names(), ElementsAre("a", "c", "default"));
}

TEST(TooManySessions, SpareThoseInUse) {
  Sessions sessions({.sessions_max = 2, .aliases_max = 10, .hashes_max = 10});
  ASSERT_TRUE(sessions.point_alias("key", "aliased", false));
  const Sessions::Selection open = *sessions.select({"open", "", "", ""}, {});

  EXPECT_THAT(selected(sessions, {"c", "", "", ""}), StartsWith("sessions_max"));
  EXPECT_EQ(selected(sessions, {}), "default by default");
}

TEST(Reset, LeavesAnEmptyDefault) {
  Sessions sessions({});
  ASSERT_TRUE(sessions.point_alias("key", "s", false));
  ASSERT_EQ(selected(sessions, {}), "default by default");

  sessions.reset();

  EXPECT_THAT(sessions.names(), ElementsAre("default"));
  EXPECT_EQ(sessions.find("default")->calls_total, 0U);
  EXPECT_EQ(selected(sessions, {"", "", "", "key"}), "default by default");
}

TEST(Reset, LetsOpenCallsEnd) {
  Sessions sessions({});
  Sessions::Selection open = *sessions.select({"s", "", "", ""}, {});
  sessions.reset();
  open.open.end();
  EXPECT_EQ(open.session->calls_in_flight, 0);
}

}  // namespace
}  // namespace mockllm
