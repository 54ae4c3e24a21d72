#include "harness/service/base_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace harness {
namespace {

bool passes(const std::string& name, const std::string& value = "x") {
  base::Environment own;
  own.set(name, value);
  return base_environment(own).get(name).has_value();
}

TEST(TheBaseEnvironment, LeavesOutWhatSteersARunnerOrLeaks) {
  for (const char* name :
       {"GTEST_FILTER", "PYTEST_ADDOPTS", "TESTBRIDGE_TEST_ONLY", "XML_OUTPUT_FILE",
        "TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX", "TEST_SHARD_STATUS_FILE",
        "TEST_PREMATURE_EXIT_FILE", "TEST_WARNINGS_OUTPUT_FILE", "TEST_SRCDIR", "TEST_TMPDIR",
        "TEST_TARGET", "LD_PRELOAD", "GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN",
        "MOCKLLM_CONTROL_TOKEN", "DRYDOCK_NONCE"}) {
    EXPECT_FALSE(passes(name)) << name;
  }
}

TEST(TheBaseEnvironment, KeepsEverythingElse) {
  for (const char* name :
       {"PATH", "HOME", "TOKEN_PEPPER", "DATABASE_URL", "TEST_NAME", "GITHUB_REF",
        "KUBERNETES_SERVICE_HOST", "KUBERNETES_PORT_443_TCP", "APP_PORT"}) {
    EXPECT_TRUE(passes(name)) << name;
  }
}

TEST(TheBaseEnvironment, LeavesOutTheKeyOfTheUpstream) {
  base::Environment own;
  own.set("REAL_KEY", "sk-1");

  EXPECT_TRUE(base_environment(own).has("REAL_KEY"));
  EXPECT_FALSE(base_environment(own, "REAL_KEY").has("REAL_KEY"));
}

TEST(TheBaseEnvironment, LeavesOutServiceLinks) {
  base::Environment own;
  own.set("REDIS_SERVICE_HOST", "10.0.0.1");
  own.set("REDIS_SERVICE_PORT", "6379");
  own.set("REDIS_SERVICE_PORT_TCP", "6379");
  own.set("REDIS_PORT", "tcp://10.0.0.1:6379");
  own.set("REDIS_PORT_6379_TCP_ADDR", "10.0.0.1");
  own.set("REDIS_URL", "redis://h");
  own.set("KUBERNETES_SERVICE_HOST", "10.0.0.2");
  own.set("KUBERNETES_SERVICE_PORT", "443");
  own.set("KUBERNETES_PORT", "tcp://10.0.0.2:443");

  const base::Environment kept = base_environment(own);

  EXPECT_EQ(kept.all().size(), 5U) << "REDIS_URL, three of KUBERNETES, TZ";
  EXPECT_TRUE(kept.has("REDIS_URL"));
  EXPECT_TRUE(kept.has("KUBERNETES_PORT"));
}

TEST(TheBaseEnvironment, KeepsAPortThatAPersonSetBesideALink) {
  base::Environment own;
  own.set("REDIS_SERVICE_HOST", "10.0.0.1");
  own.set("REDIS_SERVICE_PORT", "6379");
  own.set("REDIS_PORT", "6380");

  EXPECT_EQ(base_environment(own).get("REDIS_PORT"), "6380");
}

TEST(TheBaseEnvironment, IsInUtcWhereNobodySaysOtherwise) {
  base::Environment own;
  EXPECT_EQ(base_environment(own).get("TZ"), "UTC");

  own.set("TZ", "Europe/Oslo");
  EXPECT_EQ(base_environment(own).get("TZ"), "Europe/Oslo");
}

}  // namespace
}  // namespace harness
