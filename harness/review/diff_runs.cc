#include <nlohmann/json.hpp>

#include "common/base/text.h"
#include "harness/report/style.h"
#include "harness/report/words.h"
#include "harness/review/difference.h"
#include "harness/review/past_run.h"
#include "harness/review/verbs.h"

namespace harness {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLineBytesMax = 400;

std::string section(const std::string& title, const std::vector<Change>& changes, bool times) {
  if (changes.empty()) {
    return "";
  }
  std::string out = title + " (" + std::to_string(changes.size()) + "):\n";
  for (const Change& change : changes) {
    out += "  " + (change.before.empty() ? "new" : change.before) + " -> " +
           (change.after.empty() ? "gone" : change.after) + "  " + base::printable(change.test);
    if (times) {
      out += "  " + readable_ms(change.before_ms) + " -> " + readable_ms(change.after_ms);
    } else if (!change.reason.empty()) {
      out += ": " + base::shortened(base::printable(first_line(change.reason)), kLineBytesMax);
    }
    out += "\n";
  }
  return out;
}

std::string as_text(const Difference& difference) {
  return section("newly failing", difference.failing, false) +
         section("newly flaky", difference.flaky, false) +
         section("newly slow", difference.slow, true) +
         section("mended", difference.mended, false) + section("gone", difference.gone, false) +
         "before: " + difference.before.word + ", " + std::to_string(difference.before.total) +
         " tests; after: " + difference.after.word + ", " + std::to_string(difference.after.total) +
         " tests";
}

ordered_json list_of(const std::vector<Change>& changes) {
  ordered_json out = ordered_json::array();
  for (const Change& change : changes) {
    out.push_back({{"test", change.test},
                   {"before", change.before},
                   {"after", change.after},
                   {"reason", change.reason},
                   {"before_ms", change.before_ms},
                   {"after_ms", change.after_ms}});
  }
  return out;
}

std::string as_json(const Difference& difference) {
  const ordered_json out = {{"newly_failing", list_of(difference.failing)},
                            {"newly_flaky", list_of(difference.flaky)},
                            {"newly_slow", list_of(difference.slow)},
                            {"mended", list_of(difference.mended)},
                            {"gone", list_of(difference.gone)},
                            {"before", difference.before.word},
                            {"after", difference.after.word}};
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

int diff_runs(const ReportDiff& options, const VerbContext& context) {
  const base::Result<PastRun> before = read_past_run(options.before);
  if (!before) {
    return no_run(before.error(), context);
  }
  const base::Result<PastRun> after = read_past_run(options.after);
  if (!after) {
    return no_run(after.error(), context);
  }
  for (const PastRun* run : {&*before, &*after}) {
    if (!run->note.empty()) {
      tell(context, run->note);
    }
  }
  const Difference difference = compare(before->results, after->results);
  const Style style = Style::of(context.out, context.environment);
  print(context, context.json ? as_json(difference) : style.told(as_text(difference)));
  return code_of(code_of_difference(difference));
}

}  // namespace harness
