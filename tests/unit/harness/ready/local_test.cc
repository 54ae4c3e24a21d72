// What is ready by this machine alone: a port, a file, a command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "common/base/file.h"
#include "harness/process/process.h"
#include "harness/process/strays.h"
#include "harness/ready/probe.h"
#include "tests/support/raw_server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ProbeTcp, IsReadyWhereSomebodyAccepts) {
  int port = 0;
  {
    const support::RawServer server({});
    port = server.port();
    EXPECT_EQ(probe_tcp("tcp://" + server.address()).readiness, Readiness::kReady);
  }
  const ProbeResult gone = probe_tcp("tcp://127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(gone.readiness, Readiness::kNotYet);
  EXPECT_THAT(gone.reason, HasSubstr("refused"));
}

TEST(ProbeTcp, TellsAHostWithoutANameFromAUrlThatIsNone) {
  const ProbeResult nowhere = probe_tcp("tcp://nowhere.invalid:80");
  EXPECT_EQ(nowhere.readiness, Readiness::kNotYet);
  EXPECT_THAT(nowhere.reason, StartsWith("cannot resolve nowhere.invalid"));
  EXPECT_EQ(probe_tcp("tcp://127.0.0.1").reason, "'tcp://127.0.0.1' is not tcp://host:port");
}

class InAFolder : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_->path() / name).string();
  }

  ProbeResult run(const std::vector<std::string>& argv,
                  milliseconds timeout = milliseconds(5'000)) {
    return probe_command(argv, timeout, {environment_, clock_, folder_->path().string()});
  }

  ProbeResult shell(const std::string& script, milliseconds timeout = milliseconds(5'000)) {
    return run({"sh", "-c", script}, timeout);
  }

  void SetUp() override { environment_.set("PATH", "/usr/bin:/bin"); }

  base::SystemClock clock_;
  base::Environment environment_;
  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("probe-test-");
};

TEST_F(InAFolder, AFileIsReadyOnceItHasContents) {
  EXPECT_EQ(probe_file(path("seed")).reason, "is not there");
  EXPECT_EQ(probe_file(path("seed")).readiness, Readiness::kNotYet);

  ASSERT_TRUE(base::write_file(path("seed"), ""));
  EXPECT_EQ(probe_file(path("seed")).reason, "is empty");
  EXPECT_EQ(probe_file(path("seed")).readiness, Readiness::kNotYet);

  ASSERT_TRUE(base::write_file(path("seed"), "abc"));
  EXPECT_EQ(probe_file(path("seed")).readiness, Readiness::kReady);
}

TEST_F(InAFolder, AFolderAndAPipeWillNeverBeAFile) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);

  EXPECT_EQ(probe_file(folder_->path().string()).readiness, Readiness::kNever);
  EXPECT_EQ(probe_file(path("pipe")).reason, "is not a file with contents");
}

TEST_F(InAFolder, ACommandIsReadyWhereItEndsWithZero) {
  EXPECT_EQ(shell("exit 0").readiness, Readiness::kReady);

  const ProbeResult wrong = shell("echo looking; echo 3 rows >&2; echo; exit 4");
  EXPECT_EQ(wrong.readiness, Readiness::kNotYet);
  EXPECT_EQ(wrong.reason, "sh ended with exit code 4: looking | 3 rows");

  EXPECT_THAT(shell("kill -9 $$").reason, HasSubstr("signal 9"));
}

TEST_F(InAFolder, ACommandThatDoesNotExistWillNeverEndWithZero) {
  EXPECT_EQ(run({"no-such-program-of-ours"}).readiness, Readiness::kNever);
  EXPECT_EQ(shell("no-such-program-of-ours").readiness, Readiness::kNever);
}

TEST_F(InAFolder, ACommandRunsBesideTheFileAndWithItsEnvironmentOnly) {
  environment_.set("MARK", "here");
  ASSERT_TRUE(base::write_file(path("check.sh"), "#!/bin/sh\npwd; echo $MARK$HOME; exit 1\n"));
  ASSERT_EQ(::chmod(path("check.sh").c_str(), 0755), 0);

  EXPECT_THAT(run({"./check.sh"}).reason,
              HasSubstr(": " + std::filesystem::canonical(folder_->path()).string() + " | here"));
}

TEST_F(InAFolder, ACommandOverItsTimeIsGoneWithAllThatItStarted) {
  ASSERT_TRUE(become_subreaper());
  const ProbeResult late = shell("echo begun; sleep 600 & sleep 600", milliseconds(300));

  EXPECT_EQ(late.readiness, Readiness::kNotYet);
  EXPECT_EQ(late.reason, "sh did not end within 300ms: begun");
  EXPECT_TRUE(reap_strays({}).empty());
}

TEST_F(InAFolder, ACommandThatWritesWithoutEndIsToldByItsLastLines) {
  const ProbeResult loud = shell("yes abcdefgh | head -c 10000000; echo; echo the end; exit 1");

  EXPECT_THAT(loud.reason, ::testing::EndsWith("| the end"));
  EXPECT_LT(loud.reason.size(), 700U);
}

}  // namespace
}  // namespace harness
