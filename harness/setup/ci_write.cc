// From the values of a ci/config.yaml to the text of a harness.yaml.
#include <algorithm>
#include <cctype>

#include "common/base/text.h"
#include "harness/setup/ci_config.h"
#include "harness/setup/yaml_text.h"

namespace harness {
namespace {

constexpr std::string_view kUsualTests = "tests/integration";
// What suites of tests that must not run in parallel share.
constexpr std::string_view kOneAtATime = "one-at-a-time";

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::string seconds_text(std::chrono::seconds time) {
  return std::to_string(time.count()) + "s";
}

// "deepagents-runtime" -> "DEEPAGENTS_RUNTIME_URL"
std::string url_variable(std::string_view service) {
  std::string variable;
  for (const char c : service) {
    const auto byte = static_cast<unsigned char>(c);
    variable += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return (std::isdigit(static_cast<unsigned char>(variable.front())) != 0 ? "_" : "") + variable +
         "_URL";
}

// What of a pattern stands before its first glob: the folder, or the file where it has none.
std::string fixed_part(std::string_view pattern) {
  const std::size_t glob = pattern.find_first_of("*?[{");
  if (glob == std::string_view::npos) {
    return std::string(pattern);
  }
  const std::size_t slash = pattern.rfind('/', glob);
  return slash == std::string_view::npos ? "." : std::string(pattern.substr(0, slash));
}

// NAME: value, where a literal "${" has to stay one.
std::string variable_line(std::string_view name, std::string value) {
  for (std::size_t at = 0; (at = value.find("${", at)) != std::string::npos; at += 3) {
    value.insert(at, "$");
  }
  return "      " + std::string(name) + ": " + base::json_quoted(value) + "\n";
}

class Writer {
 public:
  Writer(CiConfig& config, const CiProject& project) : config_(config), project_(project) {}

  std::string text();

 private:
  void services();
  void service(const std::string& name, const std::string& keys);
  void application();
  void suites();
  void suite_of(const std::string& pattern);
  void suite(const std::string& name, const std::string& keys);
  void command_suite(const std::string& name, const std::string& keys, const std::string& remedy);
  [[nodiscard]] std::string environment(bool of_application) const;

  [[nodiscard]] bool has(std::string_view name) const { return contains(names_, name); }

  CiConfig& config_;
  const CiProject& project_;
  std::vector<std::string> names_;  // of services
  std::vector<std::string> suite_names_;
  std::vector<std::string> seen_;  // what suites were made of
  std::string services_;
  std::string suites_;
};

void Writer::service(const std::string& name, const std::string& keys) {
  names_.push_back(name);
  services_ += "  " + name + ": {" + keys + "}\n";
}

void Writer::services() {
  std::vector<std::string> taken{"postgres", "redis", "nats", "llm", "app"};
  const bool migrates = project_.has_migrations && config_.postgres;
  if (config_.postgres && (config_.wants_database || migrates)) {
    service("postgres", "kind: postgres, url_env: DATABASE_URL, local: {}");
  } else if (config_.postgres) {
    config_.notes.push_back(
        "diagnostics.post_deploy.test_database_connection is false: no run waits for the database");
  }
  if (config_.redis) {
    service("redis", "kind: redis, url_env: REDIS_URL, local: {}");
  }
  if (config_.nats) {
    service("nats", "kind: nats, url_env: NATS_URL, local: {}");
  }
  if (config_.llm) {
    service("llm", "kind: mockllm, url_env: MOCKLLM_URL, key_env: MOCKLLM_KEY, local: {}");
  }
  for (const std::string& other : config_.external) {
    std::string name = as_name(other);
    std::replace(name.begin(), name.end(), '.', '-');
    service(unique_name(name, taken), "kind: http, url_env: " + url_variable(other));
  }
  if (config_.wants_application) {
    application();
  } else {
    config_.notes.push_back(
        "diagnostics.post_deploy.test_health_endpoint is false: no run waits for the application");
  }
}

void Writer::application() {
  const std::vector<std::string> needs = names_;
  names_.emplace_back("app");
  if (!project_.has_run_script) {
    config_.notes.push_back(
        std::string(kCiRunScript) +
        " is not there: say in services.app.local.run what starts the application");
  }
  services_ +=
      "  app:\n    kind: http\n    url_env: " + url_variable(config_.service) +
      "\n    local: {run: [sh, " + std::string(kCiRunScript) + "]" +
      (config_.health_endpoint.empty() ? "" : ", ready: " + yaml_scalar(config_.health_endpoint)) +
      "}\n";
  if (config_.wait_timeout.count() > 0) {
    services_ += "    ready_timeout: " + seconds_text(config_.wait_timeout) + "\n";
  }
  if (!needs.empty()) {
    services_ += "    needs: " + yaml_list(needs) + "\n";
  }
  if (const std::string variables = environment(true); !variables.empty()) {
    services_ += "    env:\n" + variables;
  }
}

// What the file says, and where the services are in the names that these pipelines give.
std::string Writer::environment(bool of_application) const {
  std::string text;
  for (const auto& [name, value] : config_.env) {
    text += variable_line(name, value);
  }
  const auto add = [&](std::string_view name, const std::string& reference) {
    const bool said = std::any_of(config_.env.begin(), config_.env.end(),
                                  [&](const auto& pair) { return pair.first == name; });
    if (!said) {
      text += "      " + std::string(name) + ": \"" + reference + "\"\n";
    }
  };
  if (has("redis")) {
    add("DRAGONFLY_HOST", "${redis.host}");
    add("DRAGONFLY_PORT", "${redis.port}");
  }
  // Tests get these of the harness anyway.
  if (of_application && has("redis")) {
    add("REDIS_URL", "${redis.url}");
  }
  if (of_application && has("postgres")) {
    add("DATABASE_URL", "${postgres.url}");
  }
  if (of_application && has("nats")) {
    add("NATS_URL", "${nats.url}");
  }
  if (of_application && has("llm")) {
    add("OPENAI_BASE_URL", "${llm.base_url}");
    add("OPENAI_API_KEY", "${llm.key}");
  }
  return text;
}

void Writer::suite(const std::string& name, const std::string& keys) {
  suites_ += "  - name: " + yaml_scalar(unique_name(as_name(name), suite_names_)) + "\n" + keys;
  if (!names_.empty()) {
    suites_ += "    uses: " + yaml_list(names_) + "\n";
  }
  if (!config_.not_parallel.empty()) {
    suites_ += "    serial: [" + std::string(kOneAtATime) + "]\n";
  }
  if (const std::string variables = environment(false); !variables.empty()) {
    suites_ += "    env:\n" + variables;
  }
}

// Of pytest a process is a file, whose tests run one after another. What a command does with its
// own is its own.
void Writer::command_suite(const std::string& name, const std::string& keys,
                           const std::string& remedy) {
  suite(name, "    kind: command\n" + keys);
  if (!config_.not_parallel.empty()) {
    config_.notes.push_back(config_.not_parallel + ": test.parallel: false: nothing runs beside " +
                            suite_names_.back() + "; for the tests inside of it " + remedy);
  }
}

void Writer::suite_of(const std::string& pattern) {
  const std::size_t colons = pattern.find("::");
  const std::string file = pattern.substr(0, colons);
  if (colons != std::string::npos) {
    config_.notes.push_back("test.test_patterns: " + pattern +
                            ": the whole file is a suite; give `--filter "
                            "\"test(" +
                            pattern.substr(colons + 2) + ")\"` for a part");
  }
  const bool script = ends_with(file, ".ts") || ends_with(file, ".js") || ends_with(file, ".mjs");
  const bool go = ends_with(file, ".go") || ends_with(file, "...");
  std::string path =
      go && ends_with(file, "/...") ? file.substr(0, file.size() - 4) : fixed_part(file);
  if (contains(seen_, path)) {
    return;
  }
  seen_.push_back(path);
  const std::string name = path == "." ? config_.service : path.substr(path.rfind('/') + 1);
  if (script) {
    command_suite(name,
                  "    results: junit\n    run: [npx, vitest, run, " + yaml_scalar(path) +
                      ", --reporter=junit, \"--outputFile=${junit}\"]\n",
                  "vitest has --no-file-parallelism");
  } else if (go) {
    path = path.substr(0, 2) == "./" || path == "." ? path : "./" + path;
    command_suite(name, "    run: [go, test, " + yaml_scalar(path + "/...") + "]\n",
                  "go test has -p 1 and -parallel 1");
  } else {
    suite(name, "    kind: pytest\n    path: " + yaml_scalar(path) + "\n");
  }
}

void Writer::suites() {
  if (!config_.command.empty()) {
    command_suite(config_.service,
                  "    run: [sh, -c, " + base::json_quoted(config_.command) + "]\n",
                  "test.command has to see to it");
    if (!config_.patterns.empty()) {
      config_.notes.emplace_back("test.test_patterns: left out, as test.command says what is run");
    }
    return;
  }
  if (config_.patterns.empty()) {
    config_.patterns.emplace_back(kUsualTests);
    config_.notes.push_back("test.test_patterns is not there: " + std::string(kUsualTests) +
                            ", as these pipelines take it");
  }
  for (const std::string& pattern : config_.patterns) {
    suite_of(pattern);
  }
}

std::string Writer::text() {
  services();
  suites();
  std::string text = "drydock: harness/v1\nname: " + yaml_scalar(as_name(config_.service)) + "\n";
  if (!services_.empty()) {
    text += "services:\n" + services_;
  }
  if (!config_.secrets.empty()) {
    text += "secrets:\n";
    for (const std::string& name : config_.secrets) {
      text += "  - {name: " + name + ", env: " + name + "}\n";
    }
  }
  if (project_.has_migrations && has("postgres")) {
    text += "migrations: {service: postgres, dir: " + std::string(kCiMigrations) + "}\n";
  }
  if (config_.mock_llm) {
    text += std::string("llm: {mode: ") + (*config_.mock_llm ? "mock" : "real") + "}\n";
  }
  text += "suites:\n" + suites_;
  if (config_.timeout.count() > 0) {
    text += "limits: {run: " + seconds_text(config_.timeout) + "}\n";
  }
  return text;
}

}  // namespace

std::string harness_yaml_of(CiConfig& config, const CiProject& project) {
  return Writer(config, project).text();
}

}  // namespace harness
