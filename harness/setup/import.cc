#include "harness/setup/import.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/config/config.h"
#include "harness/setup/ci_config.h"
#include "harness/verbs/output.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesMax = 1024 * 1024;

CiProject project_at(const fs::path& root) {
  std::error_code error;
  CiProject project;
  project.has_run_script = fs::is_regular_file(root / kCiRunScript, error);
  for (fs::directory_iterator at(root / kCiMigrations, error);
       !error && at != fs::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().string();
    constexpr std::string_view kEnd = ".up.sql";
    project.has_migrations |= name.size() > kEnd.size() &&
                              name.compare(name.size() - kEnd.size(), kEnd.size(), kEnd) == 0;
  }
  return project;
}

int refuse(const VerbContext& context, const std::string& message) {
  tell(context, "harness: " + message);
  return kVerbUsage;
}

}  // namespace

int import_verb(const ImportOptions& options, const VerbContext& context) {
  const base::Result<std::string> text = base::read_file(options.file, kBytesMax);
  if (!text) {
    return refuse(context, text.error().message);
  }
  base::Result<CiConfig> config = read_ci_config(options.file, *text);
  if (!config) {
    return refuse(context, config.error().message);
  }
  std::error_code error;
  const fs::path root = fs::absolute(options.file, error).parent_path().parent_path();
  const std::string body = harness_yaml_of(*config, project_at(root));
  std::string file =
      "# From " + base::printable(options.file) + " by `harness import ci-config`.\n";
  for (const std::string& note : config->notes) {
    file += "# " + note + "\n";
  }
  file += body;
  if (const base::Result<Config> right = parse_config("harness.yaml", file); !right) {
    return refuse(context, "what was read makes no right file: " + right.error().message);
  }
  if (options.output.empty()) {
    if (const int told = write_data(context.out, context.err, file); told != kVerbOk) {
      return told;
    }
  } else if (!options.force && fs::exists(fs::symlink_status(options.output, error))) {
    return refuse(context, options.output + " is there already; --force writes over it");
  } else if (const base::Result<void> written = base::write_file(options.output, file); !written) {
    return refuse(context, written.error().message);
  }
  for (const std::string& note : config->notes) {
    tell(context, note);
  }
  return kVerbOk;
}

}  // namespace harness
