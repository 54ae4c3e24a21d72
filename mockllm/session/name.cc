#include "mockllm/session/name.h"

#include <algorithm>

namespace mockllm {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_run_name(std::string_view run) {
  return !run.empty() && run.size() <= kRunNameBytesMax &&
         std::all_of(run.begin(), run.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
}

}  // namespace

bool is_session_name(std::string_view name) {
  if (name.empty() || name.size() > kSessionNameBytesMax || name == "." || name == "..") {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '~' || c == '-';
  });
}

std::string_view test_of(std::string_view session_name) {
  const std::size_t first = session_name.find('.');
  const std::size_t last = session_name.rfind('.');
  if (first == std::string_view::npos || last <= first + 1) {
    return session_name;
  }
  const std::string_view attempt = session_name.substr(last + 1);
  const bool is_attempt = !attempt.empty() && std::all_of(attempt.begin(), attempt.end(), is_digit);
  if (!is_run_name(session_name.substr(0, first)) || !is_attempt) {
    return session_name;
  }
  return session_name.substr(first + 1, last - first - 1);
}

}  // namespace mockllm
