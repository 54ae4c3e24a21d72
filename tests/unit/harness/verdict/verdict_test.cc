#include "harness/verdict/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace harness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

// A journal in the making.
class Story {
 public:
  Story() { tell(RunStarted{"r1", "story", "0", "mock", "event push", 0, 1}); }

  Story& tell(Event event) {
    Record record;
    record.seq = records_.size() + 1;
    record.at = "2026-11-22T10:00:00.000Z";
    record.event = std::move(event);
    records_.push_back(std::move(record));
    return *this;
  }

  // A list of tests "s/0", "s/1", ..., one for each outcome, each with one attempt.
  Story& tests(const std::vector<Outcome>& outcomes) {
    TestsListed list;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      TestCase test;
      test.suite = "s";
      test.name = std::to_string(i);
      list.tests.push_back(test);
    }
    list.listed = static_cast<std::int64_t>(outcomes.size());
    tell(list);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      attempt("s/" + std::to_string(i), 1, outcomes[i]);
    }
    return *this;
  }

  Story& attempt(const std::string& test, int number, Outcome outcome) {
    AttemptFinished event;
    event.test = test;
    event.attempt = number;
    event.outcome = outcome;
    event.reason = "because";
    return tell(event);
  }

  Verdict end() {
    tell(RunFinished{10, 0});
    return verdict();
  }

  [[nodiscard]] Verdict verdict() const { return decide(collect(records_)); }

  [[nodiscard]] const std::vector<Record>& records() const { return records_; }

 private:
  std::vector<Record> records_;
};

// The cases of a command are known only when it has run.
TEST(ACaseThatNoListHas, CountsLikeAnyOther) {
  Story story;
  story.tests({Outcome::kPassed}).tell(AttemptStarted{"s/found/later", 1, ""});

  EXPECT_EQ(story.verdict().count(Outcome::kVanished), 1) << "begun, and never ended";
  const Verdict verdict = story.attempt("s/found/later", 1, Outcome::kFailed).end();

  EXPECT_EQ(verdict.total, 2);
  EXPECT_EQ(verdict.exit_code, ExitCode::kTestsFailed);
}

struct OutcomeRow {
  Outcome outcome;
  ExitCode code;
};

class OneOutcome : public ::testing::TestWithParam<OutcomeRow> {};

TEST_P(OneOutcome, BesideAPassedTestDecides) {
  const Verdict verdict = Story().tests({Outcome::kPassed, GetParam().outcome}).end();

  EXPECT_EQ(verdict.exit_code, GetParam().code) << name_of(GetParam().outcome);
  EXPECT_EQ(verdict.word, word_of(GetParam().code));
  EXPECT_EQ(verdict.reasons.empty(), GetParam().code == ExitCode::kPassed);
}

INSTANTIATE_TEST_SUITE_P(Contract, OneOutcome,
                         ::testing::Values(OutcomeRow{Outcome::kPassed, ExitCode::kPassed},
                                           OutcomeRow{Outcome::kSkipped, ExitCode::kPassed},
                                           OutcomeRow{Outcome::kXfailed, ExitCode::kPassed},
                                           OutcomeRow{Outcome::kXpassed, ExitCode::kPassed},
                                           OutcomeRow{Outcome::kFlaky, ExitCode::kFlakyOnly},
                                           OutcomeRow{Outcome::kFailed, ExitCode::kTestsFailed},
                                           OutcomeRow{Outcome::kCrashed, ExitCode::kTestsFailed},
                                           OutcomeRow{Outcome::kTimedOut, ExitCode::kTestsFailed},
                                           OutcomeRow{Outcome::kVanished, ExitCode::kTestsFailed},
                                           OutcomeRow{Outcome::kNotRun, ExitCode::kTestsFailed},
                                           OutcomeRow{Outcome::kLlmMiss, ExitCode::kTestsFailed},
                                           OutcomeRow{Outcome::kEnvironment,
                                                      ExitCode::kServiceNotReady}));

TEST(Verdict, EnvironmentIsNotTheWholeTruthWhereATestFailedToo) {
  EXPECT_EQ(Story().tests({Outcome::kEnvironment, Outcome::kFailed}).end().exit_code,
            ExitCode::kTestsFailed);
}

TEST(Verdict, AListedTestWithoutAnOutcomeIsRed) {
  Story story;
  TestsListed list;
  list.tests.emplace_back();
  list.listed = 1;

  const Verdict verdict = story.tell(list).end();

  EXPECT_EQ(verdict.exit_code, ExitCode::kTestsFailed);
  EXPECT_EQ(verdict.count(Outcome::kNotRun), 1);
}

TEST(Verdict, AJournalWithoutAnEndIsAnInternalError) {
  EXPECT_EQ(Story().tests({Outcome::kPassed}).verdict().exit_code, ExitCode::kInternalError);
}

// What a killed harness leaves: the journal says that a test began, and no more.
TEST(Verdict, ATestThatBeganAndDidNotEndIsRedAndSaidToBeNotFinished) {
  Story story;
  story.tests({Outcome::kPassed, Outcome::kPassed}).tell(AttemptStarted{"s/1", 2, ""});

  const RunResults results = collect(story.records());

  ASSERT_EQ(results.tests.size(), 2U);
  EXPECT_EQ(results.tests[0].outcome, Outcome::kPassed);
  EXPECT_EQ(results.tests[1].outcome, Outcome::kVanished);
  EXPECT_EQ(results.tests[1].reason.find(kNotFinished), 0U) << results.tests[1].reason;
  EXPECT_EQ(results.tests[1].attempts.size(), 2U);
  EXPECT_EQ(results.tests[1].times.size(), 2U);
  EXPECT_EQ(decide(results).exit_code, ExitCode::kInternalError);
  EXPECT_EQ(story.end().exit_code, ExitCode::kTestsFailed);  // nor does an end make it green
}

// --fail-fast may leave out a test's next attempt; the one that failed stays what it is.
TEST(Verdict, AFailedTestWhoseRetryWasLeftOutIsRed) {
  Story story;
  story.tests({Outcome::kFailed}).tell(TestNotRun{"s/0", "stopped", true});

  EXPECT_EQ(story.end().exit_code, ExitCode::kTestsFailed);
  EXPECT_FALSE(collect(story.records()).tests[0].by_fail_fast);
}

TEST(Results, KnowWhenEachAttemptWas) {
  const auto at = [](std::uint64_t seq, double mono_ms, Event event) {
    return Record{seq, "2026-11-22T10:00:00.000Z", mono_ms, std::move(event)};
  };
  TestsListed list;
  list.tests.push_back({"s", "0"});
  AttemptFinished finished;
  finished.test = "s/0";
  finished.duration_ms = 250;

  const RunResults results =
      collect({at(1, 0, RunStarted{}), at(2, 90, PhaseFinished{"list", "", 40}), at(3, 91, list),
               at(4, 100, AttemptStarted{"s/0", 1, ""}), at(5, 400, finished)});

  ASSERT_EQ(results.tests[0].times.size(), 1U);
  EXPECT_EQ(results.tests[0].times[0].started_ms, 100);
  EXPECT_EQ(results.tests[0].times[0].ended_ms, 350);
  ASSERT_EQ(results.phase_times.size(), 1U);
  EXPECT_EQ(results.phase_times[0].started_ms, 50);
  EXPECT_EQ(results.duration_ms, 400);  // as far as the journal goes
}

TEST(Verdict, NothingIsNeverGreen) {
  EXPECT_EQ(Story().tests({}).end().exit_code, ExitCode::kNothingToRun);
}

TEST(Verdict, AnEmptySuiteBesideAFullOneIsSaid) {
  TestsListed list;
  list.tests.emplace_back();
  list.listed = 1;
  list.empty_suites = {"hollow"};
  Story story;

  const Verdict verdict = story.tell(list).attempt("/", 1, Outcome::kPassed).end();

  EXPECT_EQ(verdict.exit_code, ExitCode::kNothingToRun);
  EXPECT_THAT(verdict.reasons, ElementsAre("suite hollow lists no test"));
}

TEST(Verdict, AShardMayHaveNothingToDo) {
  Story story;
  story.tell(RunStarted{"r1", "story", "0", "mock", "", 1, 2});
  TestsListed list;
  list.listed = 5;

  EXPECT_EQ(story.tell(list).end().exit_code, ExitCode::kPassed);
}

TEST(Verdict, ASuiteThatCannotBeListedIsACase) {
  const Verdict beside = Story()
                             .tell(DiscoveryFailed{"x", "bin/x", "no such file", ""})
                             .tests({Outcome::kPassed})
                             .end();
  const Verdict alone =
      Story().tell(DiscoveryFailed{"x", "bin/x", "no such file", ""}).tests({}).end();

  EXPECT_EQ(beside.exit_code, ExitCode::kTestsFailed);
  EXPECT_EQ(beside.total, 2);
  EXPECT_EQ(alone.exit_code, ExitCode::kNothingListed);
  EXPECT_EQ(alone.count(Outcome::kDiscoveryError), 1);
}

TEST(Verdict, APassAfterAFailureIsFlakyAndNeverSilent) {
  const Verdict verdict =
      Story().tests({Outcome::kFailed}).attempt("s/0", 2, Outcome::kPassed).end();

  EXPECT_EQ(verdict.exit_code, ExitCode::kFlakyOnly);
  EXPECT_EQ(verdict.count(Outcome::kFlaky), 1);
}

TEST(Verdict, ALateMissTurnsAnAttempt) {
  Story story;
  story.tests({Outcome::kPassed})
      .tell(AttemptRevised{"s/0", 1, Outcome::kLlmMiss, "late", {}, 1, 1});

  const Verdict verdict = story.end();

  EXPECT_EQ(verdict.exit_code, ExitCode::kTestsFailed);
  EXPECT_EQ(verdict.misses, 1);
  EXPECT_THAT(verdict.reasons, Contains("1 call without a fixture"));
}

TEST(Verdict, CallsThatNobodyOwnsAreRedUnlessOnlyAWarning) {
  const UnattributedCalls red{"default", {}, 2, 0, false};
  const UnattributedCalls warning{"default", {}, 2, 0, true};
  const UnattributedCalls at_start{"r1.start.0", {}, 1, 1, false};

  EXPECT_EQ(Story().tests({Outcome::kPassed}).tell(red).end().exit_code, ExitCode::kTestsFailed);
  EXPECT_EQ(Story().tests({Outcome::kPassed}).tell(warning).end().exit_code, ExitCode::kPassed);
  EXPECT_EQ(Story().tests({Outcome::kPassed}).tell(at_start).end().exit_code,
            ExitCode::kTestsFailed);
}

TEST(Verdict, NotRunIsNotRedUnderFailFast) {
  TestsListed list;
  for (const char* name : {"a", "b"}) {
    TestCase test;
    test.suite = "s";
    test.name = name;
    list.tests.push_back(test);
  }
  list.listed = 2;
  Story story;
  story.tell(list).attempt("s/a", 1, Outcome::kFailed).tell(TestNotRun{"s/b", "stopped", true});

  EXPECT_THAT(story.end().reasons, ElementsAre("1 test failed"));
}

TEST(Precedence, IsThatOfTheContract) {
  const auto code = [](Event event) {
    Story story;
    return story.tests({Outcome::kFailed})
        .tell(RunInterrupted{"SIGTERM", false})
        .tell(std::move(event))
        .end()
        .exit_code;
  };

  EXPECT_EQ(code(RunFailed{30, "bug"}), ExitCode::kInternalError);
  EXPECT_EQ(code(RunFailed{12, "sql"}), ExitCode::kInterrupted);
  EXPECT_EQ(code(RunInterrupted{"limit", true}), ExitCode::kInterrupted);
  EXPECT_EQ(Story().tests({Outcome::kFailed}).tell(RunInterrupted{"limit", true}).end().exit_code,
            ExitCode::kOutOfTime);
  EXPECT_EQ(Story().tell(RunFailed{13, "x"}).tell(RunFailed{12, "y"}).end().exit_code,
            ExitCode::kSecretMissing);
  EXPECT_EQ(Story().tell(ServiceFailed{"db", "wrong password", "", 11}).end().exit_code,
            ExitCode::kServiceRefused);
  EXPECT_EQ(Story().tell(ServiceFailed{"db", "refused", "", 10}).end().exit_code,
            ExitCode::kServiceNotReady);
}

// The journal is the truth: what is written and read back decides the same.
TEST(Verdict, IsTheSameOutOfTheWrittenJournal) {
  Story story;
  story.tests({Outcome::kPassed, Outcome::kFailed, Outcome::kLlmMiss})
      .tell(DiscoveryFailed{"x", "bin/x", "gone", "text\xff"})
      .tell(UnattributedCalls{"default", {LlmCall{}}, 1, 0, true});
  const Verdict verdict = story.end();
  std::vector<Record> read;
  for (const Record& record : story.records()) {
    base::Result<Record> back = record_from_json(to_json(record));
    ASSERT_TRUE(back);
    read.push_back(*back);
  }

  EXPECT_EQ(to_json(decide(collect(read)), collect(read), "x"),
            to_json(verdict, collect(story.records()), "x"));
}

TEST(VerdictJson, HasTheContractsKeys) {
  Story story;
  story.tests({Outcome::kPassed});
  const Verdict verdict = story.end();

  const auto json = nlohmann::json::parse(to_json(verdict, collect(story.records()), "abc"));

  for (const char* key : {"drydock", "run", "verdict", "exit_code", "reasons", "counts", "llm",
                          "shard", "list_sha256", "journal_sha256", "started", "duration_ms"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["counts"].size(), kOutcomes.size() + 1);
  EXPECT_EQ(json["llm"]["mode"], "mock");
}

}  // namespace
}  // namespace harness
