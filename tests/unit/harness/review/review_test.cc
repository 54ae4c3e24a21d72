#include "harness/review/review.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "common/base/clock.h"
#include "tests/unit/harness/review/runs.h"

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ReportVerbTest : public ReviewTest {
 protected:
  int perform(const ReportOptions& options, bool json = false) {
    const std::string out = (folder_.path() / "out").string();
    const std::string err = (folder_.path() / "err").string();
    const base::UniqueFd out_fd(::open(out.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
    const base::UniqueFd err_fd(::open(err.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
    const VerbContext context{environment_, clock_, out_fd.get(), err_fd.get(), json};
    const int code = report_verb(options, context);
    out_ = read(out);
    err_ = read(err);
    return code;
  }

  // A run that was killed while "b" ran and before "c" began.
  std::string killed() {
    return leave("killed", Story().lists({"a", "b", "c"})
                                   .tell(AttemptStarted{"s/a", 1, ""})
                                   .ends("a", Outcome::kPassed)
                                   .tell(AttemptStarted{"s/b", 1, ""})
                                   .text() +
                               R"({"seq":6,"at":"2026-11-22T10:0)");
  }

  base::Environment environment_;
  base::SystemClock clock_;
  std::string out_;
  std::string err_;
};

TEST_F(ReportVerbTest, ShowEndsAsTheRunEnded) {
  const std::string green =
      leave("green", Story().lists({"a"}).ends("a", Outcome::kPassed).tell(RunFinished{}).text());
  const std::string red =
      leave("red", Story().lists({"a"}).ends("a", Outcome::kFailed).tell(RunFinished{}).text());

  EXPECT_EQ(perform(ReportShow{green}), 0);
  EXPECT_THAT(out_, HasSubstr("passed (exit code 0)"));
  EXPECT_EQ(perform(ReportShow{red}), 1);
  EXPECT_THAT(out_, HasSubstr("failed s/a"));
  EXPECT_EQ(err_, "");
}

TEST_F(ReportVerbTest, ShowIsTheVerdictWhereAMachineReads) {
  const std::string folder =
      leave("green", Story().lists({"a"}).ends("a", Outcome::kPassed).tell(RunFinished{}).text());

  EXPECT_EQ(perform(ReportShow{folder}, true), 0);

  const nlohmann::json verdict = nlohmann::json::parse(out_);
  EXPECT_EQ(verdict["verdict"], "passed");
  EXPECT_EQ(verdict["journal_sha256"].get<std::string>().size(), 64U);
}

TEST_F(ReportVerbTest, ShowOfNothingIsAMistake) {
  EXPECT_EQ(perform(ReportShow{(folder_.path() / "nowhere").string()}), 2);
  EXPECT_THAT(err_, HasSubstr("nowhere"));
}

TEST_F(ReportVerbTest, RecoverNamesWhatWasRunningAndWhatWasNotRun) {
  const std::string folder = killed();
  const std::string journal = read(folder + "/journal.jsonl");

  EXPECT_EQ(perform(ReportRecover{folder}), 30);

  EXPECT_THAT(err_, HasSubstr("after record 5 come 30 bytes that are no record"));
  EXPECT_THAT(out_, HasSubstr("vanished s/b\n  not finished: attempt 1 began"));
  EXPECT_THAT(out_, HasSubstr("not_run s/c"));
  EXPECT_THAT(out_, Not(HasSubstr("s/a")));
  const nlohmann::json verdict = nlohmann::json::parse(read(folder + "/verdict.json"));
  EXPECT_EQ(verdict["exit_code"], 30);
  EXPECT_EQ(verdict["counts"]["passed"], 1);
  EXPECT_EQ(verdict["counts"]["vanished"], 1);
  EXPECT_EQ(verdict["counts"]["not_run"], 1);
  EXPECT_THAT(read(folder + "/junit.xml"), HasSubstr("not finished"));
  EXPECT_EQ(read(folder + "/journal.jsonl"), journal);
}

// Wherever the journal is cut, what is written of the run is whole: each test once, and passed only
// where the journal says so.
TEST_F(ReportVerbTest, RecoverHoldsAtEveryByte) {
  const std::string whole = Story()
                                .lists({"a", "b"})
                                .tell(AttemptStarted{"s/a", 1, ""})
                                .ends("a", Outcome::kPassed)
                                .tell(AttemptStarted{"s/b", 1, ""})
                                .ends("b", Outcome::kPassed)
                                .tell(RunFinished{})
                                .text();
  const std::size_t listed = whole.find("\"tests_listed\"");
  for (std::size_t cut = whole.find('\n', listed) + 1; cut + 1 < whole.size(); cut += 7) {
    const std::string folder = leave("cut", whole.substr(0, cut));

    EXPECT_EQ(perform(ReportRecover{folder}), 30) << cut;

    const nlohmann::json counts = nlohmann::json::parse(read(folder + "/verdict.json"))["counts"];
    EXPECT_EQ(counts["total"], 2) << cut;
    const std::size_t ends = whole.find("attempt_finished");
    const int passed =
        (cut > ends ? 1 : 0) + (cut > whole.find("attempt_finished", ends + 1) ? 1 : 0);
    EXPECT_LE(counts["passed"].get<int>(), passed) << cut;
    EXPECT_EQ(
        counts["passed"].get<int>() + counts["vanished"].get<int>() + counts["not_run"].get<int>(),
        2)
        << cut;
  }
}

TEST_F(ReportVerbTest, MergeLeavesAFolderLikeThatOfARun) {
  const std::string first =
      leave("0", Story(0, 2).lists({"a"}).ends("a", Outcome::kPassed).tell(RunFinished{}).text());
  ASSERT_TRUE(base::write_file(first + "/logs/a.1.log", "said"));
  const std::string target = (folder_.path() / "merged").string();

  EXPECT_EQ(perform(ReportMerge{{first}, target}), 22);

  EXPECT_THAT(out_, HasSubstr("shard 1 of 2 is missing"));
  EXPECT_EQ(read(target + "/shards/0/logs/a.1.log"), "said");
  EXPECT_EQ(perform(ReportShow{target}), 22);
  EXPECT_EQ(nlohmann::json::parse(read(target + "/verdict.json"))["exit_code"], 22);
}

TEST_F(ReportVerbTest, MergeTouchesNoneOfItsSources) {
  const std::string first = leave("all/0", Story().lists({"a"}).text());
  const std::string all = (folder_.path() / "all").string();

  for (const std::string& target : {first, all, first + "/merged", all + "/../all/0"}) {
    EXPECT_EQ(perform(ReportMerge{{first}, target}), 2) << target;
    EXPECT_THAT(err_, HasSubstr("are not apart"));
    EXPECT_TRUE(base::read_file(first + "/journal.jsonl", 1'000'000));
  }
}

TEST_F(ReportVerbTest, MergeOfNothingIsAMistake) {
  const std::string nowhere = (folder_.path() / "nowhere").string();

  EXPECT_EQ(perform(ReportMerge{{nowhere}, (folder_.path() / "merged").string()}), 2);
  EXPECT_THAT(err_, HasSubstr("no shard can be read"));
}

TEST_F(ReportVerbTest, DiffSaysWhatChanged) {
  const std::string before =
      leave("a", Story().lists({"x"}).ends("x", Outcome::kPassed).tell(RunFinished{}).text());
  const std::string after =
      leave("b", Story().lists({"x"}).ends("x", Outcome::kFailed).tell(RunFinished{}).text());

  EXPECT_EQ(perform(ReportDiff{before, after}), 1);
  EXPECT_EQ(out_,
            "newly failing (1):\n  passed -> failed  s/x: because\n"
            "before: passed, 1 tests; after: failed, 1 tests\n");
  EXPECT_EQ(perform(ReportDiff{after, before}, true), 0);
  EXPECT_EQ(nlohmann::json::parse(out_)["mended"][0]["test"], "s/x");
  EXPECT_EQ(perform(ReportDiff{before, "nowhere"}), 2);
}

}  // namespace
}  // namespace harness
