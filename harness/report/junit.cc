#include "harness/report/junit.h"

#include <cstdio>
#include <map>
#include <sstream>

#include <pugixml.hpp>

#include "harness/report/words.h"

namespace harness {
namespace {

constexpr std::size_t kMessageBytesMax = 1024;
constexpr std::size_t kBodyBytesMax = 64 * 1024;

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

// XML 1.0 has no U+FFFE or U+FFFF either.
std::string xml_text(std::string_view text, std::size_t bytes_max) {
  std::string out = plain_text(text, bytes_max);
  replace_all(out, "\xEF\xBF\xBE", "?");
  replace_all(out, "\xEF\xBF\xBF", "?");
  return out;
}

// What stands after "[[ATTACHMENT|" in an output is taken by CI systems for the path of a file of
// theirs to publish: no test may name one.
void add_text(pugi::xml_node node, std::string_view text) {
  std::string out = xml_text(text, kBodyBytesMax);
  replace_all(out, "[[ATTACHMENT|", "[[ATTACHMENT |");
  node.append_child(pugi::node_pcdata).set_value(out.c_str());
}

std::string seconds(double duration_ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", duration_ms / 1'000);
  return text;
}

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value, kMessageBytesMax).c_str());
}

void add_property(pugi::xml_node properties, const char* name, const std::string& value) {
  if (!value.empty()) {
    pugi::xml_node property = properties.append_child("property");
    set(property, "name", name);
    set(property, "value", value);
  }
}

// An assertion that did not hold is a failure; anything else that is red is an error.
bool is_failure(Outcome outcome) {
  return outcome == Outcome::kFailed;
}

void add_problem(pugi::xml_node node, const AttemptFinished& attempt, bool trace_element) {
  set(node, "message", first_line(attempt.reason));
  set(node, "type", name_of(attempt.outcome));
  add_text(trace_element ? node.append_child("stackTrace") : node, problem_text(attempt));
  if (trace_element && !attempt.output_tail.empty()) {
    add_text(node.append_child("system-out"), attempt.output_tail);
  }
}

// As properties: those are ours alone, where system-out is what a test has printed.
void add_attachments(pugi::xml_node properties, const AttemptFinished& attempt) {
  add_property(properties, "attachment", attempt.log);
  for (const ArtifactFile& file : attempt.artifacts.files) {
    add_property(properties, "attachment", attempt.artifacts.folder + "/" + file.name);
  }
  add_property(properties, "artifacts_left_out", left_out_text(attempt.artifacts));
}

void add_properties(pugi::xml_node node, const TestResult& result, const RunResults& results) {
  pugi::xml_node properties = node.append_child("properties");
  add_property(properties, "outcome", std::string(name_of(result.outcome)));
  add_property(properties, "attempts", std::to_string(result.attempts.size()));
  add_property(
      properties, "shard",
      std::to_string(results.start.shard_index) + "/" + std::to_string(results.start.shard_count));
  if (result.attempts.empty()) {
    return;
  }
  const AttemptFinished& last = result.attempts.back();
  add_property(properties, "llm_calls", std::to_string(last.calls_total));
  for (const AttemptFinished& attempt : result.attempts) {
    add_attachments(properties, attempt);
  }
  for (const std::string& leak : last.leaks) {
    add_property(properties, "leak", leak);
  }
}

// The order of the elements is that of the schema; flaky ones come before an error.
void add_attempts(pugi::xml_node node, const TestResult& result) {
  const bool red = is_red(result.outcome);
  if (result.attempts.empty()) {
    pugi::xml_node problem = node.append_child(red && !result.by_fail_fast ? "error" : "skipped");
    set(problem, "message", result.reason);
    if (red && !result.by_fail_fast) {
      set(problem, "type", name_of(result.outcome));
    }
    return;
  }
  if (red) {
    add_problem(node.append_child(is_failure(result.outcome) ? "failure" : "error"),
                result.attempts.back(), false);
  }
  for (std::size_t i = 0; i + 1 < result.attempts.size(); ++i) {
    const AttemptFinished& earlier = result.attempts[i];
    const std::string name =
        std::string(red ? "rerun" : "flaky") + (is_failure(earlier.outcome) ? "Failure" : "Error");
    add_problem(node.append_child(name.c_str()), earlier, true);
  }
  if (result.outcome == Outcome::kSkipped || result.outcome == Outcome::kXfailed) {
    pugi::xml_node skipped = node.append_child("skipped");
    set(skipped, "message", result.reason);
    if (result.outcome == Outcome::kXfailed) {
      set(skipped, "type", "pytest.xfail");
    }
  }
  if (!result.attempts.back().output_tail.empty()) {
    add_text(node.append_child("system-out"), result.attempts.back().output_tail);
  }
}

struct Counts {
  int tests = 0, failures = 0, errors = 0, skipped = 0;
  double duration_ms = 0;
};

void write_counts(pugi::xml_node node, const Counts& counts) {
  set(node, "tests", std::to_string(counts.tests));
  set(node, "failures", std::to_string(counts.failures));
  set(node, "errors", std::to_string(counts.errors));
  set(node, "skipped", std::to_string(counts.skipped));
  set(node, "time", seconds(counts.duration_ms));
}

void add_to(Counts& counts, const Counts& more) {
  counts.tests += more.tests;
  counts.failures += more.failures;
  counts.errors += more.errors;
  counts.skipped += more.skipped;
  counts.duration_ms += more.duration_ms;
}

Counts counts_of(const TestResult& result) {
  Counts counts;
  counts.tests = 1;
  const bool red = is_red(result.outcome) && !result.by_fail_fast;
  counts.failures = red && is_failure(result.outcome) ? 1 : 0;
  counts.errors = red && counts.failures == 0 ? 1 : 0;
  counts.skipped = result.outcome == Outcome::kSkipped || result.outcome == Outcome::kXfailed ||
                           result.by_fail_fast
                       ? 1
                       : 0;
  for (const AttemptFinished& attempt : result.attempts) {
    counts.duration_ms += attempt.duration_ms;
  }
  return counts;
}

// "Suite" and "Name" of GoogleTest, the dotted path and the test of pytest.
std::pair<std::string, std::string> names_of(const TestCase& test) {
  std::size_t split = test.name.find("::");
  if (split != std::string::npos) {
    return {test.suite + "." + test.name.substr(0, split), test.name.substr(split + 2)};
  }
  split = test.name.find('.');
  return split == std::string::npos ? std::pair(test.suite, test.name)
                                    : std::pair(test.suite + "." + test.name.substr(0, split),
                                                test.name.substr(split + 1));
}

void add_case(pugi::xml_node suite, const TestResult& result, const RunResults& results) {
  const auto [group, name] = names_of(result.test);
  pugi::xml_node node = suite.append_child("testcase");
  set(node, "classname", group);
  set(node, "name", name);
  set(node, "time", seconds(counts_of(result).duration_ms));
  if (!result.test.file.empty()) {
    set(node, "file", result.test.file);
    set(node, "line", std::to_string(result.test.line));
  }
  add_properties(node, result, results);
  add_attempts(node, result);
}

void add_listing_error(pugi::xml_node suite, const ListingError& error) {
  pugi::xml_node node = suite.append_child("testcase");
  set(node, "classname", error.failure.suite);
  set(node, "name", error.failure.path);
  set(node, "time", "0.000");
  pugi::xml_node problem = node.append_child("error");
  set(problem, "message", error.failure.reason);
  set(problem, "type", name_of(Outcome::kDiscoveryError));
  add_text(problem, error.failure.path + ": " + error.failure.reason + "\n" + error.failure.output);
}

}  // namespace

std::string junit_xml(const RunResults& results, const Verdict& verdict) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("testsuites");
  std::vector<std::string> order;
  std::map<std::string, Counts> counts;
  const auto count = [&](const std::string& suite, const Counts& more) {
    if (!counts.contains(suite)) {
      order.push_back(suite);
    }
    add_to(counts[suite], more);
  };
  for (const TestResult& result : results.tests) {
    count(result.test.suite, counts_of(result));
  }
  for (const ListingError& error : results.listing_errors) {
    count(error.failure.suite, {1, 0, 1, 0, 0});
  }
  Counts total;
  for (const std::string& suite : order) {
    add_to(total, counts[suite]);
  }
  set(root, "name", results.start.name);
  write_counts(root, total);
  pugi::xml_node properties;
  for (const std::string& name : order) {
    pugi::xml_node suite = root.append_child("testsuite");
    set(suite, "name", name);
    write_counts(suite, counts[name]);
    set(suite, "timestamp", results.started_at);
    properties = suite.append_child("properties");
    add_property(properties, "run", results.start.run);
    add_property(properties, "verdict", verdict.word);
    add_property(properties, "exit_code", std::to_string(code_of(verdict.exit_code)));
    add_property(properties, "llm_mode", results.start.llm_mode);
    for (const TestResult& result : results.tests) {
      if (result.test.suite == name) {
        add_case(suite, result, results);
      }
    }
    for (const ListingError& error : results.listing_errors) {
      if (error.failure.suite == name) {
        add_listing_error(suite, error);
      }
    }
  }
  std::ostringstream out;
  document.save(out, "  ");
  return out.str();
}

}  // namespace harness
