#include "harness/discover/pytest_plugin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

TEST(PytestPlugin, TravelsInsideTheProgram) {
  EXPECT_THAT(std::string(pytest_plugin_text()), HasSubstr("def pytest_configure(config):"));
}

TEST(PytestPlugin, ComesFirstOnThePathAndKeepsTheRest) {
  EXPECT_THAT(with_pytest_plugin({"A=1", "PYTHONPATH=/lib"}, "/own", "{}"),
              UnorderedElementsAre("A=1", "PYTHONPATH=/own:/lib", "DRYDOCK_PYTEST={}"));
  EXPECT_THAT(with_pytest_plugin({"PYTHONPATH="}, "/own", "{}"),
              UnorderedElementsAre("PYTHONPATH=/own", "DRYDOCK_PYTEST={}"));
}

}  // namespace
}  // namespace harness
