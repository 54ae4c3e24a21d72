// What children left behind: found through the kernel's list of our children, because a stray may
// have left its group, its session and its outputs.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/process/process.h"

namespace harness {

struct Stray {
  pid_t pid = 0;
  std::string command;    // shortened, printable
  std::string test = {};  // whose environment it has: DRYDOCK_TEST; empty where it has none
  std::vector<std::string> ports = {};  // that it listened on: "tcp 127.0.0.1:8080"
};

// Kills and reaps every child of ours that is not in `known`, and whatever those leave behind,
// until none is left; the answer says who was alive. Descendants of a known child are left alone:
// they are its own. Needs become_subreaper().
std::vector<Stray> reap_strays(const std::vector<pid_t>& known);

// A child that one thread starts and ends while another one may look for strays: it is none as long
// as this lives. Ended with it. The list of such children is the process's, like that of its
// children.
class SideChild {
 public:
  static base::Result<SideChild> spawn(const ProcessSpec& spec);
  SideChild(SideChild&& other) noexcept = default;
  SideChild& operator=(SideChild&& other) = delete;
  ~SideChild();

  Process& process() { return *process_; }

 private:
  explicit SideChild(Process process) : process_(std::move(process)) {}

  std::optional<Process> process_;
};

// Our children of this moment.
std::vector<pid_t> live_children();

}  // namespace harness
