#include "harness/report/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include <nlohmann/json.hpp>

#include "common/base/file.h"

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

namespace fs = std::filesystem;

class FolderTest : public ::testing::Test {
 protected:
  FolderTest() {
    EXPECT_TRUE(base::write_file(path("journal.jsonl"), "{}\n"));
    results_.finished = true;
    results_.listed = true;
    results_.list.listed = 1;
    results_.tests.resize(1);
    results_.tests[0].test = {"s", "a"};
    results_.tests[0].outcome = Outcome::kPassed;
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }

  [[nodiscard]] std::string read(const std::string& name) const {
    return *base::read_file(path(name), 10'000'000);
  }

  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> out;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path())) {
      out.insert(entry.path().filename().string());
    }
    return out;
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("folder-test-");
  RunResults results_;
};

TEST_F(FolderTest, HoldsEveryReportOfTheContract) {
  const Reported reported = write_report_folder(results_, folder_.path().string(), "");

  EXPECT_EQ(reported.verdict.exit_code, ExitCode::kPassed);
  EXPECT_EQ(read("verdict.json"), reported.verdict_json);
  EXPECT_THAT(names(), IsSupersetOf({"junit.xml", "ctrf.json", "summary.md", "metrics.prom",
                                     "trace.otlp.json", "report.html"}));
}

TEST_F(FolderTest, IsEmptyBeforeARunButForItsLogs) {
  write_report_folder(results_, folder_.path().string(), "");
  ASSERT_TRUE(base::write_file(path("shards/0/journal.jsonl"), ""));
  ASSERT_TRUE(base::write_file(path("mine.txt"), ""));

  ASSERT_TRUE(clear_report_folder(folder_.path().string()));

  EXPECT_EQ(names(), (std::set<std::string>{"logs", "mine.txt"}));
}

// All that could be written must say that something could not: none may go on being green.
TEST_F(FolderTest, IsRedInEveryReportWhereOneCannotBeWritten) {
  fs::create_directories(path("report.html/in the way"));

  const Reported reported = write_report_folder(results_, folder_.path().string(), "");

  EXPECT_EQ(reported.verdict.exit_code, ExitCode::kInternalError);
  EXPECT_EQ(nlohmann::json::parse(read("verdict.json"))["exit_code"], 30);
  EXPECT_EQ(read("verdict.json"), reported.verdict_json);
  EXPECT_THAT(read("summary.md"), HasSubstr("exit code 30"));
  EXPECT_THAT(read("metrics.prom"), HasSubstr("drydock_run_exit_code 30"));
  EXPECT_THAT(read("junit.xml"), HasSubstr("internal_error"));
}

TEST_F(FolderTest, IsRedWithoutItsJournal) {
  fs::remove(path("journal.jsonl"));

  EXPECT_EQ(write_report_folder(results_, folder_.path().string(), "").verdict.exit_code,
            ExitCode::kInternalError);
}

}  // namespace
}  // namespace harness
