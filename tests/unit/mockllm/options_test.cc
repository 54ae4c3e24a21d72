#include "mockllm/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "common/base/file.h"

namespace mockllm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ServeOptions serve(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "serve");
  const Options options = parse_options(std::move(arguments));
  const auto* serving = std::get_if<ServeOptions>(&options);
  EXPECT_NE(serving, nullptr) << (serving == nullptr ? std::get<EndNow>(options).text : "");
  return serving == nullptr ? ServeOptions{} : *serving;
}

EndNow end(std::vector<std::string> arguments) {
  const Options options = parse_options(std::move(arguments));
  const auto* ended = std::get_if<EndNow>(&options);
  EXPECT_NE(ended, nullptr);
  return ended == nullptr ? EndNow{-1, {}} : *ended;
}

TEST(ServeFlags, HaveTheDefaultsOfTheContract) {
  const ServeOptions options = serve({});

  EXPECT_EQ(options.host, "127.0.0.1");
  EXPECT_EQ(options.port, 4010);
  EXPECT_EQ(options.mode, Mode::kReplay);
  EXPECT_EQ(options.seed, 0U);
  EXPECT_EQ(options.log_format, base::LogFormat::kText);
}

TEST(ServeFlags, AreTaken) {
  const ServeOptions options =
      serve({"--host", "::1", "--port", "0", "--fixtures", "a", "--fixtures", "b", "--seed", "7",
             "--log-format", "json", "--debug", "--api-keys-env", "KEYS"});

  EXPECT_EQ(options.host, "::1");
  EXPECT_EQ(options.port, 0);
  EXPECT_THAT(options.fixtures, ElementsAre("a", "b"));
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.log_format, base::LogFormat::kJson);
  EXPECT_EQ(options.log_level, base::LogLevel::kDebug);
  EXPECT_EQ(options.api_keys_env, "KEYS");
}

TEST(ServeFlags, SetEachLimit) {
  const ServeOptions options = serve({"--body-bytes-max", "7", "--tick", "2ms", "--sessions-max",
                                      "3", "--journal-calls-max", "4", "--alias-wait", "1s",
                                      "--upstream-idle-timeout", "5m", "--interactions-max", "6"});

  EXPECT_EQ(options.http.body_bytes_max, 7U);
  EXPECT_EQ(options.http.tick, std::chrono::milliseconds(2));
  EXPECT_EQ(options.sessions.sessions_max, 3U);
  EXPECT_EQ(options.journal.calls_max, 4U);
  EXPECT_EQ(options.control.alias_wait, std::chrono::seconds(1));
  EXPECT_EQ(options.upstream_limits.idle_timeout, std::chrono::minutes(5));
  EXPECT_EQ(options.cassette.interactions_max, 6U);
}

TEST(RecordVerb, IsServeInRecordMode) {
  const Options options =
      parse_options({"record", "--upstream", "http://127.0.0.1:1", "--cassettes", "tapes"});

  ASSERT_TRUE(std::holds_alternative<ServeOptions>(options));
  EXPECT_EQ(std::get<ServeOptions>(options).mode, Mode::kRecord);
}

TEST(RecordVerb, HasNoModeOfItsOwn) {
  EXPECT_EQ(end({"record", "--mode", "replay"}).exit_code, 2);
}

TEST(OtherVerbs, TakeTheirFiles) {
  const Options lint = parse_options({"lint", "a", "b"});
  ASSERT_TRUE(std::holds_alternative<LintOptions>(lint));
  EXPECT_THAT(std::get<LintOptions>(lint).paths, ElementsAre("a", "b"));

  const Options explain = parse_options({"explain", "folder", "request.json"});
  ASSERT_TRUE(std::holds_alternative<ExplainOptions>(explain));
  EXPECT_EQ(std::get<ExplainOptions>(explain).fixtures, "folder");
  EXPECT_EQ(std::get<ExplainOptions>(explain).request, "request.json");

  EXPECT_TRUE(std::holds_alternative<SchemaOptions>(parse_options({"schema"})));
}

TEST(Help, IsForStdoutAndOfItsVerb) {
  const EndNow help = end({"serve", "--help"});

  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.text, HasSubstr("mockllm serve"));
  EXPECT_THAT(help.text, HasSubstr("--fixtures"));
  EXPECT_THAT(help.text, testing::Not(HasSubstr("--head-timeout")));
  // "TIME=10s" or "TIME [10s]", as the version of CLI11 writes it.
  EXPECT_THAT(end({"serve", "--help-all"}).text,
              testing::ContainsRegex("--head-timeout TIME.{1,2}10s"));
}

TEST(AMistake, IsToldWithItsFlag) {
  const EndNow wrong = end({"serve", "--port", "eighty"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.text, HasSubstr("--port"));
  EXPECT_THAT(end({"serve", "--idle-timeout", "5"}).text, HasSubstr("not a duration"));
}

class AConfigurationFile : public testing::Test {
 protected:
  std::string write(std::string_view text) {
    const std::string path = (folder_->path() / "mockllm.yaml").string();
    EXPECT_TRUE(base::write_file(path, text));
    return path;
  }

  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("options");
};

TEST_F(AConfigurationFile, StandsForFlags) {
  const std::string path =
      write("port: 0\nfixtures: [a, b]\nidle-timeout: 5s\ndebug: true\nseed: 7\n");

  const ServeOptions options = serve({"--config", path});

  EXPECT_EQ(options.port, 0);
  EXPECT_THAT(options.fixtures, ElementsAre("a", "b"));
  EXPECT_EQ(options.http.idle_timeout, std::chrono::seconds(5));
  EXPECT_EQ(options.log_level, base::LogLevel::kDebug);
  EXPECT_EQ(options.seed, 7U);
}

TEST_F(AConfigurationFile, KeepsAnExplicitFalse) {
  EXPECT_EQ(serve({"--config", write("debug: false\n")}).log_level, base::LogLevel::kInfo);
}

TEST_F(AConfigurationFile, GivesWayToTheCommandLine) {
  const std::string path = write("fixtures: [a, b]\nseed: 7\n");

  const ServeOptions options = serve({"--config", path, "--seed", "8", "--fixtures", "c"});

  EXPECT_THAT(options.fixtures, ElementsAre("c"));
  EXPECT_EQ(options.seed, 8U);
}

TEST_F(AConfigurationFile, MayChooseTheMode) {
  const std::string path = write("mode: passthrough\nupstream: http://127.0.0.1:1\n");

  EXPECT_EQ(serve({"--config", path}).mode, Mode::kPassthrough);
}

TEST_F(AConfigurationFile, IsRefusedWithThePlaceOfItsMistake) {
  EXPECT_THAT(end({"serve", "--config", write("prt: 1\n")}).text, HasSubstr("mockllm.yaml:1:1"));
  EXPECT_THAT(end({"serve", "--config", write("prt: 1\n")}).text, HasSubstr("port"));
  EXPECT_THAT(end({"serve", "--config", write("port: x\n")}).text, HasSubstr("mockllm.yaml:1:7"));
  EXPECT_EQ(end({"serve", "--config", "/no/such/file"}).exit_code, 2);
}

}  // namespace
}  // namespace mockllm
