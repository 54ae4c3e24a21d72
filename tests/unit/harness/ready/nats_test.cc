// Against a real server, with and without a password, and against peers in states that it is not
// brought into easily, byte for byte as its protocol has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>

#include "common/base/file.h"
#include "harness/config/url.h"
#include "harness/ready/probe.h"
#include "harness/service/services.h"
#include "tests/support/raw_server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using support::RawServer;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RealNats, TellsItsStatesApart) {
  const base::SystemClock clock;
  base::Environment environment;
  environment.set("PATH", "/usr/local/bin:/usr/bin:/bin");
  const auto logs = base::TemporaryDirectory::make("nats-test-");
  const Config config =
      *parse_config("h.yaml", "drydock: harness/v1\nservices: {bus: {kind: nats, local: {}}}\n");
  Services services(config, environment, clock, {.log_directory = logs->path().string()});
  const auto failed = services.up({});
  ASSERT_FALSE(failed.has_value()) << failed->reason << "\n" << failed->log;
  const std::string url = services.find("bus")->url;
  const std::string at = "127.0.0.1:" + std::to_string(split_url(url).port);

  EXPECT_EQ(probe_nats(url).reason, "PONG, with JetStream");

  const ProbeResult nobody = probe_nats("nats://" + at);
  EXPECT_EQ(nobody.readiness, Readiness::kNever);
  EXPECT_EQ(nobody.reason, "'Authorization Violation'");

  const ProbeResult wrong = probe_nats("nats://app:hunter22@" + at);
  EXPECT_EQ(wrong.readiness, Readiness::kNever);
  EXPECT_EQ(wrong.reason, "'Authorization Violation'");

  EXPECT_EQ(probe_nats("nats://hunter22@" + at).readiness, Readiness::kNever);

  services.down();
  const ProbeResult gone = probe_nats(url);
  EXPECT_EQ(gone.readiness, Readiness::kNotYet);
  EXPECT_THAT(gone.reason, HasSubstr("refused"));
}

struct Answer {
  const char* name;
  RawServer::Script script;
  Readiness readiness;
  const char* reason;

  friend void PrintTo(const Answer& answer, std::ostream* out) { *out << answer.name; }
};

class ProbeNats : public ::testing::TestWithParam<Answer> {};

TEST_P(ProbeNats, Judges) {
  const RawServer server(GetParam().script);

  const ProbeResult result =
      probe_nats("nats://s3cr3t-token@" + server.address(), milliseconds(300));

  EXPECT_EQ(result.readiness, GetParam().readiness) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr(GetParam().reason));
  EXPECT_THAT(result.reason, Not(HasSubstr("s3cr3t")));
}

const std::string kInfo = "INFO {\"server_id\":\"N\",\"max_payload\":1048576}\r\n";

INSTANTIATE_TEST_SUITE_P(
    Answers, ProbeNats,
    ::testing::Values(
        Answer{"pong", {.greeting = kInfo, .answers = {"PONG\r\n"}}, Readiness::kReady, "PONG"},
        Answer{"a ping of its own first",
               {.greeting = kInfo, .answers = {"PING\r\n", "PONG\r\n"}},
               Readiness::kReady,
               "PONG"},
        Answer{"too many",
               {.greeting = "-ERR 'maximum connections exceeded'\r\n"},
               Readiness::kNotYet,
               "maximum connections"},
        Answer{"about to end",
               {.greeting = "INFO {\"ldm\":true}\r\n"},
               Readiness::kNotYet,
               "lame duck"},
        Answer{"TLS", {.greeting = "INFO {\"tls_required\":true}\r\n"}, Readiness::kNever, "TLS"},
        Answer{"another protocol",
               {.greeting = "220 smtp ready\r\n"},
               Readiness::kNever,
               "does not speak NATS' protocol: 220 smtp ready"},
        Answer{"an INFO that is none",
               {.greeting = "INFO [1]\r\n"},
               Readiness::kNever,
               "does not speak NATS' protocol"},
        Answer{"silence", {}, Readiness::kNotYet, "no answer in time"},
        Answer{"no pong", {.greeting = kInfo}, Readiness::kNotYet, "no answer in time"},
        Answer{"a hang-up",
               {.greeting = kInfo, .answers = {""}, .hang_up = true},
               Readiness::kNotYet,
               "closed"},
        Answer{"an endless line",
               {.greeting = kInfo, .answers = {std::string(1'000, 'x')}, .endless = true},
               Readiness::kNever,
               "endless"}));

TEST(ProbeNatsUrls, RefusesWhatIsNone) {
  EXPECT_EQ(probe_nats("nats://").readiness, Readiness::kNever);
  EXPECT_EQ(probe_nats("http://t0ken@h").readiness, Readiness::kNever);
  EXPECT_EQ(probe_nats("nats://t0ken@a:4222,nats://t0ken@b:4222").readiness, Readiness::kNever);
  EXPECT_THAT(probe_nats("nats://t0ken@a,b").reason, Not(HasSubstr("t0ken")));
}

}  // namespace
}  // namespace harness
