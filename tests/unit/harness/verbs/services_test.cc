// The real thing: a Redis kept in the background and in the foreground, and ended.
#include "harness/verbs/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <string>

#include "harness/ready/probe.h"
#include "harness/verbs/services_state.h"
#include "tests/unit/harness/verbs/verb_fixture.h"

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class ServicesVerb : public VerbFixture {
 protected:
  void SetUp() override {
    VerbFixture::SetUp();
    write_config(
        "services: {cache: {kind: redis, url_env: REDIS_URL, local: {}}}\nreport: {dir: "
        "out-dir}\n");
  }

  void TearDown() override { services_down_verb(options(), context()); }

  [[nodiscard]] ServicesOptions options(bool detach = false) const {
    return {.config = source(), .detach = detach};
  }

  [[nodiscard]] ServicesState state() const {
    return *read_state((folder_->path() / "out-dir/services").string());
  }

  // Of "export REDIS_URL='...'".
  static std::string url_in(const std::string& text) {
    const std::string begin = "export REDIS_URL='";
    EXPECT_THAT(text, StartsWith(begin));
    return text.substr(begin.size(), text.find('\'', begin.size()) - begin.size());
  }
};

TEST_F(ServicesVerb, KeepsThemInTheBackgroundUntilDown) {
  ASSERT_EQ(services_up_verb(options(true), context()), 0) << err();
  const std::string url = url_in(out());
  EXPECT_EQ(probe_redis(url).readiness, Readiness::kReady);
  const KeptProcess keeper = state().keeper;

  EXPECT_EQ(services_up_verb(options(true), context()), 2);
  EXPECT_THAT(err(), HasSubstr("services are up already"));

  EXPECT_EQ(services_down_verb(options(), context()), 0);
  EXPECT_EQ(probe_redis(url).readiness, Readiness::kNotYet);
  EXPECT_FALSE(is_running(keeper));

  EXPECT_EQ(services_down_verb(options(), context()), 0);
  EXPECT_THAT(err(), HasSubstr("no services are up"));
}

TEST_F(ServicesVerb, EndsWhatAKilledKeeperLeft) {
  ASSERT_EQ(services_up_verb(options(true), context()), 0) << err();
  const std::string url = url_in(out());
  ::kill(state().keeper.pid, SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(state().keeper.pid), &info, WEXITED), 0);
  ASSERT_EQ(probe_redis(url).readiness, Readiness::kReady);

  EXPECT_EQ(services_down_verb(options(), context()), 0);

  EXPECT_EQ(probe_redis(url).readiness, Readiness::kNotYet);
}

TEST_F(ServicesVerb, LeavesAProcessAloneThatOnlyHasTheNumber) {
  const auto self = kept_process("keeper", ::getpid());
  ServicesState forged{*self, {*self}};
  forged.keeper.start += "0";
  forged.services[0].start += "0";
  ASSERT_TRUE(write_state((folder_->path() / "out-dir/services").string(), forged).has_value());

  EXPECT_EQ(services_down_verb(options(), context()), 0) << "and we are still here";
}

TEST_F(ServicesVerb, KeepsThemInTheForegroundUntilASignal) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const VerbContext own{environment_, clock_, ends[1], err_.get()};
    ::_exit(services_up_verb(options(), own));
  }
  ::close(ends[1]);
  std::string said(4096, '\0');
  said.resize(
      static_cast<std::size_t>(std::max<ssize_t>(::read(ends[0], said.data(), said.size()), 0)));
  ::close(ends[0]);
  const std::string url = url_in(said);
  EXPECT_EQ(probe_redis(url).readiness, Readiness::kReady);

  ::kill(child, SIGTERM);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(probe_redis(url).readiness, Readiness::kNotYet);
}

TEST_F(ServicesVerb, TellsAFailureToWhoeverAskedForTheBackground) {
  write_config("services: {app: {kind: http, local: {run: [sh, -c, \"echo broken; exit 4\"]}}}\n");

  EXPECT_EQ(services_up_verb(options(true), context()), 10);

  EXPECT_THAT(err(), HasSubstr("app: ended with exit code 4 before it was ready\nbroken\n"));
}

TEST_F(ServicesVerb, RefusesANameThatIsNotThere) {
  ServicesOptions wrong = options();
  wrong.services = {"cach"};

  EXPECT_EQ(services_up_verb(wrong, context()), 2);
}

}  // namespace
}  // namespace harness
