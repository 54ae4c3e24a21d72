#include "common/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>

namespace base {
namespace {

TEST(Error, NamesThePlaceBeforeTheMessage) {
  const Error error = invalid_input("expected a number").within("a.yaml:3:5").within("cannot load");

  EXPECT_EQ(error.message, "cannot load: a.yaml:3:5: expected a number");
  EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
}

TEST(Error, TellsACallerWhatAFailedSystemCallMeans) {
  EXPECT_EQ(system_error("open x", ENOENT).kind, ErrorKind::kNotFound);
  EXPECT_EQ(system_error("open x", EACCES).kind, ErrorKind::kPermissionDenied);
  EXPECT_EQ(system_error("connect", ECONNREFUSED).kind, ErrorKind::kUnavailable);
  EXPECT_EQ(system_error("read", EIO).kind, ErrorKind::kInternal);
  EXPECT_EQ(system_error("open x", ENOENT).message, "open x: No such file or directory");
}

TEST(Result, HoldsAValueThatCanBeMovedOut) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));

  ASSERT_TRUE(result);
  const std::unique_ptr<int> value = std::move(result).value();

  EXPECT_EQ(*value, 7);
}

TEST(Result, HoldsAnError) {
  const Result<int> result(not_found("no such fixture"));

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "no such fixture");
}

TEST(Result, OfNothingIsSuccessUntilItHoldsAnError) {
  EXPECT_TRUE(Result<void>{});
  EXPECT_FALSE(Result<void>{timed_out("waited 2 s")});
}

TEST(ResultDeathTest, EndsTheProgramWhereAnErrorIsTakenForAValue) {
  const Result<int> result(internal_error("broken"));

  EXPECT_DEATH(static_cast<void>(result.value()), "CHECK\\(has_value\\(\\)\\)");
}

}  // namespace
}  // namespace base
