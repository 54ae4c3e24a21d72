#include "harness/run/pytest_command.h"

#include <csignal>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "harness/discover/discover.h"
#include "harness/discover/pytest_plugin.h"
#include "harness/process/snapshot.h"

namespace harness {
namespace {

std::string coverage_folder(const RunSettings& settings, const std::string& nonce) {
  return settings.private_directory + "/" + nonce + "-coverage";
}

}  // namespace

void hand_over_coverage(const UnitContext& context, const std::string& nonce,
                        const Attempt& attempt) {
  std::error_code ignored;
  std::filesystem::rename(coverage_folder(context.settings, nonce),
                          attempt.folder + "/artifacts/coverage", ignored);
}

std::string ask_for_stacks(pid_t guard, std::chrono::milliseconds limit, bool asked) {
  if (const std::vector<pid_t> tree = process_tree(guard); asked && tree.size() > 1) {
    ::kill(tree[1], kPluginStackSignal);
  }
  return hang_report(guard, limit);
}

ProcessSpec pytest_command(const UnitContext& context, const Task& task, const std::string& nonce,
                           const std::string& alias, int out, int in) {
  const RunSettings& settings = context.settings;
  const std::string root = pytest_root(*task.suite, settings.config.directory);
  const nlohmann::json plugin = {
      {"mode", "run"}, {"nonce", nonce}, {"out", kPluginOut}, {"in", kPluginIn}, {"root", root}};
  base::Environment environment = context.attempts.environment(*task.suite, task.worker);
  if (task.suite->coverage) {
    set_coverage_files(coverage_folder(settings, nonce), environment);
  }
  if (context.attempts.has_llm()) {
    environment.set("OPENAI_BASE_URL", context.attempts.llm_url() + "/v1");
    environment.set("OPENAI_API_KEY", alias);
  }
  ProcessSpec spec;
  spec.argv = {settings.python,
               "-m",
               "pytest",
               "-p",
               "drydock_pytest",
               "-q",
               "--no-header",
               "--no-summary",
               "-o",
               "cache_dir=" + settings.private_directory + "/pytest-cache",
               root + "/" + task.file};
  spec.environment =
      with_pytest_plugin(environment.entries(), settings.private_directory, plugin.dump());
  spec.directory = settings.config.directory;
  spec.descriptors = {{out, kPluginOut}, {in, kPluginIn}};
  return spec;
}

}  // namespace harness
