#include "harness/review/review.h"

#include "harness/review/verbs.h"

namespace harness {
namespace {

// One overload per verb.
struct Perform {
  const VerbContext& context;

  int operator()(const ReportShow& options) const { return show_run(options, context); }

  int operator()(const ReportRecover& options) const { return recover_run(options, context); }
};

}  // namespace

int report_verb(const ReportOptions& options, const VerbContext& context) {
  return std::visit(Perform{context}, options);
}

int no_run(const base::Error& error, const VerbContext& context) {
  tell(context, "harness: " + error.message);
  return kVerbUsage;
}

}  // namespace harness
