// Secrets found and checked. No error of any row may hold a value.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/file.h"
#include "harness/secret/secret.h"

namespace harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LoadSecrets : public ::testing::Test {
 protected:
  // The value, or the error.
  std::string from_file(const std::string& content, bool multiline = false) {
    const std::string path = (folder_->path() / "secret").string();
    EXPECT_TRUE(base::write_file(path, content).has_value());
    SecretConfig secret = named("", path);
    secret.multiline = multiline;
    secret.place = "h.yaml:2:3";
    return loaded(secret);
  }

  static SecretConfig named(const std::string& variable, const std::string& file) {
    SecretConfig secret;
    secret.name = "S";
    secret.env = variable;
    secret.file = file;
    return secret;
  }

  std::string from_variable(const std::string& value, const std::string& shape = "") {
    base::Environment environment;
    environment.set("S_ENV", value);
    SecretConfig secret = named("S_ENV", "");
    secret.shape = shape;
    return loaded(secret, environment);
  }

  static std::string loaded(const SecretConfig& secret, const base::Environment& environment = {}) {
    const auto secrets = load_secrets({secret}, environment);
    return secrets ? secrets->at(0).reveal() : "error: " + secrets.error().message;
  }

  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("secret-test-");
};

TEST_F(LoadSecrets, TakesAVariableAsItIs) {
  EXPECT_EQ(from_variable("hunter22hunter22"), "hunter22hunter22");
  EXPECT_EQ(from_variable("a b  c d e "), "a b  c d e ");
}

TEST_F(LoadSecrets, TakesOneNewlineOffAMountedFile) {
  EXPECT_EQ(from_file("hunter22hunter22\n"), "hunter22hunter22");
  EXPECT_EQ(from_file("hunter22hunter22\r\n"), "hunter22hunter22");
  EXPECT_EQ(from_file("hunter22hunter22"), "hunter22hunter22");
  EXPECT_EQ(from_file("line one\nline two\n", true), "line one\nline two");
}

TEST_F(LoadSecrets, SaysWhatIsWrongWithoutTheValue) {
  EXPECT_EQ(from_variable(""), "error: secret S: variable S_ENV is empty");
  EXPECT_EQ(from_variable("hunter2"),
            "error: secret S: variable S_ENV is shorter than 8 bytes and could not be masked");
  EXPECT_EQ(from_variable("hunter22hunter22\n"),
            "error: secret S: variable S_ENV ends in a newline, which would become part of it");
  EXPECT_THAT(from_file("hunter22\nhunter33"),
              AllOf(HasSubstr("h.yaml:2:3: secret S: file "), HasSubstr("has several lines"),
                    Not(HasSubstr("hunter"))));
  EXPECT_THAT(from_file(" \n\n"), HasSubstr("is empty"));
  EXPECT_THAT(from_file(std::string("hunter22\0hunter", 15)),
              AllOf(HasSubstr("holds a NUL byte"), Not(HasSubstr("hunter"))));
  EXPECT_THAT(from_file(std::string(kSecretFileBytesMax + 1, 'x')),
              HasSubstr("larger than the limit"));
  EXPECT_THAT(loaded(named("", "/no/such/file")),
              HasSubstr("file /no/such/file is not readable: "));
}

TEST_F(LoadSecrets, ListsEveryMistakeAtOnce) {
  SecretConfig a = named("A_ENV", "");
  SecretConfig b = named("B_ENV", "");
  SecretConfig c = named("C_ENV", "");
  b.shape = "json";
  base::Environment environment;
  environment.set("B_ENV", "ToDo");
  environment.set("C_ENV", "a good one, longer than eight");

  const auto secrets = load_secrets({a, b, c}, environment);

  ASSERT_FALSE(secrets.has_value());
  EXPECT_EQ(secrets.error().message,
            "secret S: variable A_ENV is not set\n"
            "secret S: variable B_ENV is a placeholder, a word that stands for one: nobody put the "
            "secret in its place (`allow_placeholder: true` where that is meant)\n"
            "secret S: variable B_ENV is shorter than 8 bytes and could not be masked\n"
            "secret S: variable B_ENV is not a JSON object or list");
}

TEST_F(LoadSecrets, RefusesPlaceholders) {
  for (const char* value :
       {"changeme", "CHANGE_ME", "xxxxxxxxxxxx", "********", "mock-api-key", "your-api-key",
        "<your key here>", "${API_TOKEN}", "prefix-${API_TOKEN}", "{{ .Values.token }}",
        "$(cat /run/token)", "REPLACE-THIS"}) {
    EXPECT_THAT(from_variable(value), HasSubstr("is a placeholder")) << value;
    EXPECT_THAT(from_variable(value), Not(HasSubstr(value)));
  }
  for (const char* value :
       {"<a password that only looks so", "p$ssw0rd-of-ours", "sk-test-mock-key-4711", "a{b}c{d}e",
        "k$(7!q)Zr$2${+}w", "u${a}{{-p}}x9"}) {
    EXPECT_EQ(from_variable(value), value);
  }
}

TEST_F(LoadSecrets, TakesAPlaceholderThatIsMeant) {
  SecretConfig secret = named("S_ENV", "");
  secret.may_be_placeholder = true;
  base::Environment environment;
  environment.set("S_ENV", "changeme");

  EXPECT_EQ(loaded(secret, environment), "changeme");
}

struct Shaped {
  const char* shape;
  const char* good;
  const char* bad;
};

class Shapes : public LoadSecrets, public ::testing::WithParamInterface<Shaped> {};

TEST_P(Shapes, AreWhatTheValueMustHave) {
  const auto fault = [&](const std::string& value) {
    SecretConfig secret = named("S_ENV", "");
    secret.shape = GetParam().shape;
    secret.multiline = true;
    base::Environment environment;
    environment.set("S_ENV", value);
    return loaded(secret, environment);
  };

  EXPECT_EQ(fault(GetParam().good), GetParam().good);
  EXPECT_THAT(fault(GetParam().bad), HasSubstr("S_ENV "));
  EXPECT_THAT(fault(GetParam().bad), Not(HasSubstr(GetParam().bad)));
}

INSTANTIATE_TEST_SUITE_P(
    All, Shapes,
    ::testing::Values(
        Shaped{"pem", "-----BEGIN EC KEY-----\nMHcCAQEE+/==\n-----END EC KEY-----\n",
               "-----BEGIN EC KEY-----\\nMHcCAQEE\\n-----END EC KEY-----"},
        Shaped{"pem",
               "-----BEGIN A-----\nMHcC\n-----END A-----\n-----BEGIN B-----\nMHcC\n-----END "
               "B-----",
               "-----BEGIN A-----\nMHcC\n-----END B-----"},
        Shaped{"json", R"({"a": "bcdefgh"})", R"({"a": "bcdefgh")"},
        Shaped{"json", R"(["bcdefgh"])", R"("just a text")"},
        Shaped{"url", "postgresql://app:pw@h:5432/app", "app:pw@h:5432/app"},
        Shaped{"jwt", "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln", "eyJhbGciOiJub25lIn0.eyJhIjoxfQ"},
        Shaped{"hex", "00ff00FF00", "00ff00fg00"}, Shaped{"base64", "aHVudGVyMjI=", "aHVudGVyMjI"},
        Shaped{"uuid", "12345678-1234-1234-1234-123456789abc", "12345678-1234-1234-1234"},
        Shaped{"/sk-[a-z0-9]+/", "sk-abc12345", "sk-abc12345 "}));

TEST(ASecret, ShowsStars) {
  EXPECT_EQ(Secret("A", "hunter22").shown(), "***");
}

}  // namespace
}  // namespace harness
