// Ways in which a suite makes a report or an exit code say what is not so; each suite is one
// sample. What the harness must say of each, and what a plain reading says:
// tests/system/harness/samples.py.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

// "--gtest_output=xml:PATH" of this process.
std::string report_path() {
  const std::string output = ::testing::GTEST_FLAG(output);
  return output.substr(output.find(':') + 1);
}

void write_green_report(const char* suite) {
  std::ofstream(report_path())
      << R"(<?xml version="1.0"?><testsuites tests="1" failures="0" errors="0" name="AllTests"><testsuite name=")"
      << suite
      << R"(" tests="1" failures="0"><testcase name="Here" status="run" result="completed" classname=")"
      << suite << R"("/></testsuite></testsuites>)";
}

void remove_premature_exit_file() {
  const char* path = std::getenv("TEST_PREMATURE_EXIT_FILE");
  ::unlink(path == nullptr ? "" : path);
}

#define SUITE_THAT_FAILS_IN(Function)                            \
  class FailsIn##Function : public ::testing::Test {             \
   protected:                                                    \
    static void Function() { ADD_FAILURE() << "in " #Function; } \
  };                                                             \
  TEST_F(FailsIn##Function, Here) {}
SUITE_THAT_FAILS_IN(SetUpTestSuite)
SUITE_THAT_FAILS_IN(TearDownTestSuite)

class FailsInSetUp : public ::testing::Test {
 protected:
  void SetUp() override { FAIL() << "in SetUp"; }
};

TEST_F(FailsInSetUp, Here) {}

class FailsInTearDown : public ::testing::Test {
 protected:
  void TearDown() override { FAIL() << "in TearDown"; }
};

TEST_F(FailsInTearDown, Here) {}

// Fails where the test of that name is among those asked for.
class Environment : public ::testing::Environment {
  void SetUp() override {
    if (::testing::GTEST_FLAG(filter).find("FailsInEnvironment.") != std::string::npos) {
      ADD_FAILURE() << "the environment cannot be set up";
    }
  }
};

const auto* const kEnvironment = ::testing::AddGlobalTestEnvironment(new Environment);

TEST(FailsInEnvironment, Here) {}

TEST(Throws, Here) {
  throw std::runtime_error("a storm");
}

TEST(ThrowsANumber, Here) {
  throw 42;
}

class ThrowsInItsConstructor : public ::testing::Test {
 protected:
  ThrowsInItsConstructor() { throw std::runtime_error("not built"); }
};

TEST_F(ThrowsInItsConstructor, Here) {}

class ExitsInSetUp : public ::testing::Test {
 protected:
  void SetUp() override { std::exit(0); }
};

TEST_F(ExitsInSetUp, Here) {}

TEST(ExitsAfterAFailure, Here) {
  ADD_FAILURE() << "lost with the process";
  std::exit(0);
}

TEST(ExitsQuickly, Here) {
  std::quick_exit(0);
}

TEST(ExitsFromAThread, Here) {
  std::thread([] { ::_exit(0); }).join();
}

TEST(ExitsBetweenTwo, First) {}

TEST(ExitsBetweenTwo, Second) {
  std::exit(0);
}

TEST(ExitsBetweenTwo, Third) {
  FAIL() << "never seen";
}

TEST(BecomesAnotherProgram, Here) {
  ::execl("/bin/true", "true", nullptr);
}

TEST(BecomesAFailingProgram, Here) {
  ::execl("/bin/false", "false", nullptr);
}

TEST(AbortsAtExit, Here) {
  std::atexit([] { std::abort(); });
}

TEST(ExitsWithOneAtExit, Here) {
  std::atexit([] { ::_exit(1); });
}

TEST(ExitsWithZeroAtExit, Here) {
  std::atexit([] { ::_exit(0); });
  FAIL() << "and the exit code says 0";
}

TEST(HangsAtExit, Here) {
  std::atexit([] { ::pause(); });
}

TEST(ForgesItsReportAtExit, Here) {
  std::atexit([] {
    write_green_report("ForgesItsReportAtExit");
    ::_exit(0);
  });
  FAIL() << "and the report says nothing of it";
}

TEST(ForgesAllAndExits, Here) {
  write_green_report("ForgesAllAndExits");
  remove_premature_exit_file();
  ::_exit(0);
}

TEST(SaysThatItPassed, Here) {
  std::printf("\n[       OK ] SaysThatItPassed.Here (0 ms)\n");
  std::atexit([] {
    write_green_report("SaysThatItPassed");
    ::_exit(0);
  });
  FAIL() << "and only the printer says so, after it";
}

TEST(FailsBehindItsOwnPrinter, Here) {
  auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  std::printf("\n[       OK ] FailsBehindItsOwnPrinter.Here (0 ms)\n");
  std::fflush(stdout);
  std::atexit([] { ::_exit(0); });
  FAIL() << "and only the report says so";
}

TEST(ForgesTheReportOfACrash, Here) {
  write_green_report("ForgesTheReportOfACrash");
  std::abort();
}

TEST(RemovesItsReport, Here) {
  std::atexit([] { ::unlink(report_path().c_str()); });
}

TEST(CutsItsReportShort, Here) {
  std::atexit([] { (void)!::truncate(report_path().c_str(), 60); });
}

TEST(RemovesThePrematureFile, Here) {
  remove_premature_exit_file();
  std::exit(0);
}

// A child that lives on writes over the report when its parent has ended.
TEST(IsForgedByItsChild, Here) {
  if (::fork() == 0) {
    ::setsid();
    for (int i = 0; i < 200; ++i) {
      write_green_report("IsForgedByItsChild");
      ::usleep(2'000);
    }
    ::_exit(0);
  }
  FAIL() << "the parent failed";
}

// All is green but for the file that says that the process has not ended.
TEST(ForgesItsReportAndExits, Here) {
  write_green_report("ForgesItsReportAndExits");
  std::puts("[       OK ] ForgesItsReportAndExits.Here (0 ms)");
  std::fflush(stdout);
  ::_exit(0);
}

// The report that it leaves is green, and of another test.
TEST(ForgesTheReportOfAnother, Here) {
  write_green_report("Another");
  std::puts("[       OK ] ForgesTheReportOfAnother.Here (0 ms)");
  std::fflush(stdout);
  remove_premature_exit_file();
  ::_exit(0);
}

TEST(FailsAndLosesItsReport, Here) {
  std::atexit([] { ::unlink(report_path().c_str()); });
  FAIL() << "and nobody reads of it";
}

class FailsInSetUpAndExitsWithZero : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::atexit([] { ::_exit(0); });
    ADD_FAILURE() << "the suite is not set up";
  }
};

TEST_F(FailsInSetUpAndExitsWithZero, Here) {}

int recurse(volatile int* depth) {
  char frame[4096];
  *depth = *depth + 1;
  frame[0] = static_cast<char>(*depth);
  return *depth < 0 ? 0 : recurse(depth) + frame[0];
}

TEST(OverflowsItsStack, Here) {
  volatile int depth = 0;
  EXPECT_EQ(recurse(&depth), 0);
}

TEST(DividesByZero, Here) {
  ::raise(SIGFPE);
}

TEST(TerminatesItself, Here) {
  ::raise(SIGTERM);
}

TEST(HangsUp, Here) {
  ::raise(SIGHUP);
}

TEST(BreaksItsPipe, Here) {
  ::raise(SIGPIPE);
}

TEST(StopsItself, Here) {
  ::raise(SIGSTOP);
}

TEST(SpinsForever, Here) {
  volatile int turns = 0;
  for (;;) {
    turns = turns + 1;
  }
}

TEST(CannotWriteItsReport, Here) {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_FSIZE, &none);
}

TEST(RunsOutOfDescriptors, Here) {
  while (::open("/dev/null", O_RDONLY) >= 0) {
  }
}

TEST(ClosesItsDescriptors, Here) {
  for (int i = 3; i < 200; ++i) {
    ::close(i);
  }
}

TEST(ChangesItsFolder, Here) {
  EXPECT_EQ(::chdir("/"), 0);
}

TEST(ClearsItsEnvironment, Here) {
  ::clearenv();
}

TEST(LeavesAThread, Here) {
  std::thread([] { ::pause(); }).detach();
}

TEST(LeavesADaemon, Here) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();
    if (::fork() == 0) {
      ::execlp("sleep", "sleep", "982", nullptr);
    }
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
}

TEST(FailsInAThread, Here) {
  std::thread([] { EXPECT_EQ(1 + 1, 3); }).join();
}

TEST(FailsTenThousandTimes, Here) {
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(i, -1);
  }
}

TEST(SkipsAfterAFailure, Here) {
  ADD_FAILURE() << "first";
  GTEST_SKIP() << "then";
}

class SkipsInSetUp : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_SKIP() << "no harbour"; }
};

TEST_F(SkipsInSetUp, Here) {
  FAIL();
}

TEST(RecordsAReservedKey, Here) {
  RecordProperty("name", "forged");
}

TEST(PrintsAMebibyte, Here) {
  for (int i = 0; i < 16'384; ++i) {
    std::puts("0123456789012345678901234567890123456789012345678901234567890123");
  }
}

TEST(PrintsNoNewline, Here) {
  std::fputs("half a line", stdout);
}

TEST(PrintsWhatIsNoText, Here) {
  std::fwrite("\0\x1b[31m\xff\xfe\x07\n", 1, 10, stdout);
  FAIL() << "\x01\x1b[31m ]]> \xff & <failure>";
}

TEST(PrintsTheEndOfAnotherTest, Here) {
  std::puts("[       OK ] PrintsTheEndOfAnotherTest.Here (0 ms)\n[  PASSED  ] 1 test.");
  std::exit(0);
}

template <typename T>
class Typed : public ::testing::Test {};

using Types = ::testing::Types<int, std::string>;
TYPED_TEST_SUITE(Typed, Types);

TYPED_TEST(Typed, IsSmall) {
  EXPECT_LE(sizeof(TypeParam), sizeof(int));
}

class Named : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Of, Named, ::testing::Values("", "a # b", "\n", "GetParam() = x"));

TEST_P(Named, IsShort) {
  EXPECT_LT(std::string(GetParam()).size(), 10U);
}

class Registered : public ::testing::Test {
 public:
  explicit Registered(bool passes) : passes_(passes) {}

  void TestBody() override { EXPECT_TRUE(passes_); }

 private:
  bool passes_;
};

bool register_odd_names() {
  for (const auto& [name, passes] : {std::pair("with:colon", true), std::pair("with-dash", true),
                                     std::pair("st*r", false), std::pair("stir", true)}) {
    ::testing::RegisterTest("Odd", name, nullptr, nullptr, __FILE__, __LINE__,
                            [p = passes]() -> ::testing::Test* { return new Registered(p); });
  }
  return true;
}

const bool kRegistered = register_odd_names();

}  // namespace
