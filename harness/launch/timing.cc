#include "harness/launch/timing.h"

#include "harness/report/style.h"

namespace harness {

std::string timing_text(const LaunchTiming& timing) {
  std::string text;
  const auto add = [&](const char* stage, const std::optional<base::MonoTime>& at,
                       base::MonoTime since, const char* after) {
    if (at) {
      text += text.empty() ? "" : ", ";
      text += stage + readable_ms(base::to_ms(*at - since)) + after;
    }
  };
  add("pod after ", timing.pod, timing.created, "");
  add("container ", timing.container, timing.created, "");
  add("first test ", timing.first_test, timing.created, "");
  add("last result ", timing.last_result, timing.created, "");
  if (timing.last_result) {
    add("everything here ", timing.delivered, *timing.last_result, " after it");
  }
  return text;
}

}  // namespace harness
