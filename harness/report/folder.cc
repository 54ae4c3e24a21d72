#include "harness/report/folder.h"

#include <array>
#include <filesystem>
#include <system_error>

#include "common/base/digest.h"
#include "common/base/file.h"
#include "harness/report/ctrf.h"
#include "harness/report/github.h"
#include "harness/report/html.h"
#include "harness/report/junit.h"
#include "harness/report/metrics.h"
#include "harness/report/trace.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kJournalBytesMax = std::size_t{1024} * 1024 * 1024;

// What is derived from the journal for others to read, each on its own.
struct Report {
  const char* name;
  std::string (*text)(const RunResults&, const Verdict&);
};

constexpr std::array kReports{
    Report{"junit.xml", junit_xml},         Report{"ctrf.json", ctrf_json},
    Report{"summary.md", summary_markdown}, Report{"metrics.prom", metrics_text},
    Report{"trace.otlp.json", trace_json},  Report{"report.html", report_html},
};

// What could not be written. The verdict is first: a pod that has little time left has that.
std::vector<std::string> write_reports(const RunResults& results, const Verdict& verdict,
                                       const std::string& directory, const std::string& digest) {
  std::vector<std::string> errors;
  const auto write = [&](const std::string& name, const std::string& text) {
    const base::Result<void> written = base::write_file(directory + "/" + name, text);
    if (!written) {
      errors.push_back(written.error().message);
    }
  };
  write("verdict.json", to_json(verdict, results, digest));
  for (const Report& report : kReports) {
    write(report.name, report.text(results, verdict));
  }
  return errors;
}

}  // namespace

base::Result<void> clear_report_folder(const std::string& directory) {
  std::error_code code;
  std::vector<std::string> names{"logs",          "artifacts",   "shards",
                                 "journal.jsonl", "journal.ack", "verdict.json"};
  for (const Report& report : kReports) {
    names.emplace_back(report.name);
  }
  for (const std::string& name : names) {
    fs::remove_all(fs::path(directory) / name, code);
    if (code) {
      return base::system_error("cannot remove " + directory + "/" + name, code.value());
    }
  }
  return base::make_directories(fs::path(directory) / "logs");
}

Reported write_report_folder(RunResults results, const std::string& directory,
                             std::string_view trouble) {
  Verdict verdict = decide(results);
  const auto note = [&](std::string_view what) {
    results.failures.push_back({code_of(ExitCode::kInternalError), std::string(what)});
    verdict = decide(results);
  };
  if (!trouble.empty()) {
    note(trouble);
  }
  const base::Result<std::string> journal =
      base::read_file(directory + "/journal.jsonl", kJournalBytesMax);
  if (!journal) {
    note(journal.error().message);
  }
  const std::string digest = journal ? base::sha256_hex(*journal) : "";
  const std::vector<std::string> errors = write_reports(results, verdict, directory, digest);
  for (const std::string& error : errors) {
    note(error);
  }
  if (!errors.empty()) {
    // What can be written says what cannot, and all of them say the same.
    (void)write_reports(results, verdict, directory, digest);
  }
  std::string json = to_json(verdict, results, digest);
  return {std::move(verdict), std::move(json)};
}

}  // namespace harness
