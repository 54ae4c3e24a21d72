#include "harness/review/past_run.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "harness/verdict/verdict.h"
#include "tests/unit/harness/review/runs.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

using PastRunTest = ReviewTest;

TEST_F(PastRunTest, IsReadFromItsFolderOrItsJournal) {
  const std::string folder = leave("a", Story().lists({"x"}).text());

  for (const std::string& path : {folder, folder + "/journal.jsonl"}) {
    const base::Result<PastRun> run = read_past_run(path);
    ASSERT_TRUE(run) << path;
    EXPECT_EQ(run->directory, folder);
    EXPECT_EQ(run->records.size(), 2U);
    EXPECT_EQ(run->results.tests.size(), 1U);
    EXPECT_EQ(run->note, "");
    EXPECT_EQ(run->journal_sha256.size(), 64U);
  }
}

TEST_F(PastRunTest, SaysWhatOfTheFileIsNoRecord) {
  const std::string folder = leave("a", Story().lists({"x"}).text() + R"({"seq":3,"at":"2026)");

  const base::Result<PastRun> run = read_past_run(folder);

  ASSERT_TRUE(run);
  EXPECT_THAT(run->note, HasSubstr("after record 2 come 19 bytes that are no record"));
}

TEST_F(PastRunTest, IsNoneWhereTheFileHoldsNoRecord) {
  for (const char* text : {"", "\n", "hello\n", "{}\n"}) {
    const base::Result<PastRun> run = read_past_run(leave("a", text));
    ASSERT_FALSE(run) << text;
    EXPECT_THAT(run.error().message, HasSubstr("no record of a run"));
  }
  EXPECT_FALSE(read_past_run(folder_.path() / "nowhere"));
}

// A run with every kind of end that a test may have, in the order of its journal.
Story whole_run() {
  Story story;
  story.tell(PhaseFinished{"secrets", "1 found", 1}).lists({"a", "b", "c", "d", "é\n\"\\"});
  const auto attempt = [&](const std::string& name, int number, Outcome outcome) {
    story.tell(AttemptStarted{"s/" + name, number, "r." + name + "." + std::to_string(number)});
    story.ends(name, outcome, 1, number);
  };
  attempt("a", 1, Outcome::kPassed);
  attempt("b", 1, Outcome::kFailed);
  story.tell(AttemptStarted{"s/c", 1, ""});
  attempt("d", 1, Outcome::kCrashed);
  attempt("d", 2, Outcome::kPassed);
  story.ends("c", Outcome::kPassed);
  attempt("é\n\"\\", 1, Outcome::kPassed);
  story.tell(AttemptRevised{"s/a", 1, Outcome::kLlmMiss, "late", {}, 1, 1});
  story.tell(RunFinished{9, 1});
  return story;
}

// Of each test, the records that say that it ended, as far as the journal goes.
std::map<std::string, std::size_t> ends_in(const std::vector<Record>& records) {
  std::map<std::string, std::size_t> ends;
  for (const Record& record : records) {
    if (const auto* end = std::get_if<AttemptFinished>(&record.event)) {
      ++ends[end->test];
    }
  }
  return ends;
}

TEST_F(PastRunTest, CutAtAnyByteSaysOfNoTestWhatIsNotThere) {
  const Story story = whole_run();
  const std::string text = story.text();
  std::size_t whole_lines = 0;
  for (std::size_t size = 1; size <= text.size(); ++size) {
    const base::Result<PastRun> run = read_past_run(leave("cut", text.substr(0, size)));
    const bool line_ends = size == text.size() || text[size] == '\n' || text[size - 1] == '\n';
    whole_lines = static_cast<std::size_t>(std::count(text.begin(), text.begin() + size, '\n')) +
                  (line_ends && text[size - 1] != '\n' ? 1 : 0);
    ASSERT_EQ(run.has_value(), whole_lines > 0) << size;
    if (!run) {
      continue;
    }
    ASSERT_EQ(run->records.size(), whole_lines) << "the longest prefix, of " << size << " bytes";
    ASSERT_EQ(run->note.empty(), line_ends) << size;
    const auto ends = ends_in(run->records);
    for (const TestResult& test : run->results.tests) {
      const bool begun_alone =
          !test.attempts.empty() && test.attempts.back().reason.starts_with(kNotFinished);
      EXPECT_EQ(test.outcome == Outcome::kNotRun, test.attempts.empty()) << size;
      EXPECT_EQ(test.outcome == Outcome::kVanished, begun_alone) << size;
      if (!is_red(test.outcome)) {
        EXPECT_TRUE(ends.contains(test.test.id())) << test.test.id() << " at " << size;
      }
    }
    const bool finished = whole_lines == story.records().size();
    const Verdict verdict = decide(run->results);
    EXPECT_EQ(verdict.exit_code, finished ? ExitCode::kTestsFailed : ExitCode::kInternalError)
        << size;
  }
}

// A byte that was changed ends the prefix there, or is one that a record may have: nothing after it
// is made up, and nothing before it lost.
TEST_F(PastRunTest, WithAnyLineSpoiltIsReadToThere) {
  const Story story = whole_run();
  const std::string text = story.text();
  std::size_t start = 0;
  for (std::size_t line = 0; line < story.records().size(); ++line) {
    const std::size_t end = text.find('\n', start);
    for (const std::string& spoilt : {std::string("\0", 1), std::string("{}"), std::string(),
                                      text.substr(start, (end - start) / 2)}) {
      const base::Result<PastRun> run =
          read_past_run(leave("spoilt", text.substr(0, start) + spoilt + text.substr(end)));
      ASSERT_EQ(run.has_value(), line > 0) << line;
      if (run) {
        EXPECT_EQ(run->records.size(), line);
        EXPECT_EQ(decide(run->results).exit_code, ExitCode::kInternalError) << line;
      }
    }
    start = end + 1;
  }
}

}  // namespace
}  // namespace harness
