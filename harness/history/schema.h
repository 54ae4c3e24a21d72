// The tables of the history, and what goes into them as text. Private to the room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/error.h"
#include "harness/history/connection.h"

namespace harness {

// Of a name or a reason, in bytes.
inline constexpr std::size_t kHistoryTextMax = 1'000;

// Begins a transaction in which the tables are there, in this version. Who begins one waits for
// whoever has begun one: so ids of runs come in the order in which their runs can be seen.
base::Result<void> begin_history(HistoryConnection& connection);

// PostgreSQL's texts hold no NUL, and only UTF-8.
std::string history_text(std::string_view text);

// The outcomes that are red, as an array of PostgreSQL.
std::string red_outcomes();

// Of a number that PostgreSQL has written.
double number_of(const std::string& text);

}  // namespace harness
