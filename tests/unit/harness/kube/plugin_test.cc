#include "harness/kube/plugin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/file.h"
#include "tests/support/fake_clock.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kVersion = "client.authentication.k8s.io/v1";

std::string credential(const std::string& status) {
  return std::string(R"({"kind":"ExecCredential","apiVersion":")") + kVersion + R"(","status":{)" +
         status + "}}";
}

class Plugin : public testing::Test {
 protected:
  KubePluginSpec shell(const std::string& script) {
    KubePluginSpec spec;
    spec.command = {"/bin/sh", "-c", script};
    spec.environment = {"PATH=/usr/bin:/bin", "FOLDER=" + folder_.path().string()};
    spec.api_version = kVersion;
    return spec;
  }

  std::string runs() {
    base::Result<std::string> text = base::read_file(folder_.path() / "runs", 1000);
    return text ? *text : "";
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("plugin");
  support::FakeClock fake_;
  base::SystemClock clock_;
};

TEST_F(Plugin, GivesAToken) {
  KubePlugin plugin(shell("echo '" + credential(R"("token":"t0k")") + "'; echo speech >&2"));
  const base::Result<KubePluginAnswer> answer = plugin.answer(clock_);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->token, "t0k");
}

TEST_F(Plugin, IsToldWhoAsks) {
  KubePluginSpec spec = shell("printf %s \"$KUBERNETES_EXEC_INFO\" > $FOLDER/info; echo '" +
                              credential(R"("token":"t0k")") + "'");
  spec.cluster = {{"server", "https://a"}};
  KubePlugin plugin(std::move(spec));
  ASSERT_TRUE(plugin.answer(clock_));
  const nlohmann::json info =
      nlohmann::json::parse(*base::read_file(folder_.path() / "info", 1000), nullptr, false);
  EXPECT_EQ(info["kind"], "ExecCredential");
  EXPECT_EQ(info["apiVersion"], kVersion);
  EXPECT_EQ(info["spec"]["interactive"], false);
  EXPECT_EQ(info["spec"]["cluster"]["server"], "https://a");
}

TEST_F(Plugin, RunsOnceUntilItsAnswerExpires) {
  // A year and some days after the start of the fake clock's time.
  const std::string expires = base::to_rfc3339(fake_.wall() + std::chrono::minutes(1));
  KubePlugin plugin(shell("printf x >> $FOLDER/runs; echo '" +
                          credential(R"("token":"t0k","expirationTimestamp":")" + expires + "\"") +
                          "'"));
  ASSERT_TRUE(plugin.answer(fake_));
  fake_.advance(std::chrono::seconds(50));
  ASSERT_TRUE(plugin.answer(fake_));
  EXPECT_EQ(runs(), "x");
  fake_.advance(std::chrono::seconds(6));
  ASSERT_TRUE(plugin.answer(fake_));
  EXPECT_EQ(runs(), "xx");
}

TEST_F(Plugin, RunsAgainWhereItsTokenWasRefused) {
  KubePlugin plugin(
      shell("printf x >> $FOLDER/runs; echo '" + credential(R"("token":"t0k")") + "'"));
  ASSERT_TRUE(plugin.answer(clock_));
  plugin.forget("another");
  ASSERT_TRUE(plugin.answer(clock_));
  EXPECT_EQ(runs(), "x");
  plugin.forget("t0k");
  ASSERT_TRUE(plugin.answer(clock_));
  EXPECT_EQ(runs(), "xx");
}

TEST_F(Plugin, SaysWhyItFailedButNotWhatItPrinted) {
  KubePluginSpec spec = shell("echo s3cret; echo 'please log in' >&2; exit 3");
  spec.install_hint = "install it";
  KubePlugin plugin(std::move(spec));
  const base::Result<KubePluginAnswer> answer = plugin.answer(clock_);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("exit code 3: please log in"));
  EXPECT_THAT(answer.error().message, HasSubstr("install it"));
  EXPECT_THAT(answer.error().message, Not(HasSubstr("s3cret")));
}

TEST_F(Plugin, ThatIsNotThereIsNamed) {
  KubePluginSpec spec = shell("");
  spec.command = {"no-such-plugin"};
  KubePlugin plugin(std::move(spec));
  EXPECT_THAT(plugin.answer(clock_).error().message, HasSubstr("no program no-such-plugin"));
}

TEST_F(Plugin, ThatDoesNotEndIsEnded) {
  KubePluginSpec spec = shell("exec tail -f /dev/null");
  spec.time_limit = milliseconds(50);
  KubePlugin plugin(std::move(spec));
  EXPECT_THAT(plugin.answer(clock_).error().message, HasSubstr("no answer in 50 ms"));
}

TEST_F(Plugin, MayPrintMoreThanAPipeHolds) {
  KubePlugin plugin(
      shell("head -c 300000 /dev/zero | tr '\\0' ' ' >&2; head -c 300000 /dev/zero | "
            "tr '\\0' ' '; echo '" +
            credential(R"("token":"t0k")") + "'"));
  const base::Result<KubePluginAnswer> answer = plugin.answer(clock_);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->token, "t0k");
}

TEST(ParsePluginAnswer, TakesACertificate) {
  const auto answer = parse_plugin_answer(
      credential(R"("clientCertificateData":"cert","clientKeyData":"key")"), kVersion);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->client_certificate, "cert");
  EXPECT_EQ(answer->client_key, "key");
  EXPECT_FALSE(answer->expires);
}

class AWrongPluginAnswer : public testing::TestWithParam<std::string> {};

TEST_P(AWrongPluginAnswer, IsRefusedWithoutShowingIt) {
  const auto answer = parse_plugin_answer(GetParam(), kVersion);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, Not(HasSubstr("s3cret")));
}

INSTANTIATE_TEST_SUITE_P(
    Table, AWrongPluginAnswer,
    testing::Values("", "s3cret", "[]", "{}", R"({"kind":"Secret","data":"s3cret"})",
                    credential(""), credential(R"("token":7)"),
                    credential(R"("clientKeyData":"s3cret")"),
                    credential(R"("token":"s3cret","expirationTimestamp":"soon")"),
                    R"({"kind":"ExecCredential","apiVersion":"v9","status":{"token":"s3cret"}})"));

TEST(ParseRfc3339, KnowsZonesAndFractions) {
  const auto noon = parse_rfc3339("2026-11-22T12:00:00Z");
  ASSERT_TRUE(noon);
  EXPECT_EQ(base::to_rfc3339(*noon), "2026-11-22T12:00:00.000Z");
  EXPECT_EQ(parse_rfc3339("2026-11-22T13:30:00.123456+01:30"), noon);
  EXPECT_EQ(parse_rfc3339("2026-11-22T05:00:00-07:00"), noon);
}

TEST(ParseRfc3339, RefusesWhatIsNoTime) {
  for (const char* text : {"", "soon", "2026-11-22", "2026-13-22T12:00:00Z", "2026-02-30T12:00:00Z",
                           "2026-11-22T24:00:00Z", "2026-11-22T12:00:00", "2026-11-22T12:00:00Zx",
                           "2026-11-22T12:00:00+0100", "-026-11-22T12:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace harness
