// Report folders as runs leave them, for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/file.h"
#include "harness/run/event.h"
#include "harness/verdict/results.h"

namespace harness {

// A journal in the making: each record one millisecond after the one before.
class Story {
 public:
  explicit Story(int shard_index = 0, int shard_count = 1) {
    tell(RunStarted{"r" + std::to_string(shard_index), "story", "0", "mock", "event push",
                    shard_index, shard_count});
  }

  Story& tell(Event event) {
    const std::uint64_t seq = records_.size() + 1;
    records_.push_back(
        {seq, "2026-11-22T10:00:00.000Z", static_cast<double>(seq), std::move(event)});
    return *this;
  }

  // Tests of the suite "s".
  Story& lists(const std::vector<std::string>& names) {
    TestsListed list;
    for (const std::string& name : names) {
      list.tests.push_back({"s", name});
    }
    list.listed = static_cast<std::int64_t>(names.size());
    return tell(list);
  }

  Story& ends(const std::string& name, Outcome outcome, double duration_ms = 1, int attempt = 1) {
    AttemptFinished event;
    event.test = "s/" + name;
    event.attempt = attempt;
    event.outcome = outcome;
    event.reason = outcome == Outcome::kPassed ? "" : "because";
    event.duration_ms = duration_ms;
    return tell(event);
  }

  [[nodiscard]] std::string text() const {
    std::string out;
    for (const Record& record : records_) {
      out += to_json(record) + "\n";
    }
    return out;
  }

  [[nodiscard]] const std::vector<Record>& records() const { return records_; }

 private:
  std::vector<Record> records_;
};

// A folder for report folders, and a file for what a verb prints.
class ReviewTest : public ::testing::Test {
 protected:
  // The path of a report folder with this journal.
  std::string leave(const std::string& name, const std::string& journal) {
    std::string directory = (folder_.path() / name).string();
    EXPECT_TRUE(base::write_file(directory + "/journal.jsonl", journal));
    return directory;
  }

  [[nodiscard]] static std::string read(const std::string& path) {
    base::Result<std::string> text = base::read_file(path, 10'000'000);
    EXPECT_TRUE(text) << path;
    return text ? *text : "";
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("review-test-");
};

}  // namespace harness
