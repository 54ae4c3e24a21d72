// What several reports say in the same words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/run/event.h"

namespace harness {

// `text` as any reader may have it: no terminal colours, no control characters but tab and newline,
// only UTF-8; over `bytes_max` its head and its tail.
std::string plain_text(std::string_view text, std::size_t bytes_max);

std::string first_line(const std::string& text);

// What went wrong in an attempt: each failure with its place, then its LLM calls, a miss with the
// nearest fixtures.
std::string problem_text(const AttemptFinished& attempt);

// Milliseconds since 1970 of "2026-11-22T10:00:00.123Z"; 0 where `rfc3339` is no such time.
std::int64_t epoch_ms(std::string_view rfc3339);

}  // namespace harness
