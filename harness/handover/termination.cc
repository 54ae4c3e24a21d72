#include "harness/handover/termination.h"

#include <nlohmann/json.hpp>

#include "common/base/check.h"
#include "common/base/text.h"

namespace harness {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kReasonBytesMax = 240;

std::string text_of(const ordered_json& verdict) {
  return verdict.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

bool fits(const ordered_json& verdict) {
  return text_of(verdict).size() <= kTerminationBytesMax;
}

void shorten_reasons(ordered_json& reasons) {
  for (ordered_json& reason : reasons) {
    if (reason.is_string()) {
      reason = base::shortened(reason.get_ref<const std::string&>(), kReasonBytesMax);
    }
  }
}

void drop_last_reasons(ordered_json& verdict) {
  ordered_json& reasons = verdict["reasons"];
  std::size_t dropped = 0;
  while (!fits(verdict) && reasons.size() > 1) {
    reasons.erase(reasons.size() - 1);
    if (dropped > 0) {
      reasons.erase(reasons.size() - 1);  // the last line says how many more there are
    }
    dropped += 1;
    reasons.push_back("and " + std::to_string(dropped) + " more");
  }
}

}  // namespace

std::string termination_message(std::string_view verdict_json) {
  ordered_json verdict = ordered_json::parse(verdict_json, nullptr, false);
  CHECK(verdict.is_object());
  if (fits(verdict)) {
    return text_of(verdict);
  }
  if (verdict.contains("reasons") && verdict["reasons"].is_array()) {
    shorten_reasons(verdict["reasons"]);
    drop_last_reasons(verdict);
  }
  for (const char* member : {"llm", "shard", "reasons", "counts"}) {
    if (!fits(verdict)) {
      verdict.erase(member);
    }
  }
  CHECK(fits(verdict));
  return text_of(verdict);
}

}  // namespace harness
