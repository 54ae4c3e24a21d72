// What earlier runs have told of tests: the order of a plan and its shards are made from it. It
// never decides which tests run.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace harness {

struct PastTest {
  std::chrono::microseconds duration{};  // of its last attempt
  bool red = false;                      // or flaky
};

// By the test's id.
using PastTests = std::map<std::string, PastTest, std::less<>>;

// `told` in place of what `past` has of the same tests; but what either calls red is red: of a run
// that was ended, nobody but its own folder has been told.
void add_told(const PastTests& told, PastTests& past);

// Of what the shards of a run must agree on: 64 hex digits of ids and durations.
std::string digest_of(const PastTests& past);

}  // namespace harness
