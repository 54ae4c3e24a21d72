#include "mockllm/control/verify.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "common/base/text.h"
#include "mockllm/control/body.h"

namespace mockllm {
namespace {

constexpr std::array kOutcomes = {Outcome::kFixture,  Outcome::kCassette, Outcome::kAuto,
                                  Outcome::kUpstream, Outcome::kMiss,     Outcome::kInvalid,
                                  Outcome::kFault};
constexpr std::int64_t kCountMax = std::numeric_limits<std::int32_t>::max();

struct Expectations {
  std::optional<std::int64_t> calls, calls_min, calls_max, misses, output_tokens_max;
  std::optional<std::map<std::string, std::int64_t>> outcomes;
  std::optional<std::vector<std::string>> tools_called, tools_forbidden;
};

// What the calls of a session add up to.
struct Tally {
  std::int64_t calls = 0;
  std::int64_t output_tokens = 0;
  std::map<std::string, std::int64_t, std::less<>> outcomes;
  std::vector<std::string> tools;  // in the order in which they were called
};

// The first error of several reads; the fields are set as far as it went.
template <typename T>
bool take(base::Result<T> result, T& field, std::optional<base::Error>& problem) {
  if (!result) {
    problem = std::move(result).error();
    return false;
  }
  field = *std::move(result);
  return true;
}

base::Result<Expectations> read(std::string_view text) {
  base::Result<Body> body =
      Body::read(text, {"calls", "calls_min", "calls_max", "misses", "outcomes", "tools_called",
                        "tools_forbidden", "output_tokens_max"});
  if (!body) {
    return std::move(body).error();
  }
  Expectations wanted;
  std::optional<base::Error> problem;
  const bool read =
      take(body->integer("calls", 0, kCountMax), wanted.calls, problem) &&
      take(body->integer("calls_min", 0, kCountMax), wanted.calls_min, problem) &&
      take(body->integer("calls_max", 0, kCountMax), wanted.calls_max, problem) &&
      take(body->integer("misses", 0, kCountMax), wanted.misses, problem) &&
      take(body->integer("output_tokens_max", 0, kCountMax), wanted.output_tokens_max, problem) &&
      take(body->counts("outcomes"), wanted.outcomes, problem) &&
      take(body->texts("tools_called"), wanted.tools_called, problem) &&
      take(body->texts("tools_forbidden"), wanted.tools_forbidden, problem);
  if (!read) {
    return *std::move(problem);
  }
  return wanted;
}

base::Result<void> check_outcomes(const Expectations& wanted) {
  std::vector<std::string> known;
  known.reserve(std::size(kOutcomes));
  for (const Outcome outcome : kOutcomes) {
    known.emplace_back(name_of(outcome));
  }
  for (const auto& [name, count] :
       wanted.outcomes.value_or(std::map<std::string, std::int64_t>())) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return base::invalid_input("outcomes: unknown outcome " +
                                 base::json_quoted(base::shortened(name, 80)) +
                                 "; expected: " + base::join(known, ", "));
    }
  }
  return {};
}

Tally tally(const Journal& journal, std::string_view session) {
  Tally sum;
  journal.visit(session, [&](const Call& call) {
    ++sum.calls;
    ++sum.outcomes[std::string(name_of(call.outcome))];
    sum.output_tokens += call.usage.has_value() ? call.usage->output : 0;
    if (call.reply == nullptr) {
      return;
    }
    for (const ReplyChoice& choice : call.reply->choices) {
      for (const ToolCall& tool_call : choice.tool_calls) {
        sum.tools.push_back(tool_call.name);
      }
    }
  });
  return sum;
}

std::int64_t count_of(const Tally& sum, std::string_view outcome) {
  const auto found = sum.outcomes.find(outcome);
  return found == sum.outcomes.end() ? 0 : found->second;
}

void expect_equal(std::string_view what, const std::optional<std::int64_t>& expected,
                  std::int64_t actual, std::vector<std::string>& failures) {
  if (expected.has_value() && *expected != actual) {
    failures.push_back(std::string(what) + ": expected " + std::to_string(*expected) + ", got " +
                       std::to_string(actual));
  }
}

void expect_most(std::string_view what, const std::optional<std::int64_t>& most,
                 std::int64_t actual, std::vector<std::string>& failures) {
  if (most.has_value() && actual > *most) {
    failures.push_back(std::string(what) + ": expected at most " + std::to_string(*most) +
                       ", got " + std::to_string(actual));
  }
}

void expect_tools(const Expectations& wanted, const Tally& sum,
                  std::vector<std::string>& failures) {
  auto from = sum.tools.begin();
  for (const std::string& tool : wanted.tools_called.value_or(std::vector<std::string>())) {
    const auto found = std::find(from, sum.tools.end(), tool);
    if (found == sum.tools.end()) {
      failures.push_back("tools_called: expected " + base::join(*wanted.tools_called, ", ") +
                         " in this order, got " +
                         (sum.tools.empty() ? "none" : base::join(sum.tools, ", ")));
      break;
    }
    from = found + 1;
  }
  for (const std::string& tool : wanted.tools_forbidden.value_or(std::vector<std::string>())) {
    const auto times = std::count(sum.tools.begin(), sum.tools.end(), tool);
    if (times > 0) {
      failures.push_back("tools_forbidden: " + tool + " was called " + std::to_string(times) +
                         " times");
    }
  }
}

}  // namespace

base::Result<std::vector<std::string>> verify(std::string_view body, const Journal& journal,
                                              std::string_view session) {
  base::Result<Expectations> wanted = read(body);
  if (!wanted) {
    return std::move(wanted).error();
  }
  base::Result<void> outcomes_known = check_outcomes(*wanted);
  if (!outcomes_known) {
    return std::move(outcomes_known).error();
  }
  const Tally sum = tally(journal, session);
  std::vector<std::string> failures;
  expect_equal("calls", wanted->calls, sum.calls, failures);
  if (wanted->calls_min.has_value() && sum.calls < *wanted->calls_min) {
    failures.push_back("calls_min: expected at least " + std::to_string(*wanted->calls_min) +
                       ", got " + std::to_string(sum.calls));
  }
  expect_most("calls_max", wanted->calls_max, sum.calls, failures);
  expect_equal("misses", wanted->misses, count_of(sum, name_of(Outcome::kMiss)), failures);
  expect_most("output_tokens_max", wanted->output_tokens_max, sum.output_tokens, failures);
  for (const auto& [name, count] :
       wanted->outcomes.value_or(std::map<std::string, std::int64_t>())) {
    expect_equal("outcomes." + name, count, count_of(sum, name), failures);
  }
  expect_tools(*wanted, sum, failures);
  if (journal.dropped(session) > 0) {
    failures.push_back("journal: " + std::to_string(journal.dropped(session)) +
                       " calls of this session fell out of it, so nothing can be told for sure");
  }
  return failures;
}

}  // namespace mockllm
