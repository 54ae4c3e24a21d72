#include <filesystem>

#include <nlohmann/json.hpp>

#include "common/base/duration.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "harness/discover/command.h"
#include "harness/discover/discover.h"
#include "harness/discover/pytest_messages.h"
#include "harness/discover/pytest_plugin.h"

namespace harness {
namespace {

constexpr std::size_t kNonceBytes = 16;
constexpr int kPytestNothingCollected = 5;
constexpr int kPytestInterrupted = 2;  // also: an error of collecting

struct Told {
  bool finished = false;
  bool collect_errors = false;
};

// Adds what one message says to the listing.
void take(const PytestMessage& message, const SuiteConfig& suite, const DiscoveryContext& context,
          SuiteListing& listing, Told& told) {
  if (message.event == "item") {
    TestCase test;
    test.suite = suite.name;
    test.name = message.name;
    test.file = relative_to(message.file, context.directory);
    test.line = message.line;
    test.tags = message.tags;
    listing.tests.push_back(std::move(test));
  } else if (message.event == "collect_skip") {
    TestCase test;
    test.suite = suite.name;
    test.name = message.path;
    test.file = message.path;
    test.disabled = true;
    test.note = message.message;
    listing.tests.push_back(std::move(test));
  } else if (message.event == "collect_error") {
    told.collect_errors = true;
    listing.problems.push_back(
        {suite.name, message.path, "cannot be collected: " + message.message, message.text});
  } else if (message.event == "internal_error") {
    listing.problems.push_back(
        {suite.name, suite.path, "pytest failed with an internal error", message.text});
  } else if (message.event == "finish") {
    told.finished = true;
  }
}

// The last line with a word in it: pytest, like Python, says there what is wrong.
std::string last_line(const std::string& output) {
  std::string last;
  for (const std::string_view line : base::split(output, '\n')) {
    if (!base::trimmed(line).empty()) {
      last = base::trimmed(line);
    }
  }
  return base::shortened(base::printable(last), 200);
}

std::string trouble_of(const CommandResult& result, const Told& told,
                       const DiscoveryContext& context) {
  if (result.timed_out) {
    return "listing did not end within " + base::format_duration(context.timeout);
  }
  const ExitStatus status = result.status.value_or(ExitStatus{});
  const bool listed =
      status.clean() || (status.signal == 0 && status.code == kPytestNothingCollected) ||
      (status.signal == 0 && status.code == kPytestInterrupted && told.collect_errors);
  if (listed && told.finished) {
    return "";
  }
  const std::string said = last_line(result.output);
  return "pytest ended with " + to_string(status) +
         (told.finished ? "" : " before its list was whole") + (said.empty() ? "" : ": " + said);
}

}  // namespace

SuiteListing discover_pytest(const SuiteConfig& suite, const DiscoveryContext& context) {
  const std::string path = path_of(suite, context.directory);
  SuiteListing listing;
  const auto fail = [&](std::string reason, std::string output) {
    listing.problems.push_back({suite.name, suite.path, std::move(reason), std::move(output)});
    return listing;
  };
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
    return fail("cannot list " + suite.path + ": no such file or folder", "");
  }
  const std::string nonce = base::random_token(kNonceBytes);
  const nlohmann::json settings = {{"mode", "list"},
                                   {"nonce", nonce},
                                   {"out", kPluginOut},
                                   {"root", pytest_root(suite, context.directory)}};
  ProcessSpec spec;
  spec.argv = {context.python,
               "-m",
               "pytest",
               "-p",
               "drydock_pytest",
               "--collect-only",
               "-q",
               "-o",
               "cache_dir=" + context.private_directory + "/pytest-cache",
               path};
  spec.environment =
      with_pytest_plugin(context.environment, context.private_directory, settings.dump());
  spec.directory = context.directory;
  base::Result<CommandResult> result = run_command(
      spec, kPluginOut, context.clock, context.clock.mono() + context.timeout, context.stop_fd);
  if (!result) {
    return fail(result.error().message, "");
  }
  if (result->interrupted) {
    listing.interrupted = true;
    return listing;
  }
  Told told;
  for (const std::string& line : LineBuffer().add(result->messages)) {
    if (const std::optional<PytestMessage> message = parse_pytest_message(line, nonce)) {
      take(*message, suite, context, listing, told);
    }
  }
  if (std::string trouble = trouble_of(*result, told, context); !trouble.empty()) {
    return fail(std::move(trouble), result->output);
  }
  return listing;
}

}  // namespace harness
