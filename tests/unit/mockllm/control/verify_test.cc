#include "mockllm/control/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockllm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Verifying : public testing::Test {
 protected:
  Verifying() {
    call("s", Outcome::kFixture, {"get_weather"}, 10);
    call("s", Outcome::kMiss, {}, 0);
    call("s", Outcome::kFixture, {"save", "notify"}, 20);
    call("other", Outcome::kFixture, {"drop_table"}, 5);
  }

  void call(const std::string& session, Outcome outcome, const std::vector<std::string>& tools,
            int tokens) {
    auto reply = std::make_shared<Reply>();
    reply->choices.emplace_back();
    for (const std::string& tool : tools) {
      reply->choices[0].tool_calls.push_back({"", tool, "{}"});
    }
    Call made;
    made.session = session;
    made.outcome = outcome;
    made.reply = std::move(reply);
    made.usage = Usage{1, tokens, 0, 0};
    journal_.add(std::move(made));
  }

  std::vector<std::string> failures(std::string_view body) {
    base::Result<std::vector<std::string>> result = verify(body, journal_, "s");
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    return *std::move(result);
  }

  Journal journal_{JournalLimits{.calls_max = 4}};
};

TEST_F(Verifying, HoldsWhereEverythingIsAsExpected) {
  EXPECT_THAT(failures("{}"), IsEmpty());
  EXPECT_THAT(
      failures(
          R"({"calls":3,"calls_min":3,"calls_max":3,"misses":1,"outcomes":{"fixture":2,"auto":0},
                           "tools_called":["get_weather","notify"],"tools_forbidden":["drop_table"],
                           "output_tokens_max":30})"),
      IsEmpty());
}

TEST_F(Verifying, NamesEachFailure) {
  EXPECT_THAT(failures(R"({"calls":2,"misses":0})"),
              ElementsAre("calls: expected 2, got 3", "misses: expected 0, got 1"));
  EXPECT_THAT(failures(R"({"calls_min":4})"), ElementsAre("calls_min: expected at least 4, got 3"));
  EXPECT_THAT(failures(R"({"calls_max":2})"), ElementsAre("calls_max: expected at most 2, got 3"));
  EXPECT_THAT(failures(R"({"outcomes":{"fixture":3}})"),
              ElementsAre("outcomes.fixture: expected 3, got 2"));
  EXPECT_THAT(failures(R"({"output_tokens_max":29})"),
              ElementsAre(HasSubstr("at most 29, got 30")));
  EXPECT_THAT(failures(R"({"tools_forbidden":["save"]})"),
              ElementsAre(HasSubstr("save was called 1 times")));
}

TEST_F(Verifying, AsksForToolsInTheirOrder) {
  EXPECT_THAT(failures(R"({"tools_called":["notify","save"]})"),
              ElementsAre(HasSubstr("in this order")));
  EXPECT_THAT(failures(R"({"tools_called":["save","save"]})"),
              ElementsAre(HasSubstr("in this order")));
}

TEST_F(Verifying, FailsWhereCallsFellOutOfTheJournal) {
  call("s", Outcome::kFixture, {}, 0);
  EXPECT_THAT(failures(R"({"calls":3})"),
              ElementsAre(HasSubstr("1 calls of this session fell out")));
}

TEST_F(Verifying, RefusesWhatItDoesNotKnow) {
  EXPECT_FALSE(verify(R"({"call":1})", journal_, "s"));
  EXPECT_FALSE(verify(R"({"calls":"1"})", journal_, "s"));
  EXPECT_FALSE(verify(R"({"outcomes":{"fixtures":1}})", journal_, "s"));
  EXPECT_FALSE(verify("no", journal_, "s"));
}

}  // namespace
}  // namespace mockllm
