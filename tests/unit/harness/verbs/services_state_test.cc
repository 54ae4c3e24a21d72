#include "harness/verbs/services_state.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "common/base/file.h"

namespace harness {
namespace {

class State : public ::testing::Test {
 protected:
  [[nodiscard]] std::string directory() const { return folder_->path().string(); }

  base::Result<base::TemporaryDirectory> folder_ = base::TemporaryDirectory::make("state-test-");
};

TEST_F(State, IsReadAsItWasWritten) {
  const ServicesState state{{"keeper", 123, "456"}, {{"service", 124, "457"}}};

  ASSERT_TRUE(write_state(directory(), state).has_value());
  const auto read = read_state(directory());

  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->keeper.pid, 123);
  EXPECT_EQ(read->services.at(0).start, "457");

  remove_state(directory());
  EXPECT_EQ(read_state(directory()).error().kind, base::ErrorKind::kNotFound);
}

TEST_F(State, IsRefusedWhereSomebodyElseWroteIt) {
  const std::string begin =
      R"({"drydock": "services/v1", "keeper": {"name": "k", "start": "1", "pid": )";
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), begin + R"(1}, "services": []})",
        begin + R"(-5}, "services": []})", begin + R"(5}, "services": [1]})",
        begin + R"(5}, "services": {}})"}) {
    ASSERT_TRUE(base::write_file(folder_->path() / "state.json", text).has_value());
    EXPECT_EQ(read_state(directory()).error().kind, base::ErrorKind::kInvalidInput) << text;
  }
}

TEST(AKeptProcess, IsKnownByTheTimeOfItsStart) {
  const auto self = kept_process("self", ::getpid());
  ASSERT_TRUE(self.has_value());
  EXPECT_TRUE(is_running(*self));

  KeptProcess other = *self;
  other.start += "0";
  EXPECT_FALSE(is_running(other)) << "the same number, another process";
}

TEST(AKeptProcess, IsNotOneThatNeverWas) {
  EXPECT_FALSE(kept_process("none", 0x7FFFFFFF).has_value());
}

}  // namespace
}  // namespace harness
