#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/duration.h"
#include "common/base/text.h"
#include "common/yaml/reader.h"
#include "harness/config/check.h"
#include "harness/config/config.h"
#include "harness/config/section.h"
#include "harness/config/service_section.h"
#include "harness/config/settings.h"
#include "harness/config/suite_section.h"

namespace harness {
namespace {

constexpr std::string_view kFormat = "harness/v1";
constexpr std::size_t kConfigBytesMax = 1024 * 1024;
constexpr std::size_t kConfigNodesMax = 50'000;
constexpr int kRetriesMax = 100;

// From one parsed document to a Config; every mistake is kept and reading goes on.
class Parser {
 public:
  base::Result<Config> parse(const yaml::Document& document);

 private:
  void services(const yaml::Node& node);
  void secrets(const yaml::Node& node);
  void check_shape(const std::string& shape, const std::string& place);
  void migrations(const yaml::Node& node);
  void suites(const yaml::Node& node);
  SuiteConfig suite(const yaml::Node& node, SuitePlaces& places);
  void quarantine(const yaml::Node& node);
  void serial(const yaml::Node& node);
  void order(const Section& root);
  void llm(const yaml::Node& node);
  void limits(const yaml::Node& node);
  void report(const yaml::Node& node);
  void history(const yaml::Node& node);
  void keep_settings(const yaml::Node& root);
  std::optional<std::vector<yaml::Node>> items(const yaml::Node& node);

  Config config_;
  Places places_;
  Mistakes mistakes_;
  std::map<std::string, std::string> origins_;  // by the names of settings; those of the file only
};

std::optional<std::vector<yaml::Node>> Parser::items(const yaml::Node& node) {
  base::Result<std::vector<yaml::Node>> list = node.items();
  if (!list) {
    mistakes_.add(list.error());
    return std::nullopt;
  }
  return *std::move(list);
}

void Parser::services(const yaml::Node& node) {
  const base::Result<std::vector<yaml::Node::Entry>> entries = node.entries();
  if (!entries) {
    mistakes_.add(entries.error());
    return;
  }
  for (const yaml::Node::Entry& entry : *entries) {
    ServicePlaces places;
    config_.services.push_back(read_service(entry, mistakes_, places));
    places_.services.push_back(std::move(places));
  }
}

void Parser::secrets(const yaml::Node& node) {
  const auto list = items(node);
  if (!list) {
    return;
  }
  for (const yaml::Node& item : *list) {
    const Section section(item, mistakes_,
                          {"name", "env", "file", "multiline", "shape", "allow_placeholder"},
                          {"kubernetes"});
    SecretConfig secret;
    secret.place = section.place();
    section.need("name", secret.name);
    section.read_variable("env", secret.env);
    section.read("file", secret.file);
    section.read("multiline", secret.multiline);
    section.read("allow_placeholder", secret.may_be_placeholder);
    if (section.read("shape", secret.shape)) {
      check_shape(secret.shape, section.place_of("shape"));
      secret.multiline |= secret.shape == "pem" || secret.shape == "json";
    }
    if (section.find("env").has_value() == section.find("file").has_value()) {
      tell(mistakes_, secret.place, "a secret comes from one of 'env' and 'file'");
    }
    config_.secrets.push_back(std::move(secret));
  }
}

void Parser::check_shape(const std::string& shape, const std::string& place) {
  const std::vector<std::string>& names = secret_shapes();
  if (shape.size() > 2 && shape.front() == '/' && shape.back() == '/') {
    const RE2 expression(shape.substr(1, shape.size() - 2), RE2::Quiet);
    if (!expression.ok()) {
      tell(mistakes_, place, "no regular expression: " + expression.error());
    }
  } else if (std::find(names.begin(), names.end(), shape) == names.end()) {
    tell(mistakes_, place,
         "'" + base::printable(shape) + "' is no shape, " + expected_names(shape, names) +
             " or a /regular expression/");
  }
}

void Parser::migrations(const yaml::Node& node) {
  if (is_false(node)) {
    return;
  }
  const Section section(node, mistakes_, {"service", "dir"});
  MigrationsConfig& migrations = config_.migrations.emplace();
  migrations.place = section.place();
  if (!section.need("service", migrations.service)) {
    config_.migrations.reset();
    return;
  }
  if (!section.find("dir")) {
    section.missing("dir");
  }
  section.read_path("dir", migrations.directory);
  places_.migrations_service = section.place_of("service");
}

void Parser::suites(const yaml::Node& node) {
  const auto list = items(node);
  if (!list) {
    return;
  }
  for (const yaml::Node& item : *list) {
    SuitePlaces places;
    config_.suites.push_back(suite(item, places));
    places_.suites.push_back(std::move(places));
  }
}

SuiteConfig Parser::suite(const yaml::Node& node, SuitePlaces& places) {
  const Section section(
      node, mistakes_,
      {"name", "kind", "path", "run", "results", "report", "directory", "timeout", "retry", "uses",
       "shares", "tags", "serial", "session", "expects_misses", "environment", "env", "coverage"},
      {"filter", "isolation", "jobs"});
  SuiteConfig suite;
  suite.place = section.place();
  section.need("name", suite.name);
  name_must_be_plain(suite.name, "._-", section.place_of("name"), mistakes_);
  if (!section.find("kind")) {
    section.missing("kind");
  }
  if (const auto kind =
          section.read_choice("kind", {"gtest", "pytest", "command"}, {"vitest", "catch2"})) {
    suite.kind = static_cast<SuiteKind>(*kind);
    read_suite_tests(section, mistakes_, suite);
  }
  std::chrono::milliseconds timeout{};
  if (section.read("timeout", timeout)) {
    suite.timeout = timeout;
  }
  if (int retry = 0; section.read_count("retry", retry, kRetriesMax)) {
    suite.retry = retry;
  }
  section.read_list("uses", suite.uses);
  section.read_list("shares", suite.shares);
  suite.tags = read_names(section, "tags", "._-:", "a tag", mistakes_);
  for (const std::string& resource :
       read_names(section, "serial", "._-", "a resource", mistakes_)) {
    suite.tags.push_back(std::string(kSerialTag) + resource);
  }
  if (const auto session = section.read_choice("session", {"alias", "carried"})) {
    suite.session = static_cast<SessionMode>(*session);
  }
  section.read("expects_misses", suite.expects_misses);
  section.read("coverage", suite.coverage);
  if (const auto environment = section.read_choice("environment", {"inherited", "declared"})) {
    suite.environment_declared = *environment == 1;
  }
  section.read_variables("env", suite.env);
  places = {section.places_in("uses"), section.places_in("shares"), section.places_in("env")};
  return suite;
}

void Parser::quarantine(const yaml::Node& node) {
  for (const yaml::Node& item : items(node).value_or(std::vector<yaml::Node>())) {
    config_.quarantine.push_back(read_quarantine(item, mistakes_));
  }
}

void Parser::serial(const yaml::Node& node) {
  for (const yaml::Node& item : items(node).value_or(std::vector<yaml::Node>())) {
    const SerialConfig& entry = config_.serial.emplace_back(read_serial(item, mistakes_));
    name_must_be_plain(entry.resource, "._-", entry.place, mistakes_);
  }
}

void Parser::order(const Section& root) {
  if (const auto order = root.read_choice("order", {"recorded", "listed"})) {
    config_.order = static_cast<StartOrder>(*order);
    origins_["order"] = root.place_of("order");
  }
}

void Parser::llm(const yaml::Node& node) {
  const Section section(node, mistakes_, {"mode"}, {"upstream", "budget_usd", "key_env"});
  if (const auto mode = section.read_choice("mode", {"mock", "real", "auto"})) {
    config_.llm = static_cast<LlmChoice>(*mode);
    origins_["llm.mode"] = section.place_of("mode");
  }
}

void Parser::limits(const yaml::Node& node) {
  const Section section(node, mistakes_, {"test", "soft", "run", "retry"}, {"jobs"});
  if (section.read("test", config_.test_timeout)) {
    origins_["limits.test"] = section.place_of("test");
  }
  if (std::chrono::milliseconds soft{}; section.read("soft", soft)) {
    config_.soft_timeout = soft;
    origins_["limits.soft"] = section.place_of("soft");
  }
  if (section.read("run", config_.run_timeout)) {
    origins_["limits.run"] = section.place_of("run");
  }
  if (section.read_count("retry", config_.retry, kRetriesMax)) {
    origins_["limits.retry"] = section.place_of("retry");
  }
}

void Parser::history(const yaml::Node& node) {
  const Section section(node, mistakes_, {"url_env"});
  if (!section.find("url_env")) {
    section.missing("url_env");
  }
  section.read_variable("url_env", config_.history_url_env);
}

void Parser::report(const yaml::Node& node) {
  const Section section(node, mistakes_, {"dir"}, {"formats"});
  if (section.read_path("dir", config_.report_directory)) {
    origins_["report.dir"] = section.place_of("dir");
  }
}

void Parser::keep_settings(const yaml::Node& root) {
  const std::array modes{"mock", "real", "auto"};
  const std::array orders{"recorded", "listed"};
  for (const auto& [name, value] :
       {std::pair("name", config_.name),
        std::pair("llm.mode", std::string(modes.at(static_cast<std::size_t>(config_.llm)))),
        std::pair("order", std::string(orders.at(static_cast<std::size_t>(config_.order)))),
        std::pair("limits.test", base::format_duration(config_.test_timeout)),
        std::pair("limits.soft", config_.soft_timeout ? base::format_duration(*config_.soft_timeout)
                                                      : std::string("none")),
        std::pair("limits.run", base::format_duration(config_.run_timeout)),
        std::pair("limits.retry", std::to_string(config_.retry)),
        std::pair("report.dir", config_.report_directory)}) {
    const auto origin = origins_.find(name);
    config_.settings.push_back(
        {name, value, origin == origins_.end() ? "default" : origin->second});
  }
  append_settings(root, config_.settings);
}

base::Result<Config> Parser::parse(const yaml::Document& document) {
  const Section root(document.root(), mistakes_,
                     {"drydock", "name", "services", "secrets", "migrations", "llm", "suites",
                      "limits", "report", "quarantine", "serial", "order", "history"});
  std::string format;
  if (root.need("drydock", format) && format != kFormat) {
    tell(mistakes_, root.place_of("drydock"),
         "'" + base::printable(format) + "' is not a format of this file, expected " +
             std::string(kFormat));
  }
  if (root.read("name", config_.name)) {
    origins_["name"] = root.place_of("name");
  }
  const auto read = [&](std::string_view key, void (Parser::*reader)(const yaml::Node&)) {
    if (const std::optional<yaml::Node> node = root.find(key)) {
      (this->*reader)(*node);
    }
  };
  read("services", &Parser::services);
  read("secrets", &Parser::secrets);
  read("migrations", &Parser::migrations);
  read("llm", &Parser::llm);
  read("suites", &Parser::suites);
  read("quarantine", &Parser::quarantine);
  read("serial", &Parser::serial);
  order(root);
  read("limits", &Parser::limits);
  read("report", &Parser::report);
  read("history", &Parser::history);
  check_config(config_, places_, mistakes_);
  if (!mistakes_.empty()) {
    return mistakes_.error();
  }
  keep_settings(document.root());
  return std::move(config_);
}

}  // namespace

bool is_suite_name(std::string_view name) {
  return is_plain_name(name, "._-");
}

base::Result<Config> parse_config(std::string name, std::string_view text) {
  const yaml::Limits limits{.bytes_max = kConfigBytesMax, .nodes_max = kConfigNodesMax};
  const base::Result<std::unique_ptr<yaml::Document>> document =
      yaml::Document::parse(name, text, limits);
  if (!document) {
    return document.error();
  }
  base::Result<Config> config = Parser().parse(**document);
  if (config) {
    config->file = std::move(name);
  }
  return config;
}

}  // namespace harness
