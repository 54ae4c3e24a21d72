#include "harness/process/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>

#include "common/base/text.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ProcessTest : public ::testing::TestWithParam<bool> {
 protected:
  // Everything the shell script prints.
  std::string output_of(const std::string& script, ExitStatus* status = nullptr) {
    ProcessSpec spec = shell(script);
    base::UniqueFd file(::open((folder_.path() / "out").c_str(), O_CREAT | O_TRUNC | O_RDWR, 0600));
    spec.output = file.get();
    base::Result<Process> process = Process::spawn(spec);
    EXPECT_TRUE(process) << process.error().message;
    const std::optional<ExitStatus> ended =
        process->wait_until(clock_, clock_.mono() + seconds(20));
    EXPECT_TRUE(ended);
    if (status != nullptr) {
      *status = *ended;
    }
    return *base::read_file(folder_.path() / "out", 1024 * 1024);
  }

  [[nodiscard]] ProcessSpec shell(const std::string& script) const {
    ProcessSpec spec;
    spec.argv = {"sh", "-c", script};
    spec.environment = {"PATH=/usr/bin:/bin", "COLOR=blue"};
    spec.guarded = GetParam();
    return spec;
  }

  base::SystemClock clock_;
  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("process-test-");
};

INSTANTIATE_TEST_SUITE_P(Guarded, ProcessTest, ::testing::Bool());

TEST_P(ProcessTest, TellsTheExitCode) {
  ExitStatus status;

  EXPECT_EQ(output_of("echo hello; echo oops >&2; exit 3", &status), "hello\noops\n");

  EXPECT_EQ(status, (ExitStatus{3, 0}));
  EXPECT_EQ(to_string(status), "exit code 3");
}

TEST_P(ProcessTest, TellsTheSignal) {
  ExitStatus status;

  output_of("kill -SEGV $$", &status);

  EXPECT_EQ(status, (ExitStatus{0, SIGSEGV}));
  EXPECT_EQ(to_string(status), "signal 11 (Segmentation fault)");
}

TEST_P(ProcessTest, HasOnlyTheEnvironmentItWasGiven) {
  EXPECT_EQ(output_of("env | grep -c -v -e ^PATH= -e ^COLOR=blue -e ^PWD= -e ^_= -e ^SHLVL="),
            "0\n");
}

// Where memory runs out, the verdict must survive the test.
TEST_P(ProcessTest, GoesBeforeTheHarnessWhereMemoryRunsOut) {
  const std::string ours = *base::read_file("/proc/self/oom_score_adj", 64);

  EXPECT_EQ(output_of("exec cat /proc/self/oom_score_adj"), GetParam() ? "1000\n" : ours);

  EXPECT_EQ(*base::read_file("/proc/self/oom_score_adj", 64), ours);
}

TEST_P(ProcessTest, HasNoDescriptorOfOurs) {
  const base::UniqueFd leaked(
      ::fcntl(STDERR_FILENO, F_DUPFD, 100));  // deliberately not close-on-exec

  // The last one is the folder that ls itself reads.
  EXPECT_EQ(output_of("exec ls /proc/self/fd"), "0\n1\n2\n3\n");
}

TEST_P(ProcessTest, GetsTheDescriptorsItWasPromised) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const base::UniqueFd reader(ends[0]);
  base::UniqueFd writer(ends[1]);
  ProcessSpec spec = shell("echo word >&7; exec ls /proc/self/fd >&3");
  spec.descriptors = {{writer.get(), 7}, {writer.get(), 3}};

  base::Result<Process> process = Process::spawn(spec);
  ASSERT_TRUE(process) << process.error().message;
  ASSERT_TRUE(process->wait_until(clock_, clock_.mono() + seconds(20)));
  writer.reset();

  std::string got(200, '\0');
  const ssize_t bytes = ::read(reader.get(), got.data(), got.size());
  ASSERT_GT(bytes, 0);
  got.resize(static_cast<std::size_t>(bytes));
  EXPECT_EQ(got, "word\n0\n1\n2\n3\n4\n7\n") << "4 is the folder that ls itself reads";
  // Nobody else holds the pipe open, also not the guard.
  char more = 0;
  EXPECT_EQ(::read(reader.get(), &more, 1), 0);
}

TEST_P(ProcessTest, ReadsNothingFromInput) {
  EXPECT_EQ(output_of("cat; echo end"), "end\n");
}

TEST_P(ProcessTest, StartsWithDefaultSignalsAndAnEmptyMask) {
  ::signal(SIGINT, SIG_IGN);
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);

  const std::string masks = output_of("grep -E 'Sig(Blk|Ign)' /proc/self/status | cut -f 2");

  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGINT, SIG_DFL);
  EXPECT_EQ(masks, "0000000000000000\n0000000000000000\n");
}

TEST_P(ProcessTest, SharesNoGroupWithUs) {
  const std::string group = output_of("cut -d ' ' -f 5 /proc/self/stat");

  EXPECT_NE(group, std::to_string(::getpgrp()) + "\n");
}

TEST_P(ProcessTest, EndsInTheGivenFolder) {
  ProcessSpec spec = shell("touch here");
  spec.directory = folder_.path().string();

  base::Result<Process> process = Process::spawn(spec);
  ASSERT_TRUE(process);
  process->wait_until(clock_, clock_.mono() + seconds(20));

  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "here"));
}

TEST_P(ProcessTest, NamesAProgramThatDoesNotExist) {
  ProcessSpec spec = shell("");
  spec.argv = {"no-such-program"};

  const base::Result<Process> process = Process::spawn(spec);

  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(process.error().message, "no program no-such-program in PATH /usr/bin:/bin");
}

TEST_P(ProcessTest, NamesAFileThatMayNotRun) {
  const std::string file = (folder_.path() / "plain").string();
  ASSERT_TRUE(base::write_file(file, "text"));
  ProcessSpec spec = shell("");
  spec.argv = {file};

  const base::Result<Process> process = Process::spawn(spec);

  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().kind, base::ErrorKind::kPermissionDenied);
  EXPECT_EQ(process.error().message, "cannot run " + file + ": not executable");
}

TEST_P(ProcessTest, NamesAFileThatIsNoProgram) {
  const std::string file = (folder_.path() / "text").string();
  ASSERT_TRUE(base::write_file(file, "not a program"));
  ASSERT_EQ(::chmod(file.c_str(), 0755), 0);
  ProcessSpec spec = shell("");
  spec.argv = {file};

  const base::Result<Process> process = Process::spawn(spec);

  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().kind, base::ErrorKind::kInvalidInput);
  EXPECT_EQ(process.error().message, "cannot run " + file + ": not a program");
}

TEST_P(ProcessTest, NamesAFolderThatDoesNotExist) {
  ProcessSpec spec = shell("");
  spec.directory = "/no/such/folder";

  const base::Result<Process> process = Process::spawn(spec);

  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().message, "cannot enter /no/such/folder: No such file or directory");
}

TEST_P(ProcessTest, TellsWhatTheChildUsed) {
  base::Result<Process> process =
      Process::spawn(shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"));
  ASSERT_TRUE(process);

  ASSERT_TRUE(process->wait_until(clock_, clock_.mono() + seconds(20)));

  EXPECT_GT(process->use().peak_memory_bytes, 100'000);
  EXPECT_GT(process->use().cpu.count(), 0);
}

TEST_P(ProcessTest, StopsAChildThatIgnoresTerm) {
  ProcessSpec spec = shell("trap '' TERM; echo ready; sleep 600");
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const base::UniqueFd reader(ends[0]);
  base::UniqueFd writer(ends[1]);
  spec.output = writer.get();
  base::Result<Process> process = Process::spawn(spec);
  ASSERT_TRUE(process);
  writer.reset();
  char byte = 0;
  ASSERT_EQ(::read(reader.get(), &byte, 1), 1);

  const ExitStatus status = process->stop(clock_, milliseconds(50));

  EXPECT_EQ(status, (ExitStatus{0, SIGKILL}));
  EXPECT_EQ(::kill(-process->pid(), 0), -1);  // nobody of the group is left
  EXPECT_EQ(errno, ESRCH);
}

TEST_P(ProcessTest, StopsAtOnceWhereTheChildObeys) {
  base::Result<Process> process = Process::spawn(shell("exec sleep 600"));
  ASSERT_TRUE(process);

  const ExitStatus status = process->stop(clock_, seconds(60));

  EXPECT_EQ(status, (ExitStatus{0, SIGTERM}));
}

TEST_P(ProcessTest, KillsTheGroupWhenItGoesOutOfScope) {
  pid_t group = 0;
  {
    base::Result<Process> process = Process::spawn(shell("sleep 600 & sleep 600"));
    ASSERT_TRUE(process);
    group = process->pid();
    EXPECT_EQ(::kill(-group, 0), 0);
  }

  EXPECT_EQ(::kill(-group, 0), -1);
}

TEST_P(ProcessTest, WaitsNoLongerThanAsked) {
  base::Result<Process> process = Process::spawn(shell("sleep 600"));
  ASSERT_TRUE(process);

  EXPECT_EQ(process->wait_until(clock_, clock_.mono() + milliseconds(5)), std::nullopt);
}

TEST(GuardedProcess, MeetsTheGuardWhereItSignalsItsParentsGroup) {
  const base::SystemClock clock;
  ProcessSpec spec;
  spec.argv = {"sh", "-c", "kill -KILL -$(cut -d ' ' -f 5 /proc/$PPID/stat); sleep 600"};
  spec.environment = {"PATH=/usr/bin:/bin"};
  spec.guarded = true;

  base::Result<Process> process = Process::spawn(spec);
  ASSERT_TRUE(process);

  EXPECT_EQ(process->wait_until(clock, clock.mono() + seconds(20)), (ExitStatus{0, SIGKILL}));
}

}  // namespace
}  // namespace harness
