#include "harness/report/console.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/file.h"
#include "common/base/text.h"

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::size_t kColumns = 40;

// What stands on a terminal that was written to: lines, the last one at the bottom.
class Screen {
 public:
  void write(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') {
        lines_.emplace_back();
      } else if (text[i] == '\r') {
        EXPECT_EQ(text.substr(i + 1, 3), "\x1b[K");  // the line is always cleared
        lines_.back().clear();
        i += 3;
      } else {
        lines_.back() += text[i];
      }
    }
  }

  [[nodiscard]] const std::string& bottom() const { return lines_.back(); }

  [[nodiscard]] std::vector<std::string> above() const {
    return {lines_.begin(), lines_.end() - 1};
  }

 private:
  std::vector<std::string> lines_{""};
};

class ConsoleTest : public ::testing::Test {
 protected:
  // What the console writes of these events.
  std::string told(const std::vector<Event>& events, std::size_t columns) {
    const base::UniqueFd fd(::open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
    Console console(fd.get(), Style(false), columns);
    for (const Event& event : events) {
      console.on({1, "", 0, event});
    }
    return *base::read_file(path_, 1'000'000);
  }

  Screen shown(const std::vector<Event>& events) {
    Screen screen;
    screen.write(told(events, kColumns));
    return screen;
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("console-test-");
  std::string path_ = (folder_.path() / "told").string();
};

TestsListed list_of(std::size_t count) {
  TestsListed list;
  list.tests.resize(count);
  return list;
}

AttemptStarted begun(const std::string& test, int attempt = 1) {
  return {test, attempt, ""};
}

AttemptFinished ended(const std::string& test, Outcome outcome) {
  AttemptFinished event;
  event.test = test;
  event.outcome = outcome;
  event.reason = outcome == Outcome::kPassed ? "" : "expected 3";
  if (is_red(outcome)) {
    event.failures = {{"expected 3", "expected 3\ngot 4", "a.cc", 12}};
  }
  return event;
}

TEST_F(ConsoleTest, TellsEachTestWhereThereIsNoTerminal) {
  const std::string text = told({list_of(2), begun("s/a"), ended("s/a", Outcome::kPassed),
                                 begun("s/b"), ended("s/b", Outcome::kFailed), RunFinished{}},
                                0);

  EXPECT_EQ(text,
            "[1/2] passed s/a 0 ms\n"
            "[2/2] failed s/b 0 ms: expected 3\n"
            "  a.cc:12: expected 3\n"
            "    expected 3\n"
            "    got 4\n");
}

TEST_F(ConsoleTest, HasOneLineForAllThatPassesOnATerminal) {
  std::vector<Event> events{list_of(3)};
  for (const char* test : {"s/a", "s/b"}) {
    events.emplace_back(begun(test));
    events.emplace_back(ended(test, Outcome::kPassed));
  }
  events.emplace_back(begun("s/c"));

  const Screen screen = shown(events);

  EXPECT_THAT(screen.above(), IsEmpty());
  EXPECT_EQ(screen.bottom(), "[2/3] running s/c");
}

TEST_F(ConsoleTest, ShowsAFailureAboveThatLineAsItHappens) {
  const Screen screen =
      shown({list_of(3), begun("s/a"), begun("s/b"), ended("s/a", Outcome::kFailed)});

  EXPECT_THAT(screen.above(), ElementsAre("[1/3] failed s/a 0 ms: expected 3",
                                          "  a.cc:12: expected 3", "    expected 3", "    got 4"));
  EXPECT_EQ(screen.bottom(), "[1/3] 1 red running s/b");
}

TEST_F(ConsoleTest, LeavesNoLineBehind) {
  EXPECT_EQ(
      shown({list_of(1), begun("s/a"), ended("s/a", Outcome::kPassed), RunFinished{}}).bottom(),
      "");
}

// A line that wraps could not be taken back.
TEST_F(ConsoleTest, KeepsThatLineWithinTheTerminal) {
  std::vector<Event> events{list_of(9)};
  for (int i = 0; i < 4; ++i) {
    events.emplace_back(begun("s/with a long name\n\x1b[2J"));
  }
  const Screen ascii = shown(events);
  const Screen wide = shown({list_of(9), begun("s/\xe6\xbc\xa2\xe5\xad\x97"
                                               "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2"
                                               "\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"
                                               "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2")});

  EXPECT_THAT(ascii.bottom(), SizeIs(kColumns - 1));
  EXPECT_THAT(ascii.above(), IsEmpty());
  EXPECT_THAT(ascii.bottom(), Not(HasSubstr("\x1b")));
  EXPECT_TRUE(base::is_utf8(wide.bottom()));
  EXPECT_EQ(wide.bottom().find("[0/9] running s/"), 0U);
  EXPECT_EQ(wide.bottom().size(), 16U + 3U * 11U);  // eleven characters of two columns
}

TEST_F(ConsoleTest, CountsAnAttemptThatIsRepeatedAsNotYetDone) {
  AttemptFinished first = ended("s/a", Outcome::kFailed);
  first.will_retry = true;
  AttemptFinished second = ended("s/a", Outcome::kPassed);
  second.attempt = 2;

  const Screen screen = shown({list_of(2), begun("s/a"), first, begun("s/a", 2), second});

  EXPECT_EQ(screen.above().front(), "[0/2] failed s/a 0 ms: expected 3, again");
  EXPECT_EQ(screen.above().back(), "[1/2] passed s/a (attempt 2) 0 ms");
  EXPECT_EQ(screen.bottom(), "[1/2]");
}

TEST_F(ConsoleTest, StopsShowingDetailsOfThousands) {
  std::vector<Event> events{list_of(1'000)};
  for (int i = 0; i < 1'000; ++i) {
    events.emplace_back(ended("s/a", Outcome::kFailed));
  }

  const std::string text = told(events, 0);

  EXPECT_EQ(base::split(text, '\n').size(), 1'000U + 3U * 100U + 1U);
}

TEST(Summary, OfARunThatWasWatchedNamesTheRedTestsOnly) {
  RunResults results;
  results.tests.resize(1);
  results.tests[0].test = {"s", "a"};
  results.tests[0].outcome = Outcome::kFailed;
  results.tests[0].reason = "expected 3";
  results.tests[0].attempts = {ended("s/a", Outcome::kFailed)};

  const std::string brief = summary_text(results, decide(results), Style(false), Detail::kBrief);

  EXPECT_THAT(brief, HasSubstr("failed s/a\n  expected 3\n"));
  EXPECT_THAT(brief, Not(HasSubstr("a.cc:12")));
}

}  // namespace
}  // namespace harness
