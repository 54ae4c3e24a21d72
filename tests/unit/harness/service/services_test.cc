// Real servers, started and ended. The application is a small Python program that shows what it was
// given; mockllm's place is taken by the same program, which keeps to mockllm's first line.
#include "harness/service/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "common/base/file.h"
#include "common/base/text.h"
#include "common/http/client/client.h"
#include "harness/config/url.h"

namespace harness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kProgram = R"(#!/usr/bin/env python3
import http.server, json, os, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"env": dict(os.environ), "argv": sys.argv, "cwd": os.getcwd()}).encode()
        self.send_response(503 if self.path == "/never" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

server = http.server.HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Handler)
print("listening on http://127.0.0.1:%d" % server.server_port, flush=True)
server.serve_forever()
)";

class LocalServices : public ::testing::Test {
 protected:
  void SetUp() override {
    environment_.set("PATH", "/usr/local/bin:/usr/bin:/bin");
    ASSERT_TRUE(base::write_file(program(), kProgram).has_value());
    ASSERT_EQ(::chmod(program().c_str(), 0755), 0);
  }

  [[nodiscard]] std::string program() const { return (folder_->path() / "program").string(); }

  // nullopt where all came up.
  std::optional<ServiceFailure> up(const std::string& services, Services::Options options = {}) {
    base::Result<Config> config =
        parse_config("h.yaml", "drydock: harness/v1\nservices:\n" + services);
    EXPECT_TRUE(config.has_value()) << config.error().message;
    config_ = *config;
    config_.directory = folder_->path().string();
    options.log_directory = (folder_->path() / "logs").string();
    options.mockllm = options.mockllm.empty() ? program() : options.mockllm;
    services_ = std::make_unique<Services>(config_, environment_, clock_, std::move(options));
    return services_->up({});
  }

  // What the program at `service` says of itself.
  nlohmann::json seen_by(const std::string& service) {
    auto client = http::Client::make(services_->find(service)->url);
    const auto response = client->send({});
    return response ? nlohmann::json::parse(response->body, nullptr, false) : nlohmann::json();
  }

  base::SystemClock clock_;
  base::Environment environment_;
  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("services-test-");
  Config config_;
  std::unique_ptr<Services> services_;
};

TEST_F(LocalServices, ComeUpTogetherAndLeaveNothing) {
  std::vector<std::filesystem::path> folders;
  const auto failed =
      up("  db: {kind: postgres, local: {database: shop}}\n  cache: {kind: redis, local: {}}\n");
  ASSERT_FALSE(failed.has_value()) << failed->reason << failed->log;

  {
    pqxx::connection connection(services_->find("db")->url);
    pqxx::nontransaction work(connection);
    EXPECT_STREQ(work.exec("select current_database()")[0][0].c_str(), "shop");
    const std::vector<pid_t> pids = services_->pids();
    ASSERT_EQ(pids.size(), 2U);
    for (const pid_t pid : pids) {
      folders.push_back(std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/cwd"));
      const auto arguments = base::read_file("/proc/" + std::to_string(pid) + "/cmdline", 1 << 16);
      EXPECT_THAT(*arguments, Not(HasSubstr(split_url(services_->find("db")->url).password)));
      EXPECT_THAT(*arguments, Not(HasSubstr(split_url(services_->find("cache")->url).password)));
    }
    EXPECT_FALSE(services_->lost({}).has_value());

    services_->down();  // with a client still connected

    for (const pid_t pid : pids) {
      EXPECT_EQ(::kill(pid, 0), -1) << pid;
      EXPECT_EQ(::kill(-pid, 0), -1) << "group " << pid;
    }
  }
  for (const std::filesystem::path& folder : folders) {
    EXPECT_THAT(folder.string(), HasSubstr("/drydock-"));
    EXPECT_FALSE(std::filesystem::exists(folder)) << folder;
  }
  EXPECT_TRUE(services_->all().empty());
}

TEST_F(LocalServices, GiveAnApplicationWhatItNeeds) {
  environment_.set("TOKEN_PEPPER", "injected");
  environment_.set("GTEST_FILTER", "*");
  const auto failed =
      up("  app:\n    kind: http\n    local: {run: [./program, --flag], ready: /healthz}\n"
         "    needs: [cache]\n    env: {CACHE: \"${cache.url}\", AT: "
         "\"${cache.host}:${cache.port}\"}\n"
         "  cache: {kind: redis, local: {}}\n");
  ASSERT_FALSE(failed.has_value()) << failed->reason << failed->log;

  const nlohmann::json seen = seen_by("app");

  const std::string url = services_->find("cache")->url;
  EXPECT_EQ(seen["env"]["CACHE"], url);
  EXPECT_EQ(seen["env"]["AT"], "127.0.0.1:" + std::to_string(split_url(url).port));
  EXPECT_EQ(seen["env"]["TOKEN_PEPPER"], "injected");
  EXPECT_EQ(seen["env"]["PYTHONUNBUFFERED"], "1");
  EXPECT_EQ(seen["env"]["TZ"], "UTC");
  EXPECT_FALSE(seen["env"].contains("GTEST_FILTER"));
  EXPECT_EQ(seen["argv"][1], "--flag");
  EXPECT_EQ(seen["cwd"], folder_->path().string());
  EXPECT_THAT(services_->all()[0].name, "cache") << "ready before who needs it";
  EXPECT_EQ(services_->values().at("app.url"), services_->find("app")->url);
}

TEST_F(LocalServices, GiveEachCallerOfTheLlmAKeyOfItsOwn) {
  std::filesystem::create_directories(folder_->path() / "fixtures");
  const auto failed =
      up("  llm: {kind: mockllm, local: {fixtures: fixtures}}\n"
         "  one:\n    kind: http\n    local: {run: [./program]}\n    needs: [llm]\n"
         "    env: {URL: \"${llm.base_url}\", KEY: \"${llm.key}\"}\n"
         "  two:\n    kind: http\n    local: {run: [./program]}\n    needs: [llm]\n"
         "    env: {KEY: \"${llm.key}\"}\n"
         "  three: {kind: http, local: {run: [./program]}, needs: [llm]}\n",
         {.control_token = "control-secret"});
  ASSERT_FALSE(failed.has_value()) << failed->reason << failed->log;

  const ServiceAddress& llm = *services_->find("llm");
  ASSERT_EQ(llm.keys.size(), 2U);
  EXPECT_EQ(llm.keys[0].first, "one");
  EXPECT_EQ(llm.keys[1].first, "two");
  EXPECT_NE(llm.keys[0].second, llm.keys[1].second);
  EXPECT_THAT(llm.keys[0].second, StartsWith("dk-"));
  EXPECT_EQ(seen_by("one")["env"]["KEY"], llm.keys[0].second);
  EXPECT_EQ(seen_by("one")["env"]["URL"], llm.url + "/v1");
  EXPECT_EQ(seen_by("two")["env"]["KEY"], llm.keys[1].second);
  const nlohmann::json seen = seen_by("llm");
  EXPECT_EQ(seen["env"]["MOCKLLM_CONTROL_TOKEN"], "control-secret");
  EXPECT_THAT(seen["argv"].dump(), Not(HasSubstr("control-secret")));
  EXPECT_THAT(seen["argv"].dump(), HasSubstr(R"("serve","--host","127.0.0.1","--port","0",)"
                                             R"("--mode","replay","--fixtures","fixtures")"));
  EXPECT_FALSE(seen_by("three")["env"].contains("MOCKLLM_CONTROL_TOKEN"));
}

TEST_F(LocalServices, AreToldAtOnceWhenOneDies) {
  const auto failed =
      up("  app: {kind: http, local: {run: [sh, -c, \"echo last words; exit 3\"]}}\n");

  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->service, "app");
  EXPECT_EQ(failed->reason, "ended with exit code 3 before it was ready");
  EXPECT_EQ(failed->log, "last words\n");
  EXPECT_EQ(failed->exit_code, ExitCode::kServiceNotReady);
}

TEST_F(LocalServices, AreGivenUpWhenTheirTimeIsOver) {
  const auto failed =
      up("  app: {kind: http, ready_timeout: 400ms, local: {run: [./program], ready: /never}}\n");

  ASSERT_TRUE(failed.has_value());
  EXPECT_THAT(failed->reason, StartsWith("not ready after 0.4s of 400ms: "));
  EXPECT_EQ(failed->exit_code, ExitCode::kServiceNotReady);
}

TEST_F(LocalServices, SayWhatTheySawBeforeTheirTimeWasOver) {
  const auto failed =
      up("  app: {kind: http, ready_timeout: 400ms, local: {run: [sh, -c, 'echo hello; sleep "
         "60']}}\n");

  ASSERT_TRUE(failed.has_value());
  EXPECT_THAT(failed->log, AllOf(HasSubstr("what it said, and when:\n"), HasSubstr("not yet  "),
                                 HasSubstr("nothing listens"), HasSubstr("its output:\nhello\n")));
}

TEST_F(LocalServices, MayBeProgramsWithoutHttp) {
  const auto failed =
      up("  port: {kind: tcp, local: {run: [./program]}}\n"
         "  worker:\n    kind: command\n    ready: [test, -e, begun]\n    needs: [port]\n"
         "    stable_for: 50ms\n"
         "    local: {run: [sh, -c, 'echo $AT >begun; exec sleep 600']}\n"
         "    env: {AT: \"${port.url}\"}\n");
  ASSERT_FALSE(failed.has_value()) << failed->reason << failed->log;

  const std::string url = services_->find("port")->url;
  EXPECT_THAT(url, StartsWith("tcp://127.0.0.1:"));
  EXPECT_EQ(*base::read_file(folder_->path() / "begun", 100), url + "\n");
  EXPECT_EQ(services_->values().count("worker.url"), 0U);
  EXPECT_FALSE(services_->lost({}).has_value());
  EXPECT_TRUE(is_application(*config_.service("port")));

  std::filesystem::remove(folder_->path() / "begun");
  const auto lost = services_->lost({"worker"});
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(lost->reason, "test ended with exit code 1");
}

// Ready, then not, then ready: only the last time counts.
TEST_F(LocalServices, MustStayReadyForAsLongAsTheySay) {
  const auto failed =
      up("  worker:\n    kind: command\n    stable_for: 100ms\n"
         "    ready: [sh, -c, 'echo x >>asked; [ $(wc -l <asked) != 2 ]']\n"
         "    local: {run: [sleep, '600']}\n");
  ASSERT_FALSE(failed.has_value()) << failed->reason << failed->log;

  EXPECT_GE(services_->find("worker")->waited, std::chrono::milliseconds(100));
  EXPECT_GE(base::read_file(folder_->path() / "asked", 1 << 16)->size(), 6U) << "three times 'x'";
}

TEST_F(LocalServices, NameAProgramThatIsMissing) {
  const auto failed = up("  app: {kind: http, local: {run: [no-such-program]}}\n");

  ASSERT_TRUE(failed.has_value());
  EXPECT_THAT(failed->reason, HasSubstr("no program no-such-program in PATH"));
  EXPECT_EQ(failed->exit_code, ExitCode::kServiceRefused);
}

TEST_F(LocalServices, TryAnotherPortWhereTheirsWasTaken) {
  const auto failed =
      up("  app: {kind: http, local: {run: [sh, -c, \"[ -e tried ] && exec ./program; touch tried; "
         "echo $PORT: Address already in use; exit 1\"]}}\n");

  EXPECT_FALSE(failed.has_value()) << failed->reason << failed->log;
}

TEST_F(LocalServices, SayWhoWasLost) {
  ASSERT_FALSE(
      up("  cache: {kind: redis, local: {}}\n  app: {kind: http, local: {run: [./program]}}\n")
          .has_value());
  EXPECT_FALSE(services_->lost({"app", "cache"}).has_value());
  const auto dying = services_->pids();

  ::kill(dying[0], SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(dying[0]), &info, WEXITED | WNOWAIT), 0);

  const auto lost = services_->lost({"cache"});
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(lost->service, "cache");
  EXPECT_EQ(lost->reason, "ended with signal 9 (Killed)");
  EXPECT_FALSE(services_->lost({"app"}).has_value());
}

TEST_F(LocalServices, EndEarlyWhereThePauseSaysSo) {
  const auto failed = up("  app: {kind: http, local: {run: [sleep, \"60\"]}}\n",
                         {.pause = [](std::chrono::milliseconds) { return false; }});

  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->reason, "interrupted");
}

TEST_F(LocalServices, AreOnlyThoseThatAreAskedFor) {
  const std::string file =
      "drydock: harness/v1\nservices:\n"
      "  cache: {kind: redis, local: {}}\n  app: {kind: http, local: {run: [./program]}}\n";
  Config config = *parse_config("h.yaml", file);
  config.directory = folder_->path().string();
  Services services(config, environment_, clock_, {.log_directory = folder_->path().string()});

  ASSERT_FALSE(services.up({"cache"}).has_value());
  EXPECT_EQ(services.find("app"), nullptr);

  ASSERT_FALSE(services.up({"app"}).has_value());
  EXPECT_NE(services.find("cache"), nullptr);
  EXPECT_NE(services.find("app"), nullptr);
}

class OtherPeoplesServices : public LocalServices {};

TEST_F(OtherPeoplesServices, AreUsedAndNeverStopped) {
  ASSERT_FALSE(up("  cache: {kind: redis, local: {}}\n").has_value());
  environment_.set("CACHE_URL", services_->find("cache")->url);
  const Config config = *parse_config(
      "h.yaml",
      "drydock: harness/v1\nservices: {c: {kind: redis, url_env: CACHE_URL, local: {}}}\n");
  {
    Services others(config, environment_, clock_,
                    {.log_directory = folder_->path().string(), .find_only = true});
    ASSERT_FALSE(others.up({}).has_value());
    EXPECT_FALSE(others.find("c")->local);
    EXPECT_TRUE(others.pids().empty());
    others.down();
  }

  EXPECT_FALSE(services_->lost({}).has_value());
}

TEST_F(OtherPeoplesServices, AreFatalWhereTheyTurnUsAway) {
  ASSERT_FALSE(up("  cache: {kind: redis, local: {}}\n").has_value());
  environment_.set("CACHE_URL", "redis://:wrong@127.0.0.1:" +
                                    std::to_string(split_url(services_->find("cache")->url).port));
  const Config config = *parse_config(
      "h.yaml", "drydock: harness/v1\nservices: {c: {kind: redis, url_env: CACHE_URL}}\n");
  Services others(config, environment_, clock_, {});

  const auto failed = others.up({});

  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->exit_code, ExitCode::kServiceRefused);
  EXPECT_THAT(failed->reason, StartsWith("WRONGPASS"));
}

TEST_F(OtherPeoplesServices, MayBeThingsWithoutAUrl) {
  ASSERT_TRUE(base::write_file(folder_->path() / "seed", "x").has_value());

  const auto failed =
      up("  seed: {kind: file, path: seed}\n"
         "  rows: {kind: command, ready: [test, -e, seed], needs: [seed]}\n");

  ASSERT_FALSE(failed.has_value()) << failed->reason;
  EXPECT_FALSE(services_->find("seed")->local);
  EXPECT_EQ(services_->find("rows")->url, "");
  EXPECT_TRUE(services_->pids().empty());
  EXPECT_FALSE(services_->lost({}).has_value());

  std::filesystem::remove(folder_->path() / "seed");
  EXPECT_EQ(services_->lost({"seed"})->reason, "is not there");
}

TEST_F(OtherPeoplesServices, TellWhatTheySaidAndWhatToRunNext) {
  const auto failed = up("  seed: {kind: file, path: seed, ready_timeout: 50ms}\n");

  ASSERT_TRUE(failed.has_value());
  EXPECT_THAT(failed->reason, AllOf(StartsWith("not ready after 0."),
                                    HasSubstr(" of 50ms: is not there (file seed)")));
  EXPECT_THAT(failed->log, AllOf(HasSubstr("0.0s  not yet  is not there"),
                                 HasSubstr("to look further:\n  ls -l seed\n")));
}

// The time of the second begins when the first is ready, which takes longer than it may.
TEST_F(OtherPeoplesServices, HaveTimesOfTheirOwnInTheOrderOfTheirNeeds) {
  const auto failed =
      up("  first: {kind: command, ready: [sh, -c, 'sleep 0.3']}\n"
         "  second: {kind: command, ready: ['true'], needs: [first], ready_timeout: 200ms}\n");

  EXPECT_FALSE(failed.has_value()) << failed->reason;
}

TEST_F(OtherPeoplesServices, MustBePointedAt) {
  const auto failed = up("  cache: {kind: redis, url_env: NO_SUCH_VARIABLE}\n");

  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->reason, "NO_SUCH_VARIABLE is not set, and there is no `local` to start it");
}

TEST_F(OtherPeoplesServices, BringTheKeyOfTheApplicationThatCallsThem) {
  ASSERT_FALSE(up("  llm: {kind: mockllm, local: {}}\n").has_value());
  environment_.set("MOCKLLM_URL", services_->find("llm")->url + "/");
  environment_.set("MOCKLLM_KEY", "key-of-the-app");
  environment_.set("APP_URL", services_->find("llm")->url);
  const Config config = *parse_config("h.yaml",
                                      "drydock: harness/v1\nservices:\n  llm: {kind: mockllm, "
                                      "url_env: MOCKLLM_URL, key_env: MOCKLLM_KEY}\n"
                                      "  app: {kind: http, url_env: APP_URL, needs: [llm]}\n");
  Services others(config, environment_, clock_, {});
  ASSERT_FALSE(others.up({}).has_value());

  const ServiceAddress& llm = *others.find("llm");
  EXPECT_THAT(llm.keys, ElementsAre(::testing::Pair("app", "key-of-the-app")));
  EXPECT_EQ(llm.base_url, services_->find("llm")->url + "/v1");
}

}  // namespace
}  // namespace harness
