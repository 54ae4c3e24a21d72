#include <gtest/gtest.h>

#include "harness/run/event.h"

namespace harness {
namespace {

Record record_of(Event event) {
  Record record;
  record.seq = 7;
  record.at = "2026-11-22T10:00:00.123Z";
  record.mono_ms = 12.5;
  record.event = std::move(event);
  return record;
}

TEST(EventJson, ComesBackAsItWas) {
  AttemptFinished event;
  event.test = "s/a\n\"b\"";
  event.attempt = 2;
  event.outcome = Outcome::kLlmMiss;
  event.failures = {{"message", "text", "a.cc", 3}};
  LlmCall call;
  call.seq = 4;
  call.nearest = {"x", "y"};
  event.calls = {call};
  event.artifacts = {"artifacts/a.2", {{"b/c.txt", 5}}, {{"larger than 16 MiB", 2}}};
  event.leaks = {"process 1: sleep"};
  event.will_retry = true;

  const base::Result<Record> back = record_from_json(to_json(record_of(event)));

  ASSERT_TRUE(back);
  const auto* read = std::get_if<AttemptFinished>(&back->event);
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(back->seq, 7U);
  EXPECT_EQ(read->test, event.test);
  EXPECT_EQ(read->outcome, Outcome::kLlmMiss);
  EXPECT_EQ(read->failures.at(0).line, 3);
  EXPECT_EQ(read->calls.at(0).nearest, call.nearest);
  EXPECT_EQ(read->artifacts.folder, "artifacts/a.2");
  EXPECT_EQ(read->artifacts.files.at(0).name, "b/c.txt");
  EXPECT_EQ(read->artifacts.files.at(0).bytes, 5);
  EXPECT_EQ(read->artifacts.left_out.at(0).files, 2);
  EXPECT_EQ(read->leaks, event.leaks);
  EXPECT_TRUE(read->will_retry);
  EXPECT_EQ(to_json(*back), to_json(record_of(event)));
}

template <std::size_t... I>
void expect_all_come_back(std::index_sequence<I...>) {
  (
      [] {
        const std::string line = to_json(record_of(std::variant_alternative_t<I, Event>{}));
        const base::Result<Record> back = record_from_json(line);
        ASSERT_TRUE(back) << line;
        EXPECT_EQ(back->event.index(), I) << line;
      }(),
      ...);
}

TEST(EventJson, KnowsEveryEvent) {
  expect_all_come_back(std::make_index_sequence<std::variant_size_v<Event>>());
}

TEST(EventJson, IsOneLineWhateverTheTextHolds) {
  const std::string line = to_json(record_of(RunFailed{30, "two\nlines and \xff\xfe"}));

  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_TRUE(record_from_json(line));
}

TEST(EventJson, RefusesWhatIsNoRecord) {
  for (const char* line :
       {"", "{}", "[]", R"({"seq": 1})", R"({"seq": 1, "event": "party"})",
        R"({"event": "run_failed"})", R"({"seq": 1, "event": "run_failed", "exit_code": "x"})",
        R"({"seq": 1, "event": "attempt_finished", "outcome": "fine"})",
        R"({"seq": 1, "event": "attempt_finished", "test": "s/a", "attempt": 1})",
        R"({"seq": 1, "event": "run_failed")"}) {
    EXPECT_FALSE(record_from_json(line)) << line;
  }
}

TEST(EventJson, ReadsANewerRecordWithoutWhatItDoesNotKnow) {
  EXPECT_TRUE(
      record_from_json(R"({"seq": 1, "event": "run_failed", "exit_code": 30, "mood": "bad"})"));
}

TEST(EventJson, ReadsAnOlderRecordThatTellsOfNoArtifacts) {
  const base::Result<Record> record = record_from_json(
      R"({"seq": 1, "event": "attempt_finished", "test": "s/a", "attempt": 1, "outcome": "passed"})");

  ASSERT_TRUE(record);
  EXPECT_EQ(std::get<AttemptFinished>(record->event).artifacts.folder, "");
}

TEST(EventJson, RefusesArtifactsOfAnotherShape) {
  for (const char* artifacts :
       {R"([])", R"("x")", R"({"files": "x"})", R"({"files": [{"name": 1}]})", R"({"folder": 1})",
        R"({"left_out": [{"files": "many"}]})"}) {
    EXPECT_FALSE(record_from_json(
        R"({"seq": 1, "event": "attempt_finished", "outcome": "passed", "artifacts": )" +
        std::string(artifacts) + "}"))
        << artifacts;
  }
}

}  // namespace
}  // namespace harness
