#include "harness/review/past_run.h"

#include <filesystem>
#include <system_error>

#include "harness/run/journal.h"

namespace harness {

namespace fs = std::filesystem;

base::Result<PastRun> read_past_run(const std::string& path) {
  std::error_code ignored;
  const fs::path file =
      fs::is_directory(path, ignored) ? fs::path(path) / "journal.jsonl" : fs::path(path);
  base::Result<JournalText> text = read_journal(file.string());
  if (!text) {
    return std::move(text).error();
  }
  if (text->records.empty()) {
    return base::invalid_input(file.string() + " holds no record of a run");
  }
  PastRun run;
  run.directory = file.has_parent_path() ? file.parent_path().string() : ".";
  run.results = collect(text->records);
  if (text->bytes_left > 0) {
    run.note = file.string() + ": after record " + std::to_string(text->records.size()) + " come " +
               std::to_string(text->bytes_left) + " bytes that are no record";
  }
  run.journal_sha256 = std::move(text->sha256);
  run.records = std::move(text->records);
  return run;
}

}  // namespace harness
