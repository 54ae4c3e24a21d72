#include "harness/review/difference.h"

#include <gmock/gmock.h>

#include "tests/unit/harness/review/runs.h"

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

struct Test {
  std::string name;
  Outcome outcome = Outcome::kPassed;
  double duration_ms = 10;
};

RunResults run_of(const std::vector<Test>& tests) {
  Story story;
  std::vector<std::string> names;
  names.reserve(tests.size());
  for (const Test& test : tests) {
    names.push_back(test.name);
  }
  story.lists(names);
  for (const Test& test : tests) {
    if (test.outcome == Outcome::kFlaky) {
      story.ends(test.name, Outcome::kFailed, test.duration_ms)
          .ends(test.name, Outcome::kPassed, test.duration_ms, 2);
    } else {
      story.ends(test.name, test.outcome, test.duration_ms);
    }
  }
  return collect(story.tell(RunFinished{}).records());
}

auto are(const std::string& test) {
  return ElementsAre(Field(&Change::test, test));
}

TEST(Difference, OfARunFromItselfIsNothing) {
  const RunResults run = run_of({{"a"}, {"b", Outcome::kFailed}, {"c", Outcome::kFlaky}});

  const Difference difference = compare(run, run);

  EXPECT_THAT(difference.failing, IsEmpty());
  EXPECT_THAT(difference.flaky, IsEmpty());
  EXPECT_THAT(difference.slow, IsEmpty());
  EXPECT_THAT(difference.mended, IsEmpty());
  EXPECT_THAT(difference.gone, IsEmpty());
  EXPECT_EQ(code_of_difference(difference), ExitCode::kPassed);
}

TEST(Difference, NamesWhatIsNewlyFailing) {
  const Difference difference =
      compare(run_of({{"a"}, {"b", Outcome::kFailed}, {"c", Outcome::kFlaky}}),
              run_of({{"a"}, {"b", Outcome::kFailed}, {"c", Outcome::kCrashed}}));

  EXPECT_THAT(difference.failing, are("s/c"));
  EXPECT_EQ(difference.failing[0].before, "flaky");
  EXPECT_EQ(difference.failing[0].after, "crashed");
  EXPECT_EQ(code_of_difference(difference), ExitCode::kTestsFailed);
}

TEST(Difference, ANewTestThatFailsIsNewlyFailing) {
  const Difference difference = compare(run_of({{"a"}}), run_of({{"a"}, {"b", Outcome::kLlmMiss}}));

  EXPECT_THAT(difference.failing, are("s/b"));
  EXPECT_EQ(difference.failing[0].before, "");
}

TEST(Difference, NamesWhatIsNewlyFlakyAndWhatIsMended) {
  const Difference difference =
      compare(run_of({{"a"}, {"b", Outcome::kFailed}}), run_of({{"a", Outcome::kFlaky}, {"b"}}));

  EXPECT_THAT(difference.flaky, are("s/a"));
  EXPECT_THAT(difference.mended, are("s/b"));
  EXPECT_EQ(code_of_difference(difference), ExitCode::kFlakyOnly);
}

TEST(Difference, NamesWhatIsTwiceAsSlowAndMuchSlower) {
  const Difference difference =
      compare(run_of({{"a", Outcome::kPassed, 200},
                      {"b", Outcome::kPassed, 10},
                      {"c", Outcome::kPassed, 5'000}}),
              run_of({{"a", Outcome::kPassed, 450},
                      {"b", Outcome::kPassed, 200},  // twenty times, and nothing that one notices
                      {"c", Outcome::kPassed, 9'000}}));  // four seconds, and not twice

  EXPECT_THAT(difference.slow, are("s/a"));
  EXPECT_EQ(code_of_difference(difference), ExitCode::kPassed);
}

TEST(Difference, NamesWhatIsGone) {
  const Difference difference = compare(run_of({{"a"}, {"b"}}), run_of({{"a"}}));

  EXPECT_THAT(difference.gone, are("s/b"));
  EXPECT_EQ(code_of_difference(difference), ExitCode::kPassed);
}

// No test is red, and the run is: that is not nothing.
TEST(Difference, ARunThatIsNewlyRedAsAWholeIsNotGreen) {
  RunResults after = run_of({{"a"}});
  after.failures = {{12, "0003.sql"}};

  EXPECT_EQ(code_of_difference(compare(run_of({{"a"}}), after)), ExitCode::kTestsFailed);
  EXPECT_EQ(code_of_difference(compare(after, after)), ExitCode::kPassed);
}

TEST(Difference, AFileThatCannotBeListedAnyMoreIsNewlyFailing) {
  RunResults after = run_of({{"a"}});
  after.listing_errors = {{"s/x.py", {"s", "x.py", "cannot be imported", ""}}};

  EXPECT_THAT(compare(run_of({{"a"}}), after).failing, are("s/x.py"));
}

}  // namespace
}  // namespace harness
