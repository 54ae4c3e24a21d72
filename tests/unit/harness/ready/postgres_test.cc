// Against a real server in each of its states, and against peers that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>

#include <pqxx/pqxx>

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

TEST(RealPostgres, TellsItsStatesApart) {
  const base::SystemClock clock;
  base::Environment environment;
  environment.set("PATH", "/usr/local/bin:/usr/bin:/bin");
  const auto logs = base::TemporaryDirectory::make("postgres-test-");
  const Config config = *parse_config(
      "h.yaml",
      "drydock: harness/v1\nservices: {db: {kind: postgres, local: {database: my-shop}}}\n");
  Services services(config, environment, clock, {.log_directory = logs->path().string()});
  const auto failed = services.up({});
  ASSERT_FALSE(failed.has_value()) << failed->reason << "\n" << failed->log;
  const std::string url = services.find("db")->url;
  const UrlParts parts = split_url(url);
  const std::string at = "@127.0.0.1:" + std::to_string(parts.port);

  EXPECT_EQ(probe_postgres(url).readiness, Readiness::kReady);
  EXPECT_THAT(url, HasSubstr("/my-shop"));

  const ProbeResult wrong = probe_postgres("postgresql://app:hunter22" + at + "/my-shop");
  EXPECT_EQ(wrong.readiness, Readiness::kNever);
  EXPECT_EQ(wrong.reason, "password authentication failed for user \"app\" (28P01)");

  const ProbeResult none = probe_postgres("postgresql://app" + at + "/my-shop");
  EXPECT_EQ(none.readiness, Readiness::kNever);
  EXPECT_THAT(none.reason, HasSubstr("no password supplied"));

  const ProbeResult database =
      probe_postgres("postgresql://app:" + parts.password + at + "/nowhere");
  EXPECT_EQ(database.readiness, Readiness::kNever);
  EXPECT_EQ(database.reason, "database \"nowhere\" does not exist (3D000)");

  const ProbeResult tls = probe_postgres(url + "?sslmode=require");
  EXPECT_EQ(tls.readiness, Readiness::kNever);
  EXPECT_THAT(tls.reason, HasSubstr("SSL"));

  EXPECT_EQ(probe_postgres(url, ServerRole::kPrimary).reason, "SELECT 1 answered, by a primary");
  const ProbeResult standby = probe_postgres(url, ServerRole::kReplica);
  EXPECT_EQ(standby.readiness, Readiness::kNotYet);
  EXPECT_EQ(standby.reason, "is a primary, a replica is wanted");
  {
    pqxx::connection connection(url);
    pqxx::nontransaction work(connection);
    EXPECT_EQ(probe_postgres(url, ServerRole::kAny, 2).reason, "migration 2 is not there yet");
    work.exec("CREATE TABLE drydock_migrations (version bigint)");  // as older versions made it
    work.exec("INSERT INTO drydock_migrations VALUES (1)");
    EXPECT_EQ(probe_postgres(url, ServerRole::kAny, 2).readiness, Readiness::kNotYet);
    work.exec("ALTER TABLE drydock_migrations ADD COLUMN dirty boolean NOT NULL DEFAULT false");
    work.exec("INSERT INTO drydock_migrations VALUES (2)");
    EXPECT_EQ(probe_postgres(url, ServerRole::kPrimary, 2).reason,
              "SELECT 1 answered, migration 2 is there");
    work.exec("INSERT INTO drydock_migrations VALUES (3, true)");
    EXPECT_EQ(probe_postgres(url, ServerRole::kAny, 2).readiness, Readiness::kNever);
    work.exec("ALTER SYSTEM SET default_transaction_read_only = on");
    work.exec("SELECT pg_reload_conf()");
  }
  // A reload is noticed by new connections, a moment later.
  ProbeResult read_only;
  for (int i = 0; i < 200 && read_only.reason != "is read-only, a primary is wanted"; ++i) {
    read_only = probe_postgres(url, ServerRole::kPrimary);
  }
  EXPECT_EQ(read_only.reason, "is read-only, a primary is wanted");
  EXPECT_EQ(read_only.readiness, Readiness::kNotYet);

  services.down();
  const ProbeResult gone = probe_postgres(url);
  EXPECT_EQ(gone.readiness, Readiness::kNotYet);
  EXPECT_THAT(gone.reason, HasSubstr("refused"));
}

// An ErrorResponse of PostgreSQL's protocol.
std::string error_response(const std::string& state, const std::string& message) {
  const std::string zero(1, '\0');
  const std::string fields =
      "SFATAL" + zero + "VFATAL" + zero + "C" + state + zero + "M" + message + zero + zero;
  const auto length = static_cast<std::uint32_t>(fields.size() + 4);
  std::string bytes = "E";
  for (const int shift : {24, 16, 8, 0}) {
    bytes += static_cast<char>((length >> static_cast<unsigned>(shift)) & 0xFFU);
  }
  return bytes + fields;
}

struct Answer {
  const char* name;
  RawServer::Script script;
  Readiness readiness;
  std::string reason;

  friend void PrintTo(const Answer& answer, std::ostream* out) { *out << answer.name; }
};

class ProbePostgres : public ::testing::TestWithParam<Answer> {};

TEST_P(ProbePostgres, Judges) {
  const RawServer server(GetParam().script);

  const ProbeResult result = probe_postgres(
      "postgresql://app:hunter22@" + server.address() + "/app?sslmode=disable&gssencmode=disable",
      ServerRole::kAny, 0, milliseconds(300));

  EXPECT_EQ(result.readiness, GetParam().readiness) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr(GetParam().reason));
  EXPECT_THAT(result.reason, Not(HasSubstr("hunter22")));
}

INSTANTIATE_TEST_SUITE_P(
    Answers, ProbePostgres,
    ::testing::Values(
        Answer{"starting",
               {.answers = {error_response("57P03", "the database system is starting up")},
                .hang_up = true},
               Readiness::kNotYet,
               "the database system is starting up (57P03)"},
        Answer{"too many clients",
               {.answers = {error_response("53300", "too many clients already")}, .hang_up = true},
               Readiness::kNotYet,
               "(53300)"},
        Answer{"no entry in pg_hba",
               {.answers = {error_response("28000", "no pg_hba.conf entry for hunter22")},
                .hang_up = true},
               Readiness::kNever,
               "no pg_hba.conf entry for *** (28000)"},
        Answer{"another protocol",
               {.answers = {"HTTP/1.1 400 Bad Request\r\n\r\n"}, .hang_up = true},
               Readiness::kNever,
               "but received H"},
        Answer{
            "a hang-up", {.answers = {""}, .hang_up = true}, Readiness::kNotYet, "server closed"},
        Answer{"silence", {}, Readiness::kNotYet, "no login within 300 ms"}));

TEST(ProbePostgresUrls, AreNeverQuoted) {
  const ProbeResult result = probe_postgres("postgresql://app:hunter22@[::1/app");

  EXPECT_EQ(result.readiness, Readiness::kNever);
  EXPECT_EQ(result.reason, "its URL is not one of PostgreSQL");
  EXPECT_EQ(probe_postgres("").readiness, Readiness::kNever);
}

TEST(ProbePostgresUrls, MayNameAHostThatIsNotThereYet) {
  EXPECT_EQ(probe_postgres("postgresql://app:hunter22@no-such-host.invalid/app").readiness,
            Readiness::kNotYet);
}

}  // namespace
}  // namespace harness
