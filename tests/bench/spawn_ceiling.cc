// The ceiling of a runner: starts each test of a GoogleTest program in a process of its own, one
// after another, and waits for it. Says how many milliseconds each took, as one line of JSON.
//
//   spawn_ceiling PROGRAM COUNT
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: spawn_ceiling PROGRAM COUNT\n";
    return 2;
  }
  using std::chrono::steady_clock;
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<double> times;
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    std::string filter = "--gtest_filter=Each/Nothing.IsTested/" + std::to_string(i);
    std::array<char*, 3> arguments = {argv[1], filter.data(), nullptr};
    const auto start = steady_clock::now();
    pid_t child = 0;
    int status = -1;
    if (::posix_spawn(&child, argv[1], &quiet, nullptr, arguments.data(), environ) != 0 ||
        ::waitpid(child, &status, 0) != child || status != 0) {
      std::cerr << "spawn_ceiling: " << argv[1] << " " << filter << " did not pass\n";
      return 1;
    }
    times.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - start).count());
  }
  if (times.empty()) {
    std::cerr << "usage: COUNT is 1 or more\n";
    return 2;
  }
  std::sort(times.begin(), times.end());
  std::cout << "{\"median_ms\": " << times[times.size() / 2] << "}\n";
  return 0;
}
