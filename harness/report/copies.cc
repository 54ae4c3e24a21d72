#include "harness/report/copies.h"

#include "common/base/file.h"
#include "harness/report/github.h"
#include "harness/report/metrics.h"

namespace harness {

std::vector<std::string> write_copies(const RunResults& results, const Verdict& verdict,
                                      const CopyTargets& targets,
                                      const base::Environment& environment) {
  std::vector<std::string> troubles;
  const auto note = [&](const base::Result<void>& done) {
    if (!done) {
      troubles.push_back(done.error().message);
    }
  };
  note(tell_github(results, verdict, environment, targets.out));
  if (!targets.metrics_file.empty()) {
    note(base::write_file(targets.metrics_file, metrics_text(results, verdict)));
  }
  return troubles;
}

}  // namespace harness
