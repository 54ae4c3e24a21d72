// What children left behind: found through the kernel's list of our children, because a stray may
// have left its group, its session and its outputs.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace harness {

struct Stray {
  pid_t pid = 0;
  std::string command;    // shortened, printable
  std::string test = {};  // whose environment it has: DRYDOCK_TEST; empty where it has none
};

// Kills and reaps every child of ours that is not in `known`, and whatever those leave behind,
// until none is left; the answer says who was alive. Descendants of a known child are left alone:
// they are its own. Needs become_subreaper().
std::vector<Stray> reap_strays(const std::vector<pid_t>& known);

// Our children of this moment.
std::vector<pid_t> live_children();

}  // namespace harness
