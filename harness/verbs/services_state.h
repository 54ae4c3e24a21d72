// Which processes `services up` left running, kept in a file for `services down`. Private to the
// room.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/verbs/services.h"

namespace harness {

// A number alone does not name a process: the kernel gives it to another one later. Together with
// the time of its start it does.
struct KeptProcess {
  std::string name;
  pid_t pid = 0;
  std::string start;
};

struct ServicesState {
  KeptProcess keeper;                 // who ends the others when it is told to
  std::vector<KeptProcess> services;  // leaders of their groups
};

// nullopt: there is none, or it has ended already.
std::optional<KeptProcess> kept_process(std::string name, pid_t pid);
[[nodiscard]] bool is_running(const KeptProcess& process);

// "<report folder>/services", where the logs are too.
std::string services_directory(const Config& config, const ServicesOptions& options);

base::Result<void> write_state(const std::string& directory, const ServicesState& state);
// kNotFound where there is none.
base::Result<ServicesState> read_state(const std::string& directory);
void remove_state(const std::string& directory);

}  // namespace harness
