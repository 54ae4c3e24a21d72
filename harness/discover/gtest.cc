#include <unistd.h>

#include "common/base/duration.h"
#include "common/base/file.h"
#include "common/base/random.h"
#include "harness/discover/binaries.h"
#include "harness/discover/command.h"
#include "harness/discover/discover.h"
#include "harness/discover/gtest_list.h"

namespace harness {
namespace {

constexpr std::size_t kListBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kNameBytes = 8;

// Why the process does not count as having answered; empty where it does.
std::string trouble_of(const CommandResult& result, const DiscoveryContext& context) {
  if (result.timed_out) {
    return "listing did not end within " + base::format_duration(context.timeout);
  }
  if (result.status && !result.status->clean()) {
    return "listing ended with " + to_string(*result.status);
  }
  return "";
}

}  // namespace

SuiteListing discover_googletest(const SuiteConfig& suite, const DiscoveryContext& context) {
  const std::string binary = path_of(suite, context.directory);
  const std::string list =
      context.private_directory + "/list-" + base::random_token(kNameBytes) + ".json";
  SuiteListing listing;
  const auto fail = [&](std::string reason, std::string output) {
    listing.problems.push_back({suite.name, suite.path, std::move(reason), std::move(output)});
    return listing;
  };
  if (is_binary_pattern(suite.path)) {
    return fail("no binary of GoogleTest is meant by " + suite.path, "");
  }
  ProcessSpec spec;
  spec.argv = {binary, "--gtest_list_tests", "--gtest_output=json:" + list};
  spec.environment = context.environment;
  spec.directory = context.directory;
  base::Result<CommandResult> result =
      run_command(spec, -1, context.clock, context.clock.mono() + context.timeout, context.stop_fd);
  if (!result) {
    return fail(result.error().message, "");
  }
  if (result->interrupted) {
    listing.interrupted = true;
    return listing;
  }
  if (std::string trouble = trouble_of(*result, context); !trouble.empty()) {
    return fail(std::move(trouble), result->output);
  }
  const base::Result<std::string> written = base::read_file(list, kListBytesMax);
  ::unlink(list.c_str());
  base::Result<std::vector<TestCase>> tests = written
                                                  ? parse_gtest_json(*written, suite.name)
                                                  : parse_gtest_text(result->output, suite.name);
  if (!tests) {
    return fail(tests.error().message, result->output);
  }
  if (!written && tests->empty() && result->output.empty()) {
    return fail("it does not answer --gtest_list_tests as GoogleTest does: no output", "");
  }
  listing.tests = std::move(*tests);
  for (TestCase& test : listing.tests) {
    test.file = relative_to(test.file, context.directory);
  }
  return listing;
}

}  // namespace harness
