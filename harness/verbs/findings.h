// What `harness doctor` finds, one line each. Private to the room.
#pragma once

#include <string>
#include <vector>

#include "harness/verbs/doctor.h"

namespace harness {

struct Finding {
  std::string group;  // "program", "setting", "secret", "service", "suite", "llm"
  std::string name;
  bool ok = true;
  std::string text;    // a version, a value, *** for a secret, or what is missing and the remedy
  std::string origin;  // where it was said or found
};

// Each looks at one part of a run; they are independent of each other.
std::vector<Finding> find_programs(const Config& config, const DoctorOptions& options,
                                   const VerbContext& context);
std::vector<Finding> find_settings(const Config& config, const DoctorOptions& options,
                                   const VerbContext& context);
std::vector<Finding> find_secrets(const Config& config, const DoctorOptions& options,
                                  const VerbContext& context);
std::vector<Finding> find_services(const Config& config, const VerbContext& context);
std::vector<Finding> find_suites(const Config& config);
std::vector<Finding> find_llm(const Config& config, const DoctorOptions& options,
                              const VerbContext& context);

}  // namespace harness
