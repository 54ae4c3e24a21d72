#include "harness/plan/past.h"

#include "common/base/digest.h"

namespace harness {

void add_told(const PastTests& told, PastTests& past) {
  for (const auto& [id, test] : told) {
    PastTest& known = past[id];
    known = {test.duration, test.red || known.red};
  }
}

std::string digest_of(const PastTests& past) {
  std::string text;
  for (const auto& [id, test] : past) {
    text += id + "\t" + std::to_string(test.duration.count()) + "\n";
  }
  return base::sha256_hex(text);
}

}  // namespace harness
