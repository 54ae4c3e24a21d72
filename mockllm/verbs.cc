#include "mockllm/verbs.h"

#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/base/file.h"
#include "common/base/text.h"
#include "mockllm/delivery/timeline.h"
#include "mockllm/fixture/fixture.h"
#include "mockllm/wire/openai/chat_completions.h"

namespace mockllm {
namespace {

constexpr std::size_t kRequestBytesMax = 32 * 1024 * 1024;
constexpr std::size_t kNearestShown = 3;

void print(std::string_view text) {
  const base::Result<void> ignored = base::write_all(STDOUT_FILENO, text);
  static_cast<void>(ignored);  // A reader that went away has seen enough.
}

ExitCode refuse(std::string_view message) {
  const std::string line = "mockllm: " + std::string(message) + "\n";
  const base::Result<void> ignored = base::write_all(STDERR_FILENO, line);
  static_cast<void>(ignored);
  return ExitCode::kUsage;
}

// A request on the command line has no headers.
class NoHeaders final : public HeaderSource {
 public:
  [[nodiscard]] std::string_view header(std::string_view) const override { return {}; }
};

void print_answer(openai::ChatCompletions& wire, const Prompt& prompt, const Fixture& fixture) {
  std::string out = "answered by " + fixture.source + "\n";
  for (const std::shared_ptr<const Reply>& reply : fixture.replies) {
    if (reply->error) {
      out += "error " + std::to_string(reply->error->status) + ": " +
             base::printable(reply->error->message) + "\n";
      continue;
    }
    const Usage usage = reply->usage.value_or(estimate_usage(prompt, *reply));
    wire.encode(prompt, *reply, usage, Identity{}, out);
    out += '\n';
  }
  print(out);
}

void print_miss(const FixtureSet& fixtures, const Prompt& prompt) {
  std::string out = "no fixture matches\n";
  for (const NearMiss& candidate : fixtures.nearest(prompt, NoHeaders(), kNearestShown)) {
    out += "nearest " + candidate.source + "\n";
    for (const Difference& difference : candidate.differences) {
      out += "  " + difference.field + ": expected " + base::printable(difference.expected) +
             ", got " + base::printable(difference.actual) + "\n";
    }
  }
  out += "a fixture that would answer it:\n" + suggest_fixture(prompt);
  print(out);
}

}  // namespace

ExitCode run_lint(const LintOptions& options) {
  const base::Result<std::shared_ptr<const FixtureSet>> fixtures = load_fixtures(options.paths);
  if (!fixtures) {
    return refuse(fixtures.error().message);
  }
  const std::vector<Finding> findings = (*fixtures)->lint();
  std::string out;
  for (const Finding& finding : findings) {
    out += finding.place + ": " + finding.message + "\n";
  }
  out += std::to_string((*fixtures)->size()) + " fixtures, " + std::to_string(findings.size()) +
         " findings\n";
  print(out);
  return findings.empty() ? ExitCode::kEnded : ExitCode::kUsage;
}

ExitCode run_explain(const ExplainOptions& options) {
  const base::Result<std::shared_ptr<const FixtureSet>> fixtures =
      load_fixtures({options.fixtures});
  if (!fixtures) {
    return refuse(fixtures.error().message);
  }
  const base::Result<std::string> body = base::read_file(options.request, kRequestBytesMax);
  if (!body) {
    return refuse(body.error().message);
  }
  openai::ChatCompletions wire;
  Prompt prompt;
  if (const std::optional<WireError> error = wire.decode(*body, prompt); error) {
    return refuse(options.request + ": " + error->message);
  }
  const Fixture* fixture = (*fixtures)->find(prompt, NoHeaders());
  if (fixture == nullptr) {
    print_miss(**fixtures, prompt);
  } else {
    print_answer(wire, prompt, *fixture);
  }
  return ExitCode::kEnded;
}

ExitCode run_schema() {
  print(fixture_schema());
  return ExitCode::kEnded;
}

}  // namespace mockllm
