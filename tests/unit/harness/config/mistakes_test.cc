// Each row is a file with one mistake and what a person is told: where, what, and what would be
// right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "harness/config/config.h"

namespace harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string fault(const std::string& text) {
  const base::Result<Config> config = parse_config("h.yaml", text);
  if (config) {
    return "accepted";
  }
  EXPECT_EQ(config.error().kind, base::ErrorKind::kInvalidInput);
  return config.error().message;
}

struct Mistake {
  const char* name;
  const char* body;      // after the line with the format
  const char* place;     // line:column
  const char* expected;  // in the message

  friend void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }
};

class OneMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(OneMistake, IsToldWithPlaceAndRemedy) {
  const std::string message = fault("drydock: harness/v1\n" + std::string(GetParam().body));

  EXPECT_THAT(message, AllOf(StartsWith("h.yaml:" + std::string(GetParam().place) + ": "),
                             HasSubstr(GetParam().expected)));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("\n"))) << "one mistake, one line";
}

INSTANTIATE_TEST_SUITE_P(
    Keys, OneMistake,
    ::testing::Values(
        Mistake{"unknown at the top", "servces: {}\n", "2:1", "did you mean 'services'?"},
        Mistake{"unknown in a suite", "suites:\n  - {name: a, kind: gtest, path: x, timout: 3s}\n",
                "3:37", "did you mean 'timeout'?"},
        Mistake{"no value", "services:\n", "2:1", "'services' has no value"},
        Mistake{"a suite without path", "suites:\n  - {name: a, kind: gtest}\n", "3:5",
                "'path' is missing"},
        Mistake{"a secret without source", "secrets:\n  - {name: A}\n", "3:5",
                "one of 'env' and 'file'"},
        Mistake{"a secret of two sources", "secrets:\n  - {name: A, env: A, file: /a}\n", "3:5",
                "one of 'env' and 'file'"},
        Mistake{"a key of later", "limits: {jobs: 3}\n", "2:10", "'jobs' is not supported yet"},
        Mistake{"isolation of another kind",
                "services:\n  a: {kind: http, url_env: A, isolation: database}\n", "3:3",
                "isolation: database is not for a service of kind http"},
        Mistake{"a prefix in a database",
                "services:\n  a: {kind: postgres, url_env: A, isolation: prefix}\n", "3:3",
                "expected database (postgres, redis) or prefix (redis)"},
        Mistake{"local of another kind", "services: {r: {kind: redis, local: {database: x}}}\n",
                "2:37", "unknown key 'database': expected no key"},
        Mistake{"env of a database", "services: {r: {kind: redis, local: {}, env: {A: b}}}\n",
                "2:45", "of a local http, tcp or command service"},
        Mistake{"unattributed of a database",
                "services: {r: {kind: redis, local: {}, unattributed: warn}}\n", "2:54",
                "belongs to a mockllm service"}));

INSTANTIATE_TEST_SUITE_P(
    Values, OneMistake,
    ::testing::Values(
        Mistake{"an empty tag", "suites:\n  - {name: a, kind: gtest, path: x, tags: [\"\"]}\n",
                "3:44", "a tag is empty"},
        Mistake{"a kind of later", "suites:\n  - {name: a, kind: vitest, path: x}\n", "3:21",
                "kind 'vitest' is not supported yet"},
        Mistake{"a command with a path",
                "suites:\n  - {name: a, kind: command, run: [x], path: x}\n", "3:46",
                "has 'run' in place of 'path'"},
        Mistake{"a command without run", "suites:\n  - {name: a, kind: command}\n", "3:5",
                "'run' is missing"},
        Mistake{"a command of nothing", "suites:\n  - {name: a, kind: command, run: []}\n", "3:35",
                "'run' names no program"},
        Mistake{"a JUnit file of no JUnit",
                "suites:\n  - {name: a, kind: command, run: [x, \"-o${junit}\"]}\n", "3:35",
                "where 'results' is junit"},
        Mistake{"a day that is none",
                "quarantine:\n  - {tests: x, owner: a, reason: r, until: 2026-13-01}\n", "3:44",
                "'2026-13-01' is no day"},
        Mistake{"a quarantine of nobody",
                "quarantine:\n  - {tests: x, reason: r, until: 2026-12-01}\n", "3:5",
                "'owner' is missing"},
        Mistake{"a resource of no name",
                "suites:\n  - {name: a, kind: gtest, path: x, serial: [a b]}\n", "3:46",
                "'a b' is not a name"},
        Mistake{"a serial entry without tests", "serial:\n  - {resource: orders}\n", "3:5",
                "'tests' is missing"},
        Mistake{"an order that is none", "order: random\n", "2:8", "expected one of recorded"},
        Mistake{"run of another kind", "suites:\n  - {name: a, kind: gtest, path: x, run: [x]}\n",
                "3:42", "'run' is of a suite of kind command, this one is gtest"},
        Mistake{"a near kind of service", "services: {n: {kind: nat, url_env: N}}\n", "2:22",
                "did you mean 'nats'?"},
        Mistake{"a near kind", "suites:\n  - {name: a, kind: pytst, path: x}\n", "3:21",
                "did you mean 'pytest'?"},
        Mistake{"no duration", "limits: {test: 60}\n", "2:16", "'60' is not a duration"},
        Mistake{"no time", "limits: {test: 0s}\n", "2:16", "expected more than zero"},
        Mistake{"a truth that is a word", "secrets:\n  - {name: A, env: A, multiline: yes}\n",
                "3:34", "yes"},
        Mistake{"not a variable", "services: {r: {kind: redis, url_env: REDIS-URL}}\n", "2:38",
                "'REDIS-URL' is not the name of a variable"},
        Mistake{"a path that leaves", "report: {dir: a/../../out}\n", "2:15",
                "leaves the folder of this file"},
        Mistake{"a suite's name with a slash", "suites:\n  - {name: a/b, kind: gtest, path: x}\n",
                "3:12", "'a/b' is not a name"},
        Mistake{"a service that cannot be had", "services: {r: {kind: redis}}\n", "2:12",
                "give url_env or local"},
        Mistake{"an empty program", "services: {a: {kind: http, local: {run: []}}}\n", "2:41",
                "'run' names no program"},
        Mistake{"a ready path without slash",
                "services: {a: {kind: http, local: {run: [x], ready: healthz}}}\n", "2:53",
                "'healthz' is not a path"},
        Mistake{"PORT set by hand",
                "services: {a: {kind: http, local: {run: [x]}, env: {PORT: 80}}}\n", "2:59",
                "PORT is chosen by the harness"},
        Mistake{"services as a list", "services: [a]\n", "2:11", "mapping"}));

INSTANTIATE_TEST_SUITE_P(
    Services, OneMistake,
    ::testing::Values(
        Mistake{"a key of another kind", "services: {a: {kind: tcp, url_env: A, role: any}}\n",
                "2:45",
                "'role' belongs to a postgres, redis or dragonfly service, this one is tcp"},
        Mistake{"a command without anything", "services: {a: {kind: command}}\n", "2:12",
                "give ready, local or both"},
        Mistake{"a file without path", "services: {a: {kind: file}}\n", "2:15",
                "'path' is missing"},
        Mistake{"an object without name", "services: {a: {kind: kubernetes, object: app}}\n",
                "2:42", "'app' is not KIND/NAME"},
        Mistake{"a local one that is never started",
                "services: {a: {kind: dragonfly, local: {}}}\n", "2:40",
                "the harness starts no dragonfly service"},
        Mistake{"a 2xx that is fatal",
                "services: {a: {kind: http, url_env: A, fatal_statuses: [200]}}\n", "2:57",
                "a 2xx is what is waited for"},
        Mistake{"a stability without end",
                "services: {a: {kind: tcp, url_env: A, ready_timeout: 2s, stable_for: 2s}}\n",
                "2:70", "'stable_for' leaves no time"},
        Mistake{"a path of readiness twice",
                "services: {a: {kind: http, ready: /a, local: {run: [x], ready: /b}}}\n", "2:64",
                "'ready' stands twice"},
        Mistake{"a shape that is none", "secrets:\n  - {name: A, env: A, shape: pen}\n", "3:30",
                "did you mean 'pem'?"},
        Mistake{"a shape that does not compile",
                "secrets:\n  - {name: A, env: A, shape: \"/(/\"}\n", "3:30",
                "no regular expression"},
        Mistake{
            "a circle of migrations",
            "services: {r: {kind: postgres, local: {}, migration: 3}}\nmigrations: {service: r, "
            "dir: m}\n",
            "3:23", "leave out its 'migration'"}));

INSTANTIATE_TEST_SUITE_P(
    Names, OneMistake,
    ::testing::Values(
        Mistake{"an unknown service is used",
                "services: {redis: {kind: redis, local: {}}}\n"
                "suites:\n  - {name: a, kind: gtest, path: x, uses: [redi]}\n",
                "4:44", "no service 'redi': expected one of redis; did you mean 'redis'?"},
        Mistake{"an unknown service is needed",
                "services: {a: {kind: http, local: {run: [x]}, needs: [b]}}\n", "2:55",
                "no service 'b'"},
        Mistake{"a need of itself", "services: {a: {kind: http, local: {run: [x]}, needs: [a]}}\n",
                "2:12", "a -> a"},
        Mistake{"an unknown service in a value",
                "services: {a: {kind: http, local: {run: [x]}, env: {U: \"${db.url}\"}}}\n", "2:56",
                "${db.url}: no service 'db'"},
        Mistake{
            "an unknown attribute",
            "services:\n  a: {kind: http, local: {run: [x]}, needs: [r], env: {U: \"${r.key}\"}}\n"
            "  r: {kind: redis, local: {}}\n",
            "3:59", "a redis service has no 'key'"},
        Mistake{"a value of a service that is not needed",
                "services:\n  a: {kind: http, local: {run: [x]}, env: {U: \"${r.url}\"}}\n"
                "  r: {kind: redis, local: {}}\n",
                "3:47", "add 'r' to the needs of 'a'"},
        Mistake{"an open reference",
                "services: {a: {kind: http, local: {run: [x]}, env: {U: \"${db\"}}}\n", "2:56",
                "without its '}'"},
        Mistake{
            "two suites of a name",
            "suites:\n  - {name: a, kind: gtest, path: x}\n  - {name: a, kind: gtest, path: y}\n",
            "4:5", "a second suite named 'a'"},
        Mistake{"migrations of a cache",
                "services: {r: {kind: redis, local: {}}}\nmigrations: {service: r, dir: m}\n",
                "3:23", "expected a service of kind postgres"}));

// Each section, with a key that is spelled wrongly.
INSTANTIATE_TEST_SUITE_P(
    Sections, OneMistake,
    ::testing::Values(
        Mistake{"top", "limts: {}\n", "2:1", "did you mean 'limits'?"},
        Mistake{"service", "services: {r: {kind: redis, local: {}, need: []}}\n", "2:40",
                "did you mean 'needs'?"},
        Mistake{"local postgres", "services: {p: {kind: postgres, local: {databse: a}}}\n", "2:40",
                "did you mean 'database'?"},
        Mistake{"local mockllm", "services: {m: {kind: mockllm, local: {fixture: a}}}\n", "2:39",
                "did you mean 'fixtures'?"},
        Mistake{"local http", "services: {a: {kind: http, local: {run: [x], reday: /}}}\n", "2:46",
                "did you mean 'ready'?"},
        Mistake{"secret", "secrets:\n  - {name: A, env: A, multilin: true}\n", "3:23",
                "did you mean 'multiline'?"},
        Mistake{"migrations",
                "services: {p: {kind: postgres, local: {}}}\n"
                "migrations: {service: p, dir: d, dirs: e}\n",
                "3:34", "did you mean 'dir'?"},
        Mistake{"llm", "llm: {mod: auto}\n", "2:7", "did you mean 'mode'?"},
        Mistake{"suite", "suites:\n  - {name: a, kind: gtest, path: x, use: [r]}\n", "3:37",
                "did you mean 'uses'?"},
        Mistake{"limits", "limits: {tests: 3s}\n", "2:10", "did you mean 'test'?"},
        Mistake{"report", "report: {dri: x}\n", "2:10", "did you mean 'dir'?"},
        Mistake{"quarantine",
                "quarantine:\n"
                "  - {tests: x, owner: a, reason: r, until: 2026-12-01, reasn: x}\n",
                "3:56", "did you mean 'reason'?"}));

// Of a list or a mapping, the item that is wrong is named and not the whole.
INSTANTIATE_TEST_SUITE_P(
    Items, OneMistake,
    ::testing::Values(
        Mistake{"the second of two services",
                "services: {r: {kind: redis, local: {}}}\n"
                "suites:\n  - {name: a, kind: gtest, path: x, uses: [r, redis]}\n",
                "4:47", "no service 'redis'"},
        Mistake{"a list in a list",
                "suites:\n  - {name: a, kind: gtest, path: x, tags: [b, [c]]}\n", "3:47",
                "expected a text"},
        Mistake{"a suite that is a word", "suites: [unit]\n", "2:10", "'unit'"},
        Mistake{"a variable's name",
                "suites:\n  - {name: a, kind: gtest, path: x, env: {A: b, C-D: e}}\n", "3:49",
                "'C-D' is not the name of a variable"},
        Mistake{"a second value's reference",
                "suites:\n  - {name: a, kind: gtest, path: x, env: {A: b, C: \"${r}\"}}\n", "3:52",
                "is not ${service.attribute}"}));

TEST(SeveralMistakes, AreAllTold) {
  const std::string message = fault(
      "drydock: harness/v2\n"
      "limits: {test: fast}\n"
      "suites:\n"
      "  - {name: a, kind: gtst, path: x, uses: [nobody]}\n");

  EXPECT_THAT(message, AllOf(HasSubstr("h.yaml:1:10: 'harness/v2'"),
                             HasSubstr("h.yaml:2:16: 'fast'"), HasSubstr("h.yaml:4:21: 'gtst'"),
                             HasSubstr("h.yaml:4:43: no service 'nobody'")));
}

TEST(ACircleOfNeeds, IsShownWhole) {
  const std::string message = fault(
      "drydock: harness/v1\n"
      "services:\n"
      "  a: {kind: http, local: {run: [x]}, needs: [b]}\n"
      "  b: {kind: http, local: {run: [x]}, needs: [c]}\n"
      "  c: {kind: http, local: {run: [x]}, needs: [b]}\n");

  EXPECT_EQ(message, "h.yaml:3:3: services need each other in a circle: b -> c -> b");
}

constexpr std::string_view kApplication =
    "drydock: harness/v1\nservices:\n"
    "  db: {kind: postgres, url_env: DB, isolation: database}\n"
    "  app: {kind: http, local: {run: [x]}, needs: [db]}\n"
    "suites:\n  - {name: s, kind: pytest, path: p, uses: [app]";

TEST(ATestBesideAnApplication, MustShareWhatTheApplicationWorksIn) {
  EXPECT_THAT(fault(std::string(kApplication) + "}\n"),
              AllOf(StartsWith("h.yaml:6:"), HasSubstr("uses 'app', which works in the one 'db'"),
                    HasSubstr("give the suite shares: [db]")));
  EXPECT_EQ(fault(std::string(kApplication) + ", shares: [db]}\n"), "accepted");
}

TEST(WhatASuiteShares, MustBeIsolated) {
  EXPECT_THAT(fault(std::string(kApplication) + ", shares: [db, app]}\n"),
              HasSubstr("'app' has no isolation: it is shared anyway"));
  EXPECT_THAT(fault(std::string(kApplication) + ", shares: [db, bd]}\n"),
              HasSubstr("no service 'bd'"));
}

TEST(AFileWithoutFormat, SaysSo) {
  EXPECT_THAT(fault("name: x\n"), HasSubstr("'drydock' is missing"));
}

TEST(AFileThatIsNotYaml, IsToldWithItsPlace) {
  EXPECT_THAT(fault("drydock: [\n"), StartsWith("h.yaml:"));
}

TEST(AHundredThousandBrackets, AreACleanError) {
  EXPECT_NE(fault(std::string(100'000, '[')), "accepted");
}

}  // namespace
}  // namespace harness
