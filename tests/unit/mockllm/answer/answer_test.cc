#include "mockllm/answer/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/file.h"
#include "mockllm/session/sessions.h"

namespace mockllm {
namespace {

using testing::HasSubstr;

class NoHeaders final : public HeaderSource {
 public:
  [[nodiscard]] std::string_view header(std::string_view) const override { return {}; }
};

std::shared_ptr<const FixtureSet> fixtures(const std::string& user, const std::string& reply) {
  base::Result<std::shared_ptr<const FixtureSet>> set = parse_fixtures(
      "f.yaml", "drydock: fixtures/v1\nfixtures:\n  - name: n\n    match: {user: " + user +
                    "}\n    " + reply + "\n");
  EXPECT_TRUE(set) << (set ? "" : set.error().message);
  return *set;
}

class Deciding : public testing::Test {
 protected:
  Deciding() {
    prompt_.model = "m";
    prompt_.raw = R"({"messages":[{"role":"user","content":"hello"}]})";
    prompt_.messages.emplace_back().text = "hello";
    base::Result<std::shared_ptr<Cassettes>> opened =
        Cassettes::open((folder_.path() / "c").string(), *redact::Redactor::make({}, true));
    EXPECT_TRUE(opened);
    cassettes_ = *opened;
  }

  void record(std::string_view test) {
    Interaction interaction;
    interaction.chunks.push_back({std::chrono::microseconds(0), "recorded"});
    cassettes_->add(test, prompt_, interaction);
    EXPECT_TRUE(cassettes_->commit_all());
  }

  Decision decide(Mode mode, int ordinal = 0, const Session* session = nullptr) {
    return Answerer(mode, shared_, cassettes_)
        .decide(prompt_, NoHeaders(), session == nullptr ? session_ : *session, ordinal);
  }

  static std::string text_of(const Decision& decision) {
    const auto* answer = std::get_if<FixtureAnswer>(&decision);
    return answer == nullptr ? "no fixture" : answer->reply->choices.at(0).text.value_or("no text");
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("answer-");
  Prompt prompt_;
  Session session_{"r1.t.1"};
  std::shared_ptr<const FixtureSet> shared_ = fixtures("nothing", "reply: {text: never}");
  std::shared_ptr<Cassettes> cassettes_;
};

TEST_F(Deciding, TakesTheReplyOfTheOrdinalAndThenTheLast) {
  shared_ = fixtures("hello", "replies: [{text: one}, {text: two}]");
  EXPECT_EQ(text_of(decide(Mode::kReplay, 0)), "one");
  EXPECT_EQ(text_of(decide(Mode::kReplay, 1)), "two");
  EXPECT_EQ(text_of(decide(Mode::kReplay, 7)), "two");
}

TEST_F(Deciding, AsksTheSessionThenItsParentsThenAll) {
  const auto parent = std::make_shared<Session>("parent");
  Session child("child", parent);
  shared_ = fixtures("hello", "reply: {text: shared}");
  EXPECT_EQ(text_of(decide(Mode::kReplay, 0, &child)), "shared");
  parent->fixtures = {fixtures("hello", "reply: {text: parent}")};
  EXPECT_EQ(text_of(decide(Mode::kReplay, 0, &child)), "parent");
  child.fixtures = {fixtures("hello", "reply: {text: newer}"),
                    fixtures("hello", "reply: {text: older}")};
  EXPECT_EQ(text_of(decide(Mode::kReplay, 0, &child)), "newer");
}

TEST_F(Deciding, AsksCassettesAfterFixtures) {
  record("t");
  EXPECT_TRUE(std::holds_alternative<CassetteAnswer>(decide(Mode::kReplay)));
  EXPECT_TRUE(std::holds_alternative<CassetteAnswer>(decide(Mode::kPassthrough)));
  shared_ = fixtures("hello", "reply: {text: fixture}");
  EXPECT_EQ(text_of(decide(Mode::kReplay)), "fixture");
}

TEST_F(Deciding, FindsTheCassetteOfTheTestWhateverTheAttempt) {
  record("t");
  const Session other_attempt("r9.t.3");
  const Session other_test("r1.u.1");
  EXPECT_TRUE(std::holds_alternative<CassetteAnswer>(decide(Mode::kReplay, 0, &other_attempt)));
  EXPECT_TRUE(std::holds_alternative<MissAnswer>(decide(Mode::kReplay, 0, &other_test)));
}

TEST_F(Deciding, SaysWhatWouldHaveFitWhereNothingDoes) {
  const Decision decision = decide(Mode::kReplay);
  const MissAnswer& miss = std::get<MissAnswer>(decision);
  ASSERT_EQ(miss.nearest.size(), 1U);
  EXPECT_THAT(miss.nearest[0].source, HasSubstr("f.yaml#n"));
  EXPECT_THAT(miss.suggestion, HasSubstr("drydock: fixtures/v1"));
}

TEST_F(Deciding, NamesTheNearestOfAllSetsFirst) {
  session_.fixtures = {fixtures("hello, model: other", "reply: {text: x}"),
                       fixtures("a", "reply: {text: x}"), fixtures("b", "reply: {text: x}")};
  const Decision decision = decide(Mode::kReplay);
  const MissAnswer& miss = std::get<MissAnswer>(decision);
  ASSERT_EQ(miss.nearest.size(), 3U);
  EXPECT_GE(miss.nearest[0].score, miss.nearest[1].score);
  EXPECT_GT(miss.nearest[0].score, 0);
}

TEST_F(Deciding, GoesUpstreamAsTheModeSays) {
  EXPECT_TRUE(std::get<UpstreamAnswer>(decide(Mode::kRecord)).record);
  EXPECT_TRUE(std::get<UpstreamAnswer>(decide(Mode::kRecordMissing)).record);
  EXPECT_FALSE(std::get<UpstreamAnswer>(decide(Mode::kPassthrough)).record);
}

TEST_F(Deciding, RecordsFirstAndFillsGapsLast) {
  record("t");
  EXPECT_TRUE(std::holds_alternative<UpstreamAnswer>(decide(Mode::kRecord)));
  EXPECT_TRUE(std::holds_alternative<CassetteAnswer>(decide(Mode::kRecordMissing)));
}

TEST_F(Deciding, WorksWithoutCassettes) {
  cassettes_ = nullptr;
  EXPECT_TRUE(std::holds_alternative<MissAnswer>(decide(Mode::kReplay)));
}

TEST(TheAutoMode, IsNotSupportedYet) {
  EXPECT_FALSE(is_supported(Mode::kAuto));
  EXPECT_TRUE(is_supported(Mode::kReplay));
}

}  // namespace
}  // namespace mockllm
