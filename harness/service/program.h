// The programs that local services are made of, and what each needs around it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/env.h"
#include "common/base/error.h"

namespace harness {

// Looked up in PATH, then in `folders`. kNotFound names the Debian package.
base::Result<std::string> need_program(std::string_view name, const base::Environment& environment,
                                       const std::vector<std::string>& folders,
                                       std::string_view package);

// `named` where it is not empty; else the mockllm beside our own program, where a build and an
// image put it; else the one in PATH.
base::Result<std::string> find_mockllm(const std::string& named,
                                       const base::Environment& environment);

// /usr/lib/postgresql/<version>/bin, the newest first: Debian keeps these out of PATH.
std::vector<std::string> postgres_folders();

// PostgreSQL refuses to run as root: who to be instead. nullopt where we are not root.
base::Result<std::optional<std::pair<uid_t, gid_t>>> unprivileged_user();

// A port of 127.0.0.1 that was free a moment ago. Somebody may take it meanwhile: who uses it tries
// again.
base::Result<int> free_port();

}  // namespace harness
