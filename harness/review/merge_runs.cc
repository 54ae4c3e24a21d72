#include <algorithm>
#include <filesystem>
#include <system_error>

#include "common/base/file.h"
#include "harness/report/console.h"
#include "harness/report/folder.h"
#include "harness/review/merge.h"
#include "harness/review/past_run.h"
#include "harness/review/verbs.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

bool is_same_or_below(const fs::path& inner, const fs::path& outer) {
  const auto [end, ignored] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return end == outer.end();
}

// Clearing the target must not clear a source, nor may a source be copied into itself.
std::string collision(const ReportMerge& options) {
  std::error_code ignored;
  const fs::path target = fs::weakly_canonical(options.target, ignored);
  for (const std::string& directory : options.directories) {
    const fs::path source = fs::weakly_canonical(directory, ignored);
    if (is_same_or_below(source, target) || is_same_or_below(target, source)) {
      return directory;
    }
  }
  return "";
}

// The shard's files, without what merging makes anew. What a symbolic link points to is not a
// shard's.
base::Result<void> copy_shard(const std::string& from, const std::string& to) {
  if (base::Result<void> made = base::make_directories(to); !made) {
    return made;
  }
  std::error_code code;
  for (const char* name : {"journal.jsonl", "logs", "artifacts", "shards"}) {
    const fs::path source = fs::path(from) / name;
    if (fs::exists(source, code)) {
      fs::copy(source, fs::path(to) / name,
               fs::copy_options::recursive | fs::copy_options::skip_symlinks, code);
      if (code) {
        return base::system_error("cannot copy " + source.string(), code.value());
      }
    }
  }
  return {};
}

base::Result<void> write_folder(const MergedRun& merged, const std::vector<PastRun>& shards,
                                const std::string& target) {
  if (base::Result<void> cleared = clear_report_folder(target); !cleared) {
    return cleared;
  }
  for (std::size_t i = 0; i < shards.size(); ++i) {
    if (base::Result<void> copied =
            copy_shard(shards[i].directory, target + "/" + merged.folders[i]);
        !copied) {
      return copied;
    }
  }
  std::string journal;
  for (const Record& record : merged.records) {
    journal += to_json(record) + "\n";
  }
  return base::write_file(target + "/journal.jsonl", journal);
}

}  // namespace

int merge_runs(const ReportMerge& options, const VerbContext& context) {
  if (const std::string source = collision(options); !source.empty()) {
    return no_run(
        base::invalid_input("--report-dir " + options.target + " and " + source + " are not apart"),
        context);
  }
  std::vector<PastRun> shards;
  std::vector<std::string> unreadable;
  for (const std::string& directory : options.directories) {
    base::Result<PastRun> run = read_past_run(directory);
    if (!run) {
      unreadable.push_back(run.error().message);
      continue;
    }
    if (!run->note.empty()) {
      tell(context, run->note);
    }
    shards.push_back(std::move(*run));
  }
  if (shards.empty()) {
    return no_run(base::invalid_input("no shard can be read: " + unreadable.front()), context);
  }
  std::stable_sort(shards.begin(), shards.end(), [](const PastRun& a, const PastRun& b) {
    return a.results.start.shard_index < b.results.start.shard_index;
  });
  const MergedRun merged = merge(shards, unreadable);
  const base::Result<void> written = write_folder(merged, shards, options.target);
  const RunResults results = collect(merged.records);
  const Reported reported =
      write_report_folder(results, options.target, written ? "" : written.error().message);
  tell_durations(results, options.target, context);
  print(context,
        summary_text(results, reported.verdict, Style::of(context.out, context.environment)) +
            "merged from " + std::to_string(shards.size()) + " shards: " + options.target);
  tell_where_github_reads(results, reported.verdict, context);
  return code_of(reported.verdict.exit_code);
}

}  // namespace harness
