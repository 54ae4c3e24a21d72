#include "harness/setup/init.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/config/config.h"
#include "harness/setup/project.h"
#include "harness/setup/yaml_text.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSuitesMax = 50;

// One project as the text of a file.
class FirstFile {
 public:
  explicit FirstFile(const Project& project, std::string_view name)
      : project_(project),
        name_(as_name(name)) {}

  std::string text();

  // "postgres: compose.yaml: image: postgres", a line each.
  [[nodiscard]] const std::vector<std::string>& told() const { return told_; }

 private:
  void choose_services();
  void add_service(const std::string& name, Hint hint, const std::string& keys);
  void add_application(const FoundApplication& found);
  void add_suites(const std::vector<FoundSuite>& found, const std::string& kind);
  [[nodiscard]] std::vector<std::string> services_of(const Hints& hints) const;
  [[nodiscard]] const std::string* reason(Hint hint) const;

  [[nodiscard]] bool has(const std::string& service) const {
    return std::find(services_.begin(), services_.end(), service) != services_.end();
  }

  const Project& project_;
  std::string name_;
  std::string service_text_;
  std::string suite_text_;
  std::vector<std::string> services_;
  std::vector<std::string> suite_names_;
  std::vector<std::string> told_;
};

// Why a service is needed: what a suite or the application mentions. A mention elsewhere starts
// nothing.
const std::string* FirstFile::reason(Hint hint) const {
  std::vector<const Hints*> all;
  if (project_.application) {
    all.push_back(&project_.application->hints);
  }
  for (const auto* suites : {&project_.pytest, &project_.gtest}) {
    for (const FoundSuite& suite : *suites) {
      all.push_back(&suite.hints);
    }
  }
  for (const Hints* hints : all) {
    if (const auto found = hints->find(hint); found != hints->end()) {
      return &found->second;
    }
  }
  return nullptr;
}

void FirstFile::add_service(const std::string& name, Hint hint, const std::string& keys) {
  const std::string* why = reason(hint);
  const bool for_migrations = hint == Hint::kPostgres && !project_.migrations.empty();
  if (why == nullptr && !for_migrations) {
    return;
  }
  services_.push_back(name);
  service_text_ += "  " + name + ": {" + keys + "}\n";
  told_.push_back("service " + name + " (" +
                  (why == nullptr ? project_.migrations + " holds migrations" : *why) + ")");
}

void FirstFile::choose_services() {
  add_service("postgres", Hint::kPostgres, "kind: postgres, url_env: DATABASE_URL, local: {}");
  add_service("redis", Hint::kRedis, "kind: redis, url_env: REDIS_URL, local: {}");
  const std::string fixtures =
      project_.fixtures.empty() ? "{}" : "{fixtures: " + yaml_scalar(project_.fixtures) + "}";
  add_service("llm", Hint::kLlm,
              "kind: mockllm, url_env: MOCKLLM_URL, key_env: MOCKLLM_KEY, local: " + fixtures);
  if (project_.application) {
    add_application(*project_.application);
  }
}

std::vector<std::string> FirstFile::services_of(const Hints& hints) const {
  std::vector<std::string> names;
  for (const auto& [hint, name] :
       {std::pair(Hint::kPostgres, "postgres"), std::pair(Hint::kRedis, "redis"),
        std::pair(Hint::kLlm, "llm")}) {
    if (hints.count(hint) != 0 && has(name)) {
      names.emplace_back(name);
    }
  }
  return names;
}

void FirstFile::add_application(const FoundApplication& found) {
  const std::vector<std::string> needs = services_of(found.hints);
  services_.emplace_back("app");
  service_text_ +=
      "  app:\n    kind: http\n    url_env: APP_URL\n    local: {run: [python3, -m, " +
      yaml_scalar(found.module) + "], " +
      (found.directory.empty() ? "" : "directory: " + yaml_scalar(found.directory) + ", ") +
      "ready: " + yaml_scalar(found.ready) + "}\n";
  if (!needs.empty()) {
    service_text_ += "    needs: " + yaml_list(needs) + "\n    env:\n";
  }
  for (const std::string& need : needs) {
    if (need == "llm") {
      service_text_ +=
          "      OPENAI_BASE_URL: \"${llm.base_url}\"\n      OPENAI_API_KEY: \"${llm.key}\"\n";
    } else {
      service_text_ += std::string("      ") + (need == "redis" ? "REDIS_URL" : "DATABASE_URL") +
                       ": \"${" + need + ".url}\"\n";
    }
  }
  told_.push_back("service app (python3 -m " + found.module + ", ready at " + found.ready + ")");
}

void FirstFile::add_suites(const std::vector<FoundSuite>& found, const std::string& kind) {
  for (const FoundSuite& suite : found) {
    if (suite_names_.size() == kSuitesMax) {
      told_.push_back("more than " + std::to_string(kSuitesMax) +
                      " suites: the others are left out");
      return;
    }
    fs::path named(suite.path);
    if (named.filename() == "*") {
      named = named.parent_path();
    }
    const std::string name =
        unique_name(named == "." ? name_ : as_name(named.filename().string()), suite_names_);
    // The application stands for all that it needs.
    std::vector<std::string> uses = services_of(suite.hints);
    if (has("app") && suite.hints.count(Hint::kApplication) != 0) {
      uses = {"app"};
    }
    suite_text_ += "  - {name: " + yaml_scalar(name) + ", kind: " + kind +
                   ", path: " + yaml_scalar(suite.path) +
                   (uses.empty() ? "" : ", uses: " + yaml_list(uses)) + "}\n";
    told_.push_back("suite " + name + " (" + kind + ", " + suite.path + ")");
  }
}

std::string FirstFile::text() {
  choose_services();
  add_suites(project_.gtest, "gtest");
  add_suites(project_.pytest, "pytest");
  std::string text =
      "# A guess of `harness init` from what lay here: correct it. `harness schema` prints its "
      "keys,\n"
      "# `harness doctor` what a run would find.\n"
      "drydock: harness/v1\nname: " +
      yaml_scalar(name_) + "\n";
  if (!service_text_.empty()) {
    text +=
        "\n# Where a service's url_env is set, that server is used; else a private one is "
        "started.\n"
        "services:\n" +
        service_text_;
  }
  if (!project_.migrations.empty() && has("postgres")) {
    text += "\nmigrations: {service: postgres, dir: " + yaml_scalar(project_.migrations) + "}\n";
    told_.push_back("migrations (" + project_.migrations + ")");
  }
  if (!suite_text_.empty()) {
    text += "\nsuites:\n" + suite_text_;
  }
  return text + "\nlimits: {test: 60s, run: 20m}\n";
}

int refuse(const VerbContext& context, const std::string& message) {
  tell(context, "harness: " + message);
  return kVerbUsage;
}

}  // namespace

int init_verb(const InitOptions& options, const VerbContext& context) {
  std::error_code error;
  const fs::path root = fs::canonical(options.directory, error);
  if (error || !fs::is_directory(root, error)) {
    return refuse(context, options.directory + " is no folder");
  }
  if (fs::path(options.output).has_parent_path()) {
    return refuse(context, "'" + options.output +
                               "' is in another folder, from which the file's paths would start");
  }
  const fs::path output = root / options.output;
  if (!options.force && fs::exists(fs::symlink_status(output, error))) {
    return refuse(context, output.string() + " is there already; --force writes over it");
  }
  const Project project = look_around(root);
  if (project.gtest.empty() && project.pytest.empty()) {
    return refuse(context,
                  "no GoogleTest binary and no pytest file below " + root.string() +
                      ": build the tests first, or name a program by a suite of kind command");
  }
  FirstFile file(project, root.filename().string());
  const std::string text = file.text();
  if (const base::Result<Config> config = parse_config(output.string(), text); !config) {
    return refuse(context, "what was found makes no right file: " + config.error().message);
  }
  if (const base::Result<void> written = base::write_file(output, text); !written) {
    return refuse(context, written.error().message);
  }
  for (const std::string& line : file.told()) {
    tell(context, "found  " + base::printable(line));
  }
  if (project.cut) {
    tell(context,
         "only the first " + std::to_string(kProjectEntriesMax) + " entries were looked at");
  }
  tell(context,
       "wrote  " + output.string() + "\nnext: read it, then `harness doctor`, then `harness run`");
  return kVerbOk;
}

}  // namespace harness
