// docs/harness.schema.json describes the keys that the parser knows, and no others. What they may
// hold is compared in tests/contract/test_contracts_harness_schema.py.
#include "harness/config/schema.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "common/base/text.h"
#include "harness/config/config.h"

namespace harness {
namespace {

using nlohmann::json;

// Every object of the schema, and a file with an unknown key HERE in it.
const std::map<std::string, std::string>& objects() {
  static const std::map<std::string, std::string> kObjects{
      {"", "HERE: 1"},
      {"service", "services: {s: {kind: redis, url_env: U, HERE: 1}}"},
      {"localPostgres", "services: {s: {kind: postgres, local: {HERE: 1}}}"},
      {"localRedis", "services: {s: {kind: redis, local: {HERE: 1}}}"},
      {"localMockllm", "services: {s: {kind: mockllm, local: {HERE: 1}}}"},
      {"localHttp", "services: {s: {kind: http, local: {run: [x], HERE: 1}}}"},
      {"localProgram", "services: {s: {kind: tcp, local: {run: [x], HERE: 1}}}"},
      {"secret", "secrets: [{name: A, env: A, HERE: 1}]"},
      {"migrations", "migrations: {service: s, dir: d, HERE: 1}"},
      {"llm", "llm: {HERE: 1}"},
      {"suite", "suites: [{name: a, kind: gtest, path: p, HERE: 1}]"},
      {"limits", "limits: {HERE: 1}"},
      {"report", "report: {HERE: 1}"},
      {"quarantined", "quarantine: [{HERE: 1}]"},
      {"history", "history: {HERE: 1}"},
      {"sharing", "serial: [{HERE: 1}]"},
  };
  return kObjects;
}

// The keys that the parser names where it meets one that it does not know.
std::set<std::string> keys_of_parser(const std::string& file) {
  const base::Result<Config> config = parse_config("h.yaml", "drydock: harness/v1\n" + file + "\n");
  EXPECT_FALSE(config.has_value()) << file;
  const std::string said = config ? "" : config.error().message;
  if (said.find("unknown key 'HERE': expected no key") != std::string::npos) {
    return {};
  }
  const std::string before = "unknown key 'HERE': expected one of ";
  const std::size_t at = said.find(before);
  EXPECT_NE(at, std::string::npos) << said;
  const std::size_t begin = at == std::string::npos ? said.size() : at + before.size();
  std::string list = said.substr(begin, said.find_first_of(";\n", begin) - begin);
  std::set<std::string> keys;
  for (const std::string_view key : base::split(list, ',')) {
    keys.emplace(base::trimmed(key));
  }
  return keys;
}

TEST(TheSchema, DescribesTheKeysThatTheParserKnows) {
  const json schema = json::parse(config_schema());

  for (const auto& [name, file] : objects()) {
    const json& part = name.empty() ? schema : schema["$defs"][name];
    std::set<std::string> described;
    for (const auto& [key, value] : part["properties"].items()) {
      described.insert(key);
    }
    EXPECT_EQ(keys_of_parser(file), described)
        << "of " << (name.empty() ? "the top level" : name)
        << ": a key of harness.yaml is described in docs/harness.schema.json, and stands in WHOLE "
           "of "
           "tests/contract/test_contracts_harness_schema.py";
    EXPECT_EQ(part["additionalProperties"], false) << name;
  }
}

TEST(TheSchema, HasNoObjectThatIsNotCompared) {
  const json schema = json::parse(config_schema());

  for (const auto& [name, part] : schema["$defs"].items()) {
    EXPECT_TRUE(!part.contains("properties") || objects().count(name) == 1)
        << name << ": give objects() a file that holds one";
  }
}

}  // namespace
}  // namespace harness
