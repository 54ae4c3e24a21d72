// What a test expects of a session's calls, and where they differ from it.
//
//   {"calls": 2, "calls_min": 1, "calls_max": 9, "misses": 0, "outcomes": {"fixture": 2},
//    "tools_called": ["get_weather"], "tools_forbidden": ["drop_table"], "output_tokens_max": 1000}
//
// Every key is optional; those that are there must all hold. `tools_called` is what the model
// called, in this order, others may stand between; `outcomes` counts the outcomes it names. The
// answer:
//   {"ok": false, "failures": ["calls: expected 2, got 3"]}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "mockllm/journal/journal.h"

namespace mockllm {

// What does not hold, a line each. kInvalidInput: the body is none of the above.
base::Result<std::vector<std::string>> verify(std::string_view body, const Journal& journal,
                                              std::string_view session);

}  // namespace mockllm
