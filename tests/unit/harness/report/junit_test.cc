#include "harness/report/junit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <pugixml.hpp>

#include "harness/run/artifacts.h"

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TestResult result_of(const std::string& name, std::vector<Outcome> attempts, Outcome outcome) {
  TestResult result;
  result.test.suite = "s";
  result.test.name = name;
  result.outcome = outcome;
  result.reason = "because";
  int number = 0;
  for (const Outcome each : attempts) {
    AttemptFinished attempt;
    attempt.attempt = ++number;
    attempt.outcome = each;
    attempt.reason = "because";
    attempt.output_tail = "said\x1b[31m red\x01 ]]> <b>";
    attempt.duration_ms = 1'500;
    result.attempts.push_back(attempt);
  }
  return result;
}

class JunitTest : public ::testing::Test {
 protected:
  pugi::xml_node write() {
    const std::string text = junit_xml(results_, decide(results_));
    EXPECT_TRUE(document_.load_buffer(text.data(), text.size())) << text;
    return document_.child("testsuites");
  }

  RunResults results_;
  pugi::xml_document document_;
};

TEST_F(JunitTest, CountsWhatItWrites) {
  results_.tests = {result_of("A.passes", {Outcome::kPassed}, Outcome::kPassed),
                    result_of("A.fails", {Outcome::kFailed}, Outcome::kFailed),
                    result_of("A.crashes", {Outcome::kCrashed}, Outcome::kCrashed),
                    result_of("A.skips", {Outcome::kSkipped}, Outcome::kSkipped)};
  results_.listing_errors = {{"s/x.py", {"s", "x.py", "cannot be imported", "trace"}}};

  const pugi::xml_node root = write();

  EXPECT_STREQ(root.attribute("tests").value(), "5");
  EXPECT_STREQ(root.attribute("failures").value(), "1");
  EXPECT_STREQ(root.attribute("errors").value(), "2");
  EXPECT_STREQ(root.attribute("skipped").value(), "1");
  const pugi::xml_node suite = root.child("testsuite");
  EXPECT_STREQ(suite.find_child_by_attribute("name", "passes").attribute("classname").value(),
               "s.A");
  EXPECT_STREQ(suite.find_child_by_attribute("name", "passes").attribute("time").value(), "1.500");
  EXPECT_TRUE(suite.find_child_by_attribute("name", "fails").child("failure"));
  EXPECT_STREQ(
      suite.find_child_by_attribute("name", "crashes").child("error").attribute("type").value(),
      "crashed");
  EXPECT_TRUE(suite.find_child_by_attribute("name", "x.py").child("error"));
}

TEST_F(JunitTest, WritesAFlakyTestAsReadersExpect) {
  results_.tests = {result_of("A.b", {Outcome::kFailed, Outcome::kPassed}, Outcome::kFlaky)};

  const pugi::xml_node node = write().child("testsuite").child("testcase");

  EXPECT_FALSE(node.child("failure"));
  EXPECT_TRUE(node.child("flakyFailure").child("stackTrace"));
}

TEST_F(JunitTest, WritesEarlierAttemptsOfARedTest) {
  results_.tests = {result_of("A.b", {Outcome::kCrashed, Outcome::kFailed}, Outcome::kFailed)};

  const pugi::xml_node node = write().child("testsuite").child("testcase");

  EXPECT_TRUE(node.child("failure"));
  EXPECT_TRUE(node.child("rerunError"));
}

TEST_F(JunitTest, HoldsOnlyWhatXmlMayHold) {
  results_.tests = {result_of("A.b", {Outcome::kFailed}, Outcome::kFailed)};
  results_.tests[0].attempts[0].output_tail += "\xff\xef\xbf\xbf";

  EXPECT_TRUE(write().child("testsuite").child("testcase").child("system-out"));
}

std::vector<std::string> values_of(pugi::xml_node node, const std::string& name) {
  std::vector<std::string> values;
  for (const pugi::xml_node property : node.child("properties").children("property")) {
    if (property.attribute("name").value() == name) {
      values.emplace_back(property.attribute("value").value());
    }
  }
  return values;
}

TEST_F(JunitTest, NamesTheFilesOfEveryAttemptInProperties) {
  results_.tests = {result_of("A.b", {Outcome::kFailed, Outcome::kPassed}, Outcome::kFlaky)};
  results_.tests[0].attempts[0].log = "logs/b.1.log";
  results_.tests[0].attempts[0].artifacts = {
      "artifacts/b.1", {{"c/d.txt", 1}}, {{"larger than 16 MiB", 2}}};
  results_.tests[0].attempts[1].artifacts = {"artifacts/b.2", {{"<&>.txt", 1}}, {}};

  const pugi::xml_node node = write().child("testsuite").child("testcase");

  EXPECT_THAT(values_of(node, "attachment"),
              ElementsAre("logs/b.1.log", "artifacts/b.1/c/d.txt", "artifacts/b.2/<&>.txt"));
  EXPECT_THAT(values_of(node, "artifacts_left_out"), ElementsAre("2 larger than 16 MiB"));
}

// What is longer than a property may be would lead nowhere if it were cut.
TEST_F(JunitTest, NamesTheLongestPathAnArtifactHasWhole) {
  results_.tests = {result_of("A.b", {Outcome::kFailed}, Outcome::kFailed)};
  const std::string folder = "shards/10-2/artifacts/" + std::string(150, 'f');
  const std::string name(kArtifactNameBytesMax, 'n');
  results_.tests[0].attempts[0].artifacts = {folder, {{name, 1}}, {}};

  const pugi::xml_node node = write().child("testsuite").child("testcase");

  EXPECT_THAT(values_of(node, "attachment"), ElementsAre(folder + "/" + name));
}

TEST_F(JunitTest, LetsNoTestNameAFileForACiSystemToPublish) {
  results_.tests = {
      result_of("A.b", {Outcome::kFailed, Outcome::kFailed, Outcome::kFailed}, Outcome::kFailed)};
  for (AttemptFinished& attempt : results_.tests[0].attempts) {
    attempt.output_tail = "[[ATTACHMENT|/etc/passwd]] [[ATTACH\x01MENT|/etc/shadow]]";
    attempt.failures = {{"", attempt.output_tail, "", 0}};
  }
  results_.listing_errors = {{"s/x.py", {"s", "x.py", "broken", "[[ATTACHMENT|/etc/passwd]]"}}};

  std::ostringstream text;
  write().print(text);

  EXPECT_THAT(text.str(), Not(HasSubstr("[[ATTACHMENT|")));
  EXPECT_THAT(text.str(), HasSubstr("[[ATTACHMENT |/etc/shadow]]"));
}

TEST_F(JunitTest, CallsATestThatNeverRanAnError) {
  results_.tests = {result_of("A.b", {}, Outcome::kNotRun)};

  EXPECT_TRUE(write().child("testsuite").child("testcase").child("error"));
}

}  // namespace
}  // namespace harness
