// Where the facts of the control group that this process is in are to be read. Private to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

struct ControlGroup {
  struct Level {
    std::string group;  // its path: "/kubepods/pod1/c1", "/" for the topmost that is seen
    std::string folder;
  };

  bool unified = false;       // version 2
  std::vector<Level> levels;  // the own group first, then those above it; empty: no groups here
};

// `root` stands before /proc and before the mounts; empty: the machine itself.
ControlGroup find_control_group(const std::string& root, std::string_view controller);

// The text of a small file of the kernel; empty where it cannot be read.
std::string fact_of(const std::string& path);
// The whole text, but for blanks at its end.
std::optional<std::int64_t> number_in(std::string_view text);

}  // namespace harness
