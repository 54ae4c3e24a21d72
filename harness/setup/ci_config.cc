#include "harness/setup/ci_config.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "common/base/duration.h"
#include "common/base/text.h"
#include "common/yaml/mistakes.h"
#include "common/yaml/reader.h"

namespace harness {
namespace {

constexpr std::size_t kBytesMax = 1024 * 1024;
constexpr std::size_t kNodesMax = 20'000;
constexpr std::int64_t kSecondsMax = 86'400;

constexpr std::string_view kImages =
    "images are built before, and named to `harness launch --image`";
constexpr std::string_view kGate = "what is released is not a matter of a test run";
constexpr std::string_view kPlatform =
    "a test run prepares no platform; say what it waits for in `services`";

// Keys that harness.yaml has no equal of, and what to do instead. A name that ends in '.' is all
// below it.
struct NoEqual {
  std::string_view key;
  std::string_view remedy;
};

constexpr std::array<NoEqual, 9> kNoEquals{
    {{"service.namespace", "give it to `harness launch --namespace`"},
     {"build.", kImages},
     {"test.coverage.threshold", "let the tool that measures coverage fail below it"},
     {"deployment.liveness_endpoint", "a run waits until the application is ready"},
     {"diagnostics.pre_deploy.", "`harness doctor` says what is missing before a run"},
     {"diagnostics.post_deploy.test_service_connectivity", "a run always asks each of `services`"},
     {"platform.", kPlatform},
     {"release.", kGate},
     {"environments.", kGate}}};

const std::vector<std::string>& known_keys() {
  static const std::vector<std::string> kKeys{"service.name",
                                              "service.namespace",
                                              "build.dockerfile",
                                              "build.context",
                                              "build.tag",
                                              "test.timeout",
                                              "test.parallel",
                                              "test.command",
                                              "test.test_patterns",
                                              "test.coverage.enabled",
                                              "test.coverage.threshold",
                                              "deployment.wait_timeout",
                                              "deployment.health_endpoint",
                                              "deployment.liveness_endpoint",
                                              "dependencies.platform",
                                              "dependencies.external",
                                              "dependencies.internal",
                                              "env",
                                              "diagnostics.pre_deploy.check_dependencies",
                                              "diagnostics.pre_deploy.check_platform_apis",
                                              "diagnostics.post_deploy.test_health_endpoint",
                                              "diagnostics.post_deploy.test_database_connection",
                                              "diagnostics.post_deploy.test_service_connectivity",
                                              "platform.branch",
                                              "platform.service.type",
                                              "platform.service.name",
                                              "platform.service.k8s_service_name"};
  return kKeys;
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

bool names_a_secret(std::string_view variable) {
  return has_any(variable, {"SECRET", "PASSWORD", "TOKEN", "PEPPER", "PRIVATE_KEY", "API_KEY"});
}

bool is_about_llms(std::string_view variable) {
  return has_any(variable, {"OPENAI", "ANTHROPIC", "AI_GATEWAY", "_LLM", "LLM_"});
}

class Reader {
 public:
  base::Result<CiConfig> read(const yaml::Node& root);

 private:
  void visit(const std::string& key, const yaml::Node::Entry& entry);
  bool take(const std::string& key, const yaml::Node& value);
  bool take_test(const std::string& key, const yaml::Node& value);
  bool take_switch(const std::string& key, const yaml::Node& value);
  void dependencies(const std::string& key, const yaml::Node& value);
  void dependency(const std::string& kind, const yaml::Node& item);
  void environment(const yaml::Node& value);
  void text(const yaml::Node& value, std::string& into);
  void seconds(const yaml::Node& value, std::chrono::seconds& into);

  std::optional<bool> truth(const yaml::Node& value) { return mistakes_.keep(value.boolean()); }

  void note(const yaml::Place& place, const std::string& what) {
    config_.notes.push_back(yaml::to_string(place) + ": " + base::printable(what));
  }

  CiConfig config_;
  yaml::Mistakes mistakes_;
};

void Reader::text(const yaml::Node& value, std::string& into) {
  if (std::optional<std::string> found = mistakes_.keep(value.text())) {
    into = *std::move(found);
  }
}

// 600, as these files have it, or 10m.
void Reader::seconds(const yaml::Node& value, std::chrono::seconds& into) {
  if (const base::Result<std::int64_t> number = value.integer(1, kSecondsMax)) {
    into = std::chrono::seconds(*number);
    return;
  }
  const base::Result<std::string> word = value.text();
  const base::Result<std::chrono::milliseconds> duration =
      word ? base::parse_duration(*word) : base::Result<std::chrono::milliseconds>(word.error());
  if (!duration || duration->count() < 1'000) {
    mistakes_.add(value.expected("seconds from 1 to " + std::to_string(kSecondsMax)));
    return;
  }
  into = std::chrono::duration_cast<std::chrono::seconds>(*duration);
}

void Reader::dependency(const std::string& kind, const yaml::Node& item) {
  const std::optional<std::string> name = mistakes_.keep(item.text());
  if (!name) {
    return;
  }
  if (has_any(*name, {"postgres", "neon-db", "databases", "cnpg"})) {
    config_.postgres |= kind != "platform";
  } else if (has_any(*name, {"redis", "dragonfly"})) {
    config_.redis = true;
  } else if (has_any(*name, {"nats"})) {
    config_.nats |= kind != "platform";
    if (kind != "platform" && has_any(*name, {"streams"})) {
      note(item.place(), "dependencies." + kind + ": " + *name +
                             ": a local server has no streams yet: let the application make those "
                             "that it needs, or a service of kind command");
    }
  } else if (kind == "external") {
    config_.external.push_back(*name);
    return;
  } else {
    note(item.place(), "dependencies." + kind + ": " + *name + ": " + std::string(kPlatform));
    return;
  }
  if (kind == "platform") {
    note(item.place(),
         "dependencies.platform: " + *name +
             ": the cluster's own; what tests talk to is in `internal` or `external`");
  }
}

void Reader::dependencies(const std::string& key, const yaml::Node& value) {
  const std::string kind = key.substr(key.find('.') + 1);
  if (const auto items = mistakes_.keep(value.items())) {
    for (const yaml::Node& item : *items) {
      dependency(kind, item);
    }
  }
}

void Reader::environment(const yaml::Node& value) {
  const auto entries = mistakes_.keep(value.entries());
  if (!entries) {
    return;
  }
  for (const yaml::Node::Entry& entry : *entries) {
    const std::optional<std::string> found = mistakes_.keep(entry.value.text());
    if (!found) {
      continue;
    }
    config_.llm |= is_about_llms(entry.key);
    if (entry.key == "USE_MOCK_LLM" && (*found == "true" || *found == "false")) {
      config_.mock_llm = *found == "true";
    }
    if (names_a_secret(entry.key)) {
      config_.secrets.push_back(entry.key);
      note(entry.key_place,
           "env." + entry.key +
               ": its value is not copied: set the variable where the run starts, as a "
               "Secret in the cluster");
    } else {
      config_.env.emplace_back(entry.key, *found);
    }
  }
}

bool Reader::take_test(const std::string& key, const yaml::Node& value) {
  if (key == "test.timeout") {
    seconds(value, config_.timeout);
  } else if (key == "test.command") {
    text(value, config_.command);
  } else if (key == "test.test_patterns") {
    if (auto patterns = mistakes_.keep(value.texts())) {
      config_.patterns = *std::move(patterns);
    }
  } else {
    return false;
  }
  return true;
}

// A false is as much of an answer as a true.
bool Reader::take_switch(const std::string& key, const yaml::Node& value) {
  if (key == "test.parallel") {
    if (truth(value) == false) {
      config_.not_parallel = yaml::to_string(value.place());
    }
  } else if (key == "test.coverage.enabled") {
    if (truth(value) == true) {
      note(value.place(),
           "test.coverage.enabled: true: let the tests measure it, into $DRYDOCK_ARTIFACTS_DIR");
    }
  } else if (key == "diagnostics.post_deploy.test_health_endpoint") {
    config_.wants_application = truth(value).value_or(true);
  } else if (key == "diagnostics.post_deploy.test_database_connection") {
    config_.wants_database = truth(value).value_or(true);
  } else {
    return false;
  }
  return true;
}

bool Reader::take(const std::string& key, const yaml::Node& value) {
  if (key == "service.name") {
    text(value, config_.service);
  } else if (key == "deployment.wait_timeout") {
    seconds(value, config_.wait_timeout);
  } else if (key == "deployment.health_endpoint") {
    text(value, config_.health_endpoint);
    if (!starts_with(config_.health_endpoint, "/")) {
      mistakes_.add(value.expected("a path such as /ready"));
    }
  } else if (key == "env") {
    environment(value);
  } else if (starts_with(key, "dependencies.") &&
             has_any(key, {".platform", ".external", ".internal"})) {
    dependencies(key, value);
  } else {
    return take_test(key, value) || take_switch(key, value);
  }
  return true;
}

void Reader::visit(const std::string& key, const yaml::Node::Entry& entry) {
  if (entry.value.kind() == yaml::Node::Kind::kNull || take(key, entry.value)) {
    return;  // a key without a value says nothing
  }
  if (entry.value.kind() == yaml::Node::Kind::kMapping) {
    const auto inner = mistakes_.keep(entry.value.entries());
    for (const yaml::Node::Entry& next : inner.value_or(std::vector<yaml::Node::Entry>())) {
      visit(key.empty() ? next.key : key + "." + next.key, next);
    }
    return;
  }
  for (const NoEqual& none : kNoEquals) {
    if (none.key == key || (none.key.back() == '.' && starts_with(key, none.key))) {
      note(entry.key_place, key + ": no equal in harness.yaml: " + std::string(none.remedy));
      return;
    }
  }
  const std::optional<std::string> nearest = base::nearest_name(key, known_keys());
  note(entry.key_place, key + ": unknown, and left out" +
                            (nearest ? "; did you mean '" + *nearest + "'?" : std::string()));
}

base::Result<CiConfig> Reader::read(const yaml::Node& root) {
  for (const yaml::Node::Entry& entry :
       mistakes_.keep(root.entries()).value_or(std::vector<yaml::Node::Entry>())) {
    visit(entry.key, entry);
  }
  if (mistakes_.empty() && config_.service.empty()) {
    mistakes_.add(root.error("'service.name' is missing"));
  }
  if (!mistakes_.empty()) {
    return mistakes_.error();
  }
  return std::move(config_);
}

}  // namespace

base::Result<CiConfig> read_ci_config(const std::string& name, std::string_view text) {
  const base::Result<std::unique_ptr<yaml::Document>> document =
      yaml::Document::parse(name, text, {.bytes_max = kBytesMax, .nodes_max = kNodesMax});
  if (!document) {
    return document.error();
  }
  return Reader().read((*document)->root());
}

}  // namespace harness
