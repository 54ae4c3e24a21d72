// GoogleTest's main, with the environment taken where it may be: in main.
#include <gmock/gmock.h>

#include "tests/integration/agent_test/deck.h"

int main(int argc, char** argv, char** environment) {
  testing::InitGoogleMock(&argc, argv);
  agent_test::set_environment(base::Environment(environment));
  return RUN_ALL_TESTS();
}
