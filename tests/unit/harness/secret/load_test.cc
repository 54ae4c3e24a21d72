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
    return loaded(
        {.name = "S", .env = "", .file = path, .multiline = multiline, .place = "h.yaml:2:3"});
  }

  std::string from_variable(const std::string& value) {
    base::Environment environment;
    environment.set("S_ENV", value);
    return loaded({.name = "S", .env = "S_ENV", .file = "", .multiline = false, .place = ""},
                  environment);
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
  EXPECT_THAT(
      loaded({.name = "S", .env = "", .file = "/no/such/file", .multiline = false, .place = ""}),
      HasSubstr("file /no/such/file is not readable: "));
}

TEST_F(LoadSecrets, ListsEveryMistakeAtOnce) {
  const auto secrets =
      load_secrets({{.name = "A", .env = "A_ENV", .file = "", .multiline = false, .place = ""},
                    {.name = "B", .env = "B_ENV", .file = "", .multiline = false, .place = ""}},
                   {});

  ASSERT_FALSE(secrets.has_value());
  EXPECT_EQ(secrets.error().message,
            "secret A: variable A_ENV is not set\nsecret B: variable B_ENV is not set");
}

TEST(ASecret, ShowsStars) {
  EXPECT_EQ(Secret("A", "hunter22").shown(), "***");
}

}  // namespace
}  // namespace harness
