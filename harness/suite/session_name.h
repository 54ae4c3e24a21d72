// The name of an attempt's session in mockllm: "<run>.<test>.<attempt>" (contracts 2).
#pragma once

#include <string>
#include <string_view>

namespace harness {

// `test_id` is escaped to [A-Za-z0-9._-] with ~HH for every other byte; over 90 characters it is
// cut and ends in "~~" and 12 hex digits of its sha256.
std::string session_name(std::string_view run, std::string_view test_id, int attempt);

// The same escaped form alone: names of log files and artifact folders.
std::string file_name_of(std::string_view test_id);

}  // namespace harness
