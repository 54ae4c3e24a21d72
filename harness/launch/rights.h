// What a launch may do in its namespace, asked before anything is made.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/kube/api.h"

namespace harness {

struct MissingRight {
  std::string sentence;  // "the right to create jobs.batch in namespace ci is missing"
  std::string remedy;
};

// The first right that is missing, or why it cannot be asked for; nullopt where all are there.
[[nodiscard]] std::optional<MissingRight> missing_right(KubeApi& api, std::string_view name_space);

}  // namespace harness
