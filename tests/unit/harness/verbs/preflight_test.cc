#include "harness/verbs/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/raw_server.h"
#include "tests/unit/harness/verbs/verb_fixture.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

const Reach kControl{"tcp://control:1", true, "accepts connections"};
const Reach kCanary{"tcp://canary:1", false, "no answer"};
const Reach kLlm{"tcp://llm:443", false, "no such host"};

Reach answering(Reach reach) {
  reach.answered = true;
  return reach;
}

Reach silent(Reach reach) {
  reach.answered = false;
  return reach;
}

TEST(Preflight, IsConfinedWhereOnlyTheControlAnswers) {
  EXPECT_EQ(judge_reach(kControl, kCanary, {kLlm, kLlm}).confinement, Confinement::kConfined);
}

TEST(Preflight, SaysThatAPolicyIsNotEnforcedWhereTheCanaryAnswers) {
  const Preflight preflight = judge_reach(kControl, answering(kCanary), {kLlm});
  EXPECT_EQ(preflight.confinement, Confinement::kNotEnforced);
  EXPECT_THAT(preflight.reason, HasSubstr("policy not enforced: the canary tcp://canary:1"));
}

TEST(Preflight, TakesSilenceForNoProofWhereTheControlIsSilentToo) {
  for (const Reach& canary : {kCanary, answering(kCanary)}) {
    const Preflight preflight = judge_reach(silent(kControl), canary, {kLlm});
    EXPECT_EQ(preflight.confinement, Confinement::kNothingShown);
    EXPECT_THAT(preflight.reason, HasSubstr("tcp://control:1"));
  }
}

TEST(Preflight, IsReachableWhereAnyLlmAnswersWhateverElseDoes) {
  for (const Reach& control : {kControl, silent(kControl)}) {
    for (const Reach& canary : {kCanary, answering(kCanary)}) {
      const Preflight preflight = judge_reach(control, canary, {kLlm, answering(kLlm)});
      EXPECT_EQ(preflight.confinement, Confinement::kReachable);
      EXPECT_THAT(preflight.reason, HasSubstr("tcp://llm:443 answers"));
    }
  }
}

class PreflightVerb : public VerbFixture {
 protected:
  PreflightOptions options(std::string control, std::string canary, std::string llm) {
    PreflightOptions options;
    options.control = std::move(control);
    options.canary = std::move(canary);
    options.llms = {std::move(llm)};
    options.timeout = std::chrono::milliseconds(250);
    return options;
  }

  support::RawServer server_{{}};
  std::string open_ = "tcp://" + server_.address();
  std::string closed_ = "tcp://127.0.0.1:1";  // nobody listens at a port of the system's first
};

TEST_F(PreflightVerb, EndsAsItJudges) {
  EXPECT_EQ(preflight_verb(options(open_, closed_, closed_), context()), 0);
  EXPECT_EQ(preflight_verb(options(open_, open_, closed_), context()), 10);
  EXPECT_EQ(preflight_verb(options(closed_, closed_, closed_), context()), 10);
  EXPECT_EQ(preflight_verb(options(open_, closed_, open_), context()), 11);

  EXPECT_EQ(out(), "confined\nnot enforced\nnothing shown\nreachable\n");
}

TEST_F(PreflightVerb, TellsEachAddress) {
  preflight_verb(options(open_, closed_, "tcp://llm.invalid:443"), context());

  EXPECT_THAT(err(), HasSubstr("answers: " + open_ + ": accepts connections\n"));
  EXPECT_THAT(err(), HasSubstr("silent:  " + closed_ + ": "));
  EXPECT_THAT(err(), HasSubstr("silent:  tcp://llm.invalid:443: "));
}

TEST_F(PreflightVerb, TellsMachinesAll) {
  preflight_verb(options(open_, closed_, closed_), context(true));

  EXPECT_EQ(json()["confinement"], "confined");
  EXPECT_EQ(json()["control"]["answered"], true);
  EXPECT_EQ(json()["canary"]["url"], closed_);
  EXPECT_EQ(json()["llms"].size(), 1);
}

TEST_F(PreflightVerb, RefusesWhatIsNoAddress) {
  for (const char* url :
       {"", "llm", "https://llm", "tcp://llm", "tcp://:443", "tcp://u:p@llm:443"}) {
    EXPECT_EQ(preflight_verb(options(open_, closed_, url), context()), 2) << url;
  }
  EXPECT_THAT(err(), HasSubstr("'https://llm' is no address to try, expected tcp://host:port"));
  EXPECT_EQ(out(), "");
}

}  // namespace
}  // namespace harness
