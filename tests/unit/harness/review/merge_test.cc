#include "harness/review/merge.h"

#include <gmock/gmock.h>

#include "harness/verdict/verdict.h"
#include "tests/unit/harness/review/runs.h"

namespace harness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Shard `index` of `count`, which runs `here` and leaves `elsewhere` to others.
Story shard_of(int index, int count, const std::vector<std::string>& here,
               const std::vector<std::string>& elsewhere) {
  Story story(index, count);
  TestsListed list;
  for (const std::string& name : here) {
    list.tests.push_back({"s", name});
  }
  for (const std::string& name : elsewhere) {
    list.elsewhere.push_back("s/" + name);
  }
  list.listed = static_cast<std::int64_t>(here.size() + elsewhere.size());
  list.list_sha256 = "one list";
  story.tell(list);
  for (const std::string& name : here) {
    story.tell(AttemptStarted{"s/" + name, 1, ""}).ends(name, Outcome::kPassed);
  }
  return story;
}

PastRun past(const Story& story, const std::string& directory = "d") {
  PastRun run;
  run.directory = directory;
  run.records = story.records();
  run.results = collect(run.records);
  return run;
}

Story finished(Story story, std::int64_t llm_calls = 1) {
  story.tell(RunFinished{10, llm_calls});
  return story;
}

Verdict verdict_of(const MergedRun& run) {
  return decide(collect(run.records));
}

TEST(Merge, OfShardsThatAddUpIsOneRun) {
  const MergedRun run = merge({past(finished(shard_of(0, 2, {"a", "b"}, {"c"}))),
                               past(finished(shard_of(1, 2, {"c"}, {"a", "b"})))},
                              {});

  EXPECT_THAT(run.mistakes, IsEmpty());
  EXPECT_THAT(run.folders, ElementsAre("shards/0", "shards/1"));
  const RunResults results = collect(run.records);
  EXPECT_EQ(results.tests.size(), 3U);
  EXPECT_EQ(results.start.shard_count, 1);
  EXPECT_EQ(results.llm_calls, 2);
  EXPECT_EQ(verdict_of(run).exit_code, ExitCode::kPassed);
}

// It is a journal like any other: its records are numbered, and each can be read back.
TEST(Merge, IsAJournal) {
  const MergedRun run = merge(
      {past(finished(shard_of(0, 2, {"a"}, {"b"}))), past(finished(shard_of(1, 2, {"b"}, {"a"})))},
      {});

  for (std::size_t i = 0; i < run.records.size(); ++i) {
    EXPECT_EQ(run.records[i].seq, i + 1);
    EXPECT_TRUE(record_from_json(to_json(run.records[i])));
  }
}

TEST(Merge, NamesTheTestsOfAMissingShard) {
  const MergedRun run = merge({past(finished(shard_of(0, 3, {"a"}, {"b", "c"}))),
                               past(finished(shard_of(2, 3, {"c"}, {"a", "b"})))},
                              {});

  EXPECT_THAT(run.mistakes, ElementsAre("shard 1 of 3 is missing", "in no shard: s/b"));
  const RunResults results = collect(run.records);
  ASSERT_EQ(results.tests.size(), 3U);
  EXPECT_EQ(results.tests[2].test.id(), "s/b");
  EXPECT_EQ(results.tests[2].outcome, Outcome::kNotRun);
  EXPECT_EQ(verdict_of(run).exit_code, ExitCode::kShardsDoNotAddUp);
}

TEST(Merge, OfAShardTwiceDoesNotAddUp) {
  const PastRun first = past(finished(shard_of(0, 2, {"a"}, {"b"})));
  const MergedRun run = merge({first, first, past(finished(shard_of(1, 2, {"b"}, {"a"})))}, {});

  EXPECT_THAT(run.mistakes,
              ElementsAre("shard 0 is there more than once", "in more than one shard: s/a"));
  EXPECT_THAT(run.folders, ElementsAre("shards/0", "shards/0-2", "shards/1"));
  EXPECT_EQ(verdict_of(run).exit_code, ExitCode::kShardsDoNotAddUp);
}

TEST(Merge, OfDifferentRunsDoesNotAddUp) {
  PastRun other_list = past(finished(shard_of(1, 2, {"b"}, {"a"})));
  other_list.results.list.list_sha256 = "another list";
  const PastRun other_filter = past(finished(shard_of(1, 2, {"b"}, {"a", "z"})));
  const PastRun other_count = past(finished(shard_of(1, 3, {"b"}, {"a"})), "e");
  const PastRun first = past(finished(shard_of(0, 2, {"a"}, {"b"})));

  PastRun other_durations = past(finished(shard_of(1, 2, {"b"}, {"a"})));
  other_durations.results.list.durations_sha256 = "other durations";

  EXPECT_THAT(merge({first, other_durations}, {}).mistakes,
              ElementsAre("shard 1 was divided by other recorded durations than shard 0: give "
                          "every shard the same --durations"));
  EXPECT_THAT(merge({first, other_list}, {}).mistakes,
              ElementsAre("shard 1 has another list of tests than shard 0"));
  EXPECT_THAT(merge({first, other_filter}, {}).mistakes,
              Contains("shard 1 has selected other tests than shard 0"));
  EXPECT_THAT(merge({first, other_count}, {}).mistakes, Contains("e is of 3 shards, d of 2"));
}

TEST(Merge, OfAShardThatCannotBeReadDoesNotAddUp) {
  const MergedRun run =
      merge({past(finished(shard_of(0, 2, {"a"}, {"b"})))}, {"x/journal.jsonl: no such file"});

  EXPECT_THAT(run.mistakes, Contains("x/journal.jsonl: no such file"));
  EXPECT_EQ(verdict_of(run).exit_code, ExitCode::kShardsDoNotAddUp);
}

TEST(Merge, OfAShardThatWasKilledIsAnInternalError) {
  Story killed = shard_of(1, 2, {"b"}, {"a"});
  killed.tell(AttemptStarted{"s/b", 2, ""});

  const MergedRun run = merge({past(finished(shard_of(0, 2, {"a"}, {"b"}))), past(killed)}, {});

  const RunResults results = collect(run.records);
  EXPECT_EQ(results.tests[1].outcome, Outcome::kVanished);
  const Verdict verdict = decide(results);
  EXPECT_EQ(verdict.exit_code, ExitCode::kInternalError);
  EXPECT_THAT(verdict.reasons.front(), HasSubstr("shard 1: the journal has no end"));
}

TEST(Merge, KeepsAShardsOwnTrouble) {
  Story out_of_time = shard_of(1, 2, {"b"}, {"a"});
  out_of_time.tell(RunInterrupted{"over 20m", true});

  const MergedRun run =
      merge({past(finished(shard_of(0, 2, {"a"}, {"b"}))), past(finished(out_of_time))}, {});

  EXPECT_EQ(verdict_of(run).exit_code, ExitCode::kOutOfTime);
  EXPECT_THAT(verdict_of(run).reasons, ElementsAre("over 20m (shard 1)"));
}

TEST(Merge, CountsWhatEveryShardMetOnce) {
  const DiscoveryFailed trouble{"broken", "tests/broken", "cannot be imported", ""};
  Story first = shard_of(0, 2, {"a"}, {"b"});
  Story second = shard_of(1, 2, {"b"}, {"a"});

  const MergedRun run =
      merge({past(finished(first.tell(trouble))), past(finished(second.tell(trouble)))}, {});

  EXPECT_EQ(collect(run.records).listing_errors.size(), 1U);
}

TEST(Merge, PutsTheShardsSideBySideInTime) {
  PastRun first = past(finished(shard_of(0, 2, {"a"}, {"b"})));
  PastRun second = past(finished(shard_of(1, 2, {"b"}, {"a"})));
  second.results.started_at = "2026-11-22T10:00:05.000Z";

  const RunResults results = collect(merge({first, second}, {}).records);

  EXPECT_EQ(results.tests[0].times[0].started_ms, 3);
  EXPECT_EQ(results.tests[1].times[0].started_ms, 5'003);
  EXPECT_EQ(results.duration_ms, 5'010);
}

TEST(Merge, LeadsToTheLogsAndArtifactsOfTheShards) {
  Story story = shard_of(0, 1, {}, {});
  AttemptFinished attempt;
  attempt.test = "s/a";
  attempt.log = "logs/a.1.log";
  attempt.artifacts = {"artifacts/a.1", {{"note.txt", 4}}, {}};
  TestsListed list;
  list.tests = {{"s", "a"}};
  story.tell(list).tell(attempt);

  const RunResults results = collect(merge({past(finished(story))}, {}).records);

  EXPECT_EQ(results.tests[0].attempts[0].log, "shards/0/logs/a.1.log");
  EXPECT_EQ(results.tests[0].attempts[0].artifacts.folder, "shards/0/artifacts/a.1");
  EXPECT_EQ(results.tests[0].attempts[0].artifacts.files.at(0).name, "note.txt");
}

}  // namespace
}  // namespace harness
