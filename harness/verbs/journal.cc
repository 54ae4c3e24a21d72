#include "harness/verbs/journal.h"

#include <fstream>

#include "common/base/file.h"
#include "harness/handover/ack.h"
#include "harness/handover/archive.h"

namespace harness {
namespace {

constexpr std::size_t kWriteBytes = 256 * 1024;

// The record with seq N is line N: the journal has no gaps. A line without its end is not there
// yet.
int print_from(const std::string& path, std::uint64_t from, const VerbContext& context) {
  std::ifstream file(path);
  if (!file) {
    tell(context, "cannot read " + path + ": is --report-dir the run's?");
    return kVerbUsage;
  }
  std::string line;
  std::string out;
  std::uint64_t seq = 0;
  while (std::getline(file, line) && !file.eof()) {
    if (++seq < from) {
      continue;
    }
    out += line;
    out += '\n';
    if (out.size() >= kWriteBytes) {
      (void)base::write_all(context.out, out);
      out.clear();
    }
  }
  if (seq + 1 < from) {
    tell(context, path + " ends with record " + std::to_string(seq));
    return kVerbUsage;
  }
  (void)base::write_all(context.out, out);
  return kVerbOk;
}

}  // namespace

int journal_verb(const JournalOptions& options, const VerbContext& context) {
  if (options.from) {
    const int code =
        print_from(options.report_directory + "/journal.jsonl", *options.from, context);
    if (code != kVerbOk) {
      return code;
    }
  }
  if (options.files) {
    if (const base::Result<void> written = write_archive(options.report_directory, context.out);
        !written) {
      tell(context, written.error().message);
      return kVerbUsage;
    }
  }
  if (options.ack) {
    if (const base::Result<void> written = write_ack(options.report_directory, *options.ack);
        !written) {
      tell(context, written.error().message);
      return kVerbUsage;
    }
  }
  return kVerbOk;
}

}  // namespace harness
