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

// "4 over the limit of 200 files, 1 larger than 16 MiB"; empty where nothing was left out.
std::string left_out_text(const Artifacts& artifacts);

// What the attempt left, in one line: "2 files, 3.4 KiB, in artifacts/s~2Fa.1; left out: ...";
// empty where it left nothing.
std::string artifacts_text(const Artifacts& artifacts);

// Milliseconds since 1970 of "2026-11-22T10:00:00.123Z"; 0 where `rfc3339` is no such time.
std::int64_t epoch_ms(std::string_view rfc3339);

}  // namespace harness
