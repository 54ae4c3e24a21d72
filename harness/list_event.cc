#include "harness/list_event.h"

#include <set>

namespace harness {

TestsListed list_event(const Discovery& discovery, const Plan& plan, const Filter& filter) {
  TestsListed event;
  event.tests = plan.selected;
  event.listed = static_cast<std::int64_t>(plan.listed);
  event.list_sha256 = plan.list_sha256;
  event.empty_suites = discovery.empty_suites;
  std::set<std::string> here;
  for (const TestCase& test : plan.selected) {
    here.insert(test.id());
  }
  for (const TestCase& test : discovery.tests) {
    if (filter.selects(test.id()) && !here.contains(test.id())) {
      event.elsewhere.push_back(test.id());
    }
  }
  return event;
}

}  // namespace harness
