#include "harness/run/judgement.h"

#include <csignal>

namespace harness {

std::string cleaned(std::string_view text, const redact::Redactor* redactor) {
  return redactor != nullptr ? redactor->apply(text) : std::string(text);
}

std::string ending_of(const ExitStatus& status, const std::string& out_of_memory,
                      const std::string& when) {
  if (status.signal == SIGKILL && !out_of_memory.empty()) {
    return "killed: " + out_of_memory;
  }
  const std::string from =
      status.signal == SIGKILL ? ", which the harness did not send" : std::string();
  if (when.empty()) {
    return to_string(status) + from;
  }
  return "the process ended with " + to_string(status) + from + (from.empty() ? "" : ",") + when;
}

void add_memory_note(Judgement& judgement, const std::string& out_of_memory) {
  if (!is_red(judgement.outcome) || out_of_memory.empty() ||
      judgement.reason.find(out_of_memory) != std::string::npos) {
    return;
  }
  judgement.reason += " (meanwhile the kernel killed a process: " + out_of_memory + ")";
}

}  // namespace harness
