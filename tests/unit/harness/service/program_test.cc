#include "harness/service/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::EndsWith;

TEST(NeedProgram, NamesThePackageOfWhatIsMissing) {
  const auto program = need_program("no-such-program", {}, {}, "some-package");

  ASSERT_FALSE(program.has_value());
  EXPECT_EQ(program.error().kind, base::ErrorKind::kNotFound);
  EXPECT_THAT(program.error().message, EndsWith(": apt-get install some-package"));
}

TEST(NeedProgram, LooksInFoldersBeyondThePath) {
  base::Environment environment;
  environment.set("PATH", "/nowhere");

  EXPECT_TRUE(need_program("sh", environment, {"/bin"}, "dash").has_value());
  EXPECT_FALSE(need_program("sh", environment, {}, "dash").has_value());
}

TEST(PostgresFolders, HoldTheServer) {
  ASSERT_FALSE(postgres_folders().empty());
  EXPECT_TRUE(need_program("postgres", {}, postgres_folders(), "postgresql").has_value());
}

TEST(FreePort, IsOneThatAnyUserMayTake) {
  const auto port = free_port();

  ASSERT_TRUE(port.has_value());
  EXPECT_GE(*port, 1024);
}

}  // namespace
}  // namespace harness
