#include "harness/plan/quarantine.h"

namespace harness {

base::Result<Quarantine> Quarantine::make(const Config& config, std::string_view today) {
  Quarantine quarantine;
  for (const QuarantineConfig& entry : config.quarantine) {
    base::Result<Filter> tests = Filter::parse(entry.tests);
    if (!tests) {
      return std::move(tests).error().within(entry.place);
    }
    // Days written year first compare as texts do.
    if (today > entry.until) {
      quarantine.expired_.push_back(entry.place + ": the quarantine of " + entry.tests +
                                    " ended with " + entry.until + " (" + entry.owner +
                                    "): mend the tests, or agree on another day");
      continue;
    }
    quarantine.entries_.emplace_back(
        std::move(*tests),
        "in quarantine until " + entry.until + " (" + entry.owner + "): " + entry.reason);
  }
  return quarantine;
}

std::optional<std::string> Quarantine::covers(const TestCase& test, SuiteKind kind) const {
  for (const auto& [tests, said] : entries_) {
    if (tests.selects(test, kind)) {
      return said;
    }
  }
  return std::nullopt;
}

}  // namespace harness
