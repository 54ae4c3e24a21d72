#include "harness/launch/collector.h"

#include <algorithm>
#include <utility>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/handover/archive.h"
#include "harness/run/event.h"
#include "harness/verdict/results.h"

namespace harness {
namespace {

using nlohmann::json;

// The end of a run, by the record's own words.
bool ends_run(std::string_view record) {
  const base::Result<Record> read = record_from_json(record);
  return read && std::holds_alternative<RunFinished>(read->event);
}

std::optional<int> exit_code_in(std::string_view termination) {
  const json message = json::parse(termination, nullptr, false);
  const bool there = message.is_object() && message.contains("exit_code") &&
                     message["exit_code"].is_number_integer();
  return there ? std::optional(message["exit_code"].get<int>()) : std::nullopt;
}

}  // namespace

Collector::Heard Collector::add_line(std::string_view line) {
  const std::size_t before = frames_.records().size();
  if (!frames_.add(line)) {
    return Heard::kOutput;
  }
  if (frames_.records().size() == before) {
    return Heard::kRecord;  // a part of one, or one that was here
  }
  const auto& [seq, text] = *frames_.records().rbegin();
  const base::Result<Record> record = record_from_json(text);
  if (!record) {
    return Heard::kRecord;
  }
  if (last_ == 0 && std::holds_alternative<RunFinished>(record->event)) {
    last_ = seq;
  }
  if (std::holds_alternative<AttemptStarted>(record->event)) {
    return Heard::kTestStarted;
  }
  return std::holds_alternative<AttemptFinished>(record->event) ? Heard::kTestFinished
                                                                : Heard::kRecord;
}

base::Result<void> Collector::fetch(const Exec& exec) {
  if (base::Result<void> fetched = fetch_records(exec); !fetched) {
    return fetched;
  }
  // Without its files a journal is still a verdict: the word is given, and then the loss is told.
  base::Result<void> files = fetch_files(exec);
  const base::Result<std::string> acknowledged =
      exec({"harness", "journal", "--ack", std::to_string(last_), "--report-dir",
            pod_report_directory_});
  if (!acknowledged) {
    return acknowledged.error();
  }
  return files;
}

base::Result<void> Collector::fetch_records(const Exec& exec) {
  if (complete()) {
    return {};
  }
  std::uint64_t seq = frames_.first_missing();
  const base::Result<std::string> text = exec(
      {"harness", "journal", "--from", std::to_string(seq), "--report-dir", pod_report_directory_});
  if (!text) {
    return text.error();
  }
  for (const std::string_view line : base::split(*text, '\n')) {
    if (!line.empty()) {
      frames_.add_record(seq, std::string(line));
      last_ = ends_run(line) ? seq : last_;
      ++seq;
    }
  }
  return {};
}

base::Result<void> Collector::fetch_files(const Exec& exec) {
  const base::Result<std::string> archive =
      exec({"harness", "journal", "--files", "--report-dir", pod_report_directory_});
  if (!archive) {
    return archive.error();
  }
  return extract_archive(*archive, report_directory_);
}

Collector::Collected Collector::finish(std::string_view termination, std::optional<int> exit_code,
                                       const std::optional<Cause>& cause) {
  std::string journal;
  std::vector<Record> records;
  std::string trouble;
  for (const auto& [seq, line] : frames_.records()) {
    base::Result<Record> record = record_from_json(line);
    if (seq >= frames_.first_missing() || !record) {
      break;
    }
    journal += line + "\n";
    records.push_back(std::move(*record));
  }
  if (const base::Result<void> written =
          base::write_file(report_directory_ + "/journal.jsonl", journal);
      !written) {
    trouble = written.error().message;
  }
  RunResults results = collect(records);
  if (!results.finished || cause) {
    const ExitCode code = cause ? cause->exit_code : ExitCode::kNotDelivered;
    results.failures.push_back(
        {code_of(code), cause ? cause->sentence
                              : "records are missing after every way was tried: the last one is " +
                                    std::to_string(records.size())});
  } else if (trouble.empty()) {
    trouble = disagreement(decide(results), termination, exit_code);
  }
  Reported reported = write_report_folder(results, report_directory_, trouble);
  return {std::move(results), std::move(reported)};
}

// The same verdict must come by every way that told one.
std::string Collector::disagreement(const Verdict& verdict, std::string_view termination,
                                    std::optional<int> exit_code) const {
  const int own = code_of(verdict.exit_code);
  const std::optional<int> told = exit_code_in(termination);
  if (told && *told != own) {
    return "the journal's verdict is exit code " + std::to_string(own) +
           ", the termination message says " + std::to_string(*told);
  }
  if (exit_code && *exit_code != own) {
    return "the journal's verdict is exit code " + std::to_string(own) +
           ", the container ended with " + std::to_string(*exit_code);
  }
  return {};
}

}  // namespace harness
