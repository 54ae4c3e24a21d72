#include "harness/discover/discover.h"

#include <filesystem>
#include <set>

namespace harness {
namespace {

namespace fs = std::filesystem;

// Two tests of one id would be one in every report: the second is a problem, not a test.
void refuse_twins(SuiteListing& listing, const std::string& suite) {
  std::set<std::string> seen;
  std::vector<TestCase> tests;
  for (TestCase& test : listing.tests) {
    if (!seen.insert(test.name).second) {
      listing.problems.push_back({suite, test.file, "lists " + test.name + " twice", ""});
    } else {
      tests.push_back(std::move(test));
    }
  }
  listing.tests = std::move(tests);
}

}  // namespace

SuiteListing discover_suite(const SuiteConfig& suite, const DiscoveryContext& context) {
  SuiteListing listing;
  switch (suite.kind) {
    case SuiteKind::kGoogleTest:
      listing = discover_googletest(suite, context);
      break;
    case SuiteKind::kPytest:
      listing = discover_pytest(suite, context);
      break;
    case SuiteKind::kCommand:
      listing = discover_command(suite, context);
      break;
  }
  refuse_twins(listing, suite.name);
  return listing;
}

std::string path_of(const SuiteConfig& suite, const std::string& directory) {
  const fs::path path(suite.path);
  const fs::path whole = path.is_absolute() ? path : fs::path(directory) / path;
  return fs::absolute(whole).lexically_normal().string();
}

std::string pytest_root(const SuiteConfig& suite, const std::string& directory) {
  const std::string path = path_of(suite, directory);
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) ? fs::path(path).parent_path().string() : path;
}

std::string relative_to(const std::string& file, const std::string& directory) {
  if (file.empty() || !fs::path(file).is_absolute()) {
    return file;
  }
  const fs::path base = fs::absolute(directory.empty() ? "." : directory).lexically_normal();
  const std::string relative = fs::path(file).lexically_relative(base).string();
  return relative.empty() || relative.starts_with("..") ? file : relative;
}

}  // namespace harness
