#include "mockllm/journal/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mockllm {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

Call call_of(std::string session, std::string request = "{}") {
  Call call;
  call.session = std::move(session);
  call.request = std::move(request);
  return call;
}

std::vector<std::uint64_t> seqs(const Journal& journal, std::string_view session) {
  std::vector<std::uint64_t> found;
  journal.visit(session, [&](const Call& call) { found.push_back(call.seq); });
  return found;
}

TEST(AJournal, NumbersItsCalls) {
  Journal journal({});
  EXPECT_EQ(journal.add(call_of("a")), 1U);
  EXPECT_EQ(journal.add(call_of("b")), 2U);
  EXPECT_EQ(journal.find(2)->session, "b");
  EXPECT_EQ(journal.find(3), nullptr);
}

TEST(AJournal, ShowsOneSessionOrAll) {
  Journal journal({});
  journal.add(call_of("a"));
  journal.add(call_of("b"));
  journal.add(call_of("a"));

  EXPECT_THAT(seqs(journal, "a"), ElementsAre(1, 3));
  EXPECT_THAT(seqs(journal, ""), ElementsAre(1, 2, 3));
  const json shown = json::parse(journal.to_json("a"));
  EXPECT_EQ(shown["calls"].size(), 2U);
  EXPECT_EQ(shown["dropped"], 0);
  EXPECT_EQ(journal.to_json("nobody"), R"({"calls":[],"dropped":0})");
}

TEST(AFullJournal, DropsTheOldestAndCountsThem) {
  Journal journal({.calls_max = 2});
  journal.add(call_of("a"));
  journal.add(call_of("b"));
  journal.add(call_of("b"));

  EXPECT_THAT(seqs(journal, ""), ElementsAre(2, 3));
  EXPECT_EQ(journal.dropped(), 1U);
  EXPECT_EQ(journal.dropped("a"), 1U);
  EXPECT_EQ(journal.dropped("b"), 0U);
  EXPECT_EQ(journal.find(1), nullptr);
  journal.finish(1, [](Call&) {});
}

TEST(AFullJournal, IsFullByItsBytesToo) {
  Journal journal({.calls_max = 100, .bytes_max = 10'000});
  for (int i = 0; i < 10; ++i) {
    journal.add(call_of("a", std::string(4'000, 'x')));
  }
  EXPECT_LE(journal.size(), 2U);
  EXPECT_GE(journal.size(), 1U);
}

TEST(AFullJournal, KeepsTheNewestCallHoweverLarge) {
  Journal journal({.calls_max = 100, .bytes_max = 10});
  const std::uint64_t seq = journal.add(call_of("a", std::string(1'000, 'x')));
  EXPECT_NE(journal.find(seq), nullptr);
}

TEST(AnErasedSession, LeavesTheOthers) {
  Journal journal({});
  journal.add(call_of("a"));
  journal.add(call_of("b"));
  journal.add(call_of("a"));
  journal.erase("a");
  EXPECT_THAT(seqs(journal, ""), ElementsAre(2));
  EXPECT_EQ(journal.find(2)->seq, 2U);
  EXPECT_EQ(journal.add(call_of("c")), 4U);
}

TEST(AFinishedCall, IsTold) {
  Journal journal({});
  std::vector<std::string> told;
  const std::uint64_t id = journal.follow([&](const std::string& call) { told.push_back(call); });
  const std::uint64_t seq = journal.add(call_of("a"));
  EXPECT_TRUE(told.empty());

  journal.finish(seq, [](Call&) {});
  EXPECT_FALSE(journal.find(seq)->open);
  journal.unfollow(id);
  journal.finish(journal.add(call_of("a")), [](Call&) {});

  EXPECT_THAT(told, ElementsAre(HasSubstr("\"seq\":1")));
}

TEST(AFollower, MayLeaveOrSendAwayAnotherWhileItIsTold) {
  Journal journal({});
  int told = 0;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  first = journal.follow([&](const std::string&) {
    ++told;
    journal.unfollow(first);
    journal.unfollow(second);
  });
  second = journal.follow([&](const std::string&) { ++told; });
  journal.finish(journal.add(call_of("a")), [](Call&) {});
  journal.finish(journal.add(call_of("a")), [](Call&) {});
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace mockllm
