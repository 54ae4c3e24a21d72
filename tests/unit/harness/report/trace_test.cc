#include "harness/report/trace.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/unit/harness/report/example.h"

namespace harness {
namespace {

using nlohmann::json;

std::string written(const RunResults& results) {
  return trace_json(results, decide(results));
}

json spans_of(const RunResults& results) {
  return json::parse(written(results))["resourceSpans"][0]["scopeSpans"][0]["spans"];
}

TEST(Trace, IsAsApproved) {
  expect_approved("trace.otlp.json", written(example_run()));
}

TEST(Trace, IsATreeBelowTheRun) {
  const json spans = spans_of(example_run());

  std::map<std::string, std::string> parents;
  for (const json& span : spans) {
    EXPECT_EQ(span["traceId"], spans[0]["traceId"]);
    EXPECT_TRUE(parents.emplace(span["spanId"], span.value("parentSpanId", "")).second);
  }
  EXPECT_FALSE(spans[0].contains("parentSpanId"));
  for (const auto& [id, parent] : parents) {
    EXPECT_TRUE(id == spans[0]["spanId"] || parents.contains(parent)) << id;
  }
}

TEST(Trace, HasASpanForEachAttempt) {
  std::multiset<std::string> names;
  for (const json& span : spans_of(example_run())) {
    names.insert(span["name"]);
  }

  EXPECT_EQ(names.count("unit/Sum.Wraps"), 2U);
  EXPECT_EQ(names.count("agent/test_agent.py::test_waits"), 1U);  // not finished
  EXPECT_EQ(names.count("agent/test_agent.py::test_never"), 0U);
}

TEST(Trace, EndsNoSpanBeforeItsStart) {
  RunResults results = example_run();
  results.phase_times[0].started_ms = -5;  // a phase that began before the clock of the journal

  for (const json& span : spans_of(results)) {
    EXPECT_GE(std::stoull(span["endTimeUnixNano"].get<std::string>()),
              std::stoull(span["startTimeUnixNano"].get<std::string>()));
  }
}

TEST(Trace, OfShardsOfOneRunHasItsOwnIds) {
  RunResults other = example_run();
  other.start.shard_index = 1;

  EXPECT_NE(spans_of(example_run())[0]["traceId"], spans_of(other)[0]["traceId"]);
}

}  // namespace
}  // namespace harness
