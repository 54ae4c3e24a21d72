#include "harness/run/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class JournalTest : public ::testing::Test {
 protected:
  base::SystemClock clock_;
  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("journal-test-");
  std::string path_ = (folder_.path() / "journal.jsonl").string();
};

TEST_F(JournalTest, IsReadBackAsItWasWritten) {
  base::Result<Journal> journal = Journal::create(path_, clock_, nullptr);
  ASSERT_TRUE(journal);
  journal->append(RunFailed{12, "first"});
  journal->append(RunFinished{1.5, 3});

  const base::Result<JournalText> text = read_journal(path_);

  ASSERT_TRUE(text);
  ASSERT_EQ(text->records.size(), 2U);
  EXPECT_EQ(text->bytes_left, 0U);
  EXPECT_EQ(to_json(text->records.at(1)), to_json(journal->records().at(1)));
  EXPECT_EQ(journal->trouble(), "");
}

TEST_F(JournalTest, HoldsNoSecretAndTellsNone) {
  const auto redactor = redact::Redactor::make({{"TOKEN", "passed-tok-314159"}}, false);
  ASSERT_TRUE(redactor);
  base::Result<Journal> journal = Journal::create(path_, clock_, *redactor);
  ASSERT_TRUE(journal);
  std::string told;
  journal->follow([&](const Record& record) { told = std::get<RunFailed>(record.event).reason; });

  journal->append(RunFailed{12, "the token passed-tok-314159 is bad"});

  EXPECT_EQ(told, "the token *** is bad");
  EXPECT_THAT(*base::read_file(path_, 10'000), Not(HasSubstr("314159")));
}

TEST_F(JournalTest, StaysReadableWhereASecretIsAWordOfOurs) {
  const auto redactor = redact::Redactor::make({{"A", "run_failed"}, {"B", "timed_out"}}, false);
  ASSERT_TRUE(redactor);
  base::Result<Journal> journal = Journal::create(path_, clock_, *redactor);
  ASSERT_TRUE(journal);
  AttemptFinished attempt;
  attempt.outcome = Outcome::kTimedOut;

  journal->append(RunFailed{12, "x"});
  journal->append(attempt);

  EXPECT_EQ(read_journal(path_)->records.size(), 2U);
}

TEST_F(JournalTest, OfARunThatWasCutShortKeepsItsWholeLines) {
  base::Result<Journal> journal = Journal::create(path_, clock_, nullptr);
  ASSERT_TRUE(journal);
  journal->append(RunFailed{12, "first"});
  journal->append(RunFailed{12, "second"});
  const std::string whole = *base::read_file(path_, 10'000);
  std::ofstream(path_, std::ios::trunc) << whole.substr(0, whole.size() - 9);

  const base::Result<JournalText> text = read_journal(path_);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->records.size(), 1U);
  EXPECT_GT(text->bytes_left, 0U);
}

// After a power cut a file may go on with zeros, or with what another program wrote there.
TEST_F(JournalTest, EndsWhereSomethingElseBegins) {
  base::Result<Journal> journal = Journal::create(path_, clock_, nullptr);
  ASSERT_TRUE(journal);
  journal->append(RunFailed{12, "first"});
  const std::string first = *base::read_file(path_, 10'000);
  const std::string zeros(512, '\0');
  const std::string brackets(100'000, '[');

  for (const std::string& garbage :
       {zeros, brackets, std::string("{}\n"), std::string("\n"), first /* its seq again */}) {
    std::ofstream(path_, std::ios::trunc) << first << garbage;
    const base::Result<JournalText> text = read_journal(path_);
    ASSERT_TRUE(text);
    EXPECT_EQ(text->records.size(), 1U);
    EXPECT_EQ(text->bytes_left, garbage.size());
  }
}

}  // namespace
}  // namespace harness
