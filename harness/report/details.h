// What went wrong in an attempt, as the console and the summary show it to a person.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/report/style.h"
#include "harness/run/event.h"

namespace harness {

// Each line of `text` after `indent`, forty at most, without control characters.
std::string indented(const std::string& text, const std::string& indent);

// Of `total` calls the first ones, and every miss.
std::string describe_calls(const std::vector<LlmCall>& calls, std::int64_t total, Style style);

// Each failure with its place, the end of the output where there is no failure to show or the test
// ended badly, what it left behind, its LLM calls, the artifacts of a red one, its log.
std::string describe_attempt(const AttemptFinished& attempt, Style style);

}  // namespace harness
