#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/secret/secret.h"

namespace harness {
namespace {

TEST(TheRedactor, KnowsSecretsUrlsAndVariables) {
  base::Environment environment;
  environment.set("DEPLOY_TOKEN", "value-of-the-token");
  environment.set("OTHER_URL", "http://u:value-of-other@h");
  environment.set("PLAIN", "value-of-plain");
  const auto redactor = make_redactor({Secret("A", "value-of-secret")},
                                      {"postgresql://app:value%2Dof%2Durl@h/app"}, environment);
  ASSERT_TRUE(redactor.has_value()) << redactor.error().message;

  for (const char* secret : {"value-of-token", "value-of-the-token", "value-of-other",
                             "value-of-secret", "value%2Dof%2Durl", "value-of-url"}) {
    const bool known = std::string(secret) != "value-of-token";
    EXPECT_EQ((*redactor)->apply("<" + std::string(secret) + ">").find(secret) == std::string::npos,
              known)
        << secret;
  }
  EXPECT_EQ((*redactor)->apply("value-of-plain"), "value-of-plain");
}

TEST(TheRedactor, LeavesShortValuesAndSessionsAlone) {
  base::Environment environment;
  environment.set("SHORT_KEY", "abc");
  environment.set("OPENAI_API_KEY", "sk-mock-r1.weather.1");
  const auto redactor = make_redactor({}, {"redis://:abc@h"}, environment);

  ASSERT_TRUE(redactor.has_value());
  EXPECT_EQ((*redactor)->apply("abc session r1.weather.1"), "abc session r1.weather.1");
}

TEST(SecretsByName, AreKnownByTheirEnding) {
  for (const char* name :
       {"API_KEY", "GITHUB_TOKEN", "DB_PASSWORD", "CLIENT_SECRET", "PGPASSWORD"}) {
    EXPECT_TRUE(is_secret_by_name(name)) << name;
  }
  for (const char* name : {"KEYBOARD", "PATH", "TOKENS_MAX", "MONKEY"}) {
    EXPECT_FALSE(is_secret_by_name(name)) << name;
  }
}

TEST(MakeRedactor, KnowsThePartsOfADocumentAndOfAUrl) {
  const std::vector<Secret> secrets{
      Secret("ACCOUNT", R"({"user": "u", "keys": [{"private": "first-part-1"}],)"
                        R"( "dsn": "amqp://app:second%2Dpart-2@h/"})"),
      Secret("HOOK", "https://hooks.example/a?token=third-part-3&page=unsuspicious")};
  const auto redactor = make_redactor(secrets, {}, {});
  ASSERT_TRUE(redactor.has_value()) << redactor.error().message;

  EXPECT_EQ(
      (*redactor)->apply("first-part-1 second%2Dpart-2 second-part-2 third-part-3 unsuspicious"),
      "*** *** *** *** unsuspicious");
}

}  // namespace
}  // namespace harness
