#include "harness/history/durations.h"

#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/file.h"
#include "harness/run/journal.h"

namespace harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kFormat = "durations/v1";
constexpr std::size_t kBytesMax = 256 * 1024 * 1024;
constexpr double kMicroseconds = 1'000;
constexpr std::int64_t kDurationMax = std::int64_t{1'000'000} * 60 * 60 * 24 * 365;

base::Error not_durations(const std::string& path, const std::string& why) {
  return base::invalid_input(path + " holds no durations: " + why +
                             "; expected a report folder, its journal or its durations.json");
}

// Where the value is of this format; nullopt where a test of it is not.
std::optional<PastTests> tests_of(const json& value) {
  const auto tests = value.find("tests");
  if (tests == value.end() || !tests->is_object()) {
    return std::nullopt;
  }
  PastTests past;
  for (const auto& [id, test] : tests->items()) {
    if (!test.is_object() || !test.contains("us") || !test["us"].is_number_integer()) {
      return std::nullopt;
    }
    const auto duration = test["us"].get<std::int64_t>();
    if (duration < 0 || duration > kDurationMax) {
      return std::nullopt;
    }
    past[id] = {std::chrono::microseconds(duration), test.value("red", json()) == json(true)};
  }
  return past;
}

base::Result<PastTests> read_file_of_tests(const std::string& path) {
  const base::Result<std::string> text = base::read_file(path, kBytesMax);
  if (!text) {
    return text.error();
  }
  const json value = json::parse(*text, nullptr, false);
  if (!value.is_object() || value.value("drydock", json()) != json(kFormat)) {
    return base::invalid_input("it is not " + std::string(kFormat));
  }
  std::optional<PastTests> past = tests_of(value);
  if (!past) {
    return base::invalid_input("it is not written as " + std::string(kFormat) + " is");
  }
  return *std::move(past);
}

bool has_run(const AttemptFinished& attempt) {
  return attempt.outcome != Outcome::kNotRun && std::isfinite(attempt.duration_ms);
}

}  // namespace

std::chrono::microseconds duration_of(double ms) {
  const double us = std::max(0.0, ms) * kMicroseconds;
  return std::chrono::microseconds(std::llround(std::min(us, static_cast<double>(kDurationMax))));
}

void learn(const RunResults& results, PastTests& past) {
  PastTests now;
  for (const TestResult& result : results.tests) {
    if (result.attempts.empty() || !has_run(result.attempts.back())) {
      continue;
    }
    now[result.test.id()] = {duration_of(result.attempts.back().duration_ms),
                             is_red(result.outcome) || result.outcome == Outcome::kFlaky};
  }
  if (now.size() + past.size() <= kPastTestsMax) {
    now.merge(past);
  }
  past = std::move(now);
}

base::Result<PastTests> read_durations(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    const fs::path told = fs::path(path) / kDurationsFile;
    return read_durations(fs::exists(told, ignored) ? told.string() : path + "/journal.jsonl");
  }
  base::Result<PastTests> past = read_file_of_tests(path);
  if (past) {
    return past;
  }
  const base::Result<JournalText> journal = read_journal(path);
  if (!journal || journal->records.empty()) {
    return not_durations(path, past.error().message);
  }
  PastTests told;
  learn(collect(journal->records), told);
  return told;
}

base::Result<void> update_durations(const std::string& directory, const RunResults& results) {
  const std::string path = directory + "/" + kDurationsFile;
  base::Result<PastTests> known = read_file_of_tests(path);
  PastTests past = known ? std::move(*known) : PastTests();
  learn(results, past);
  return base::write_file(path, to_json(past));
}

// A line for each test, so that two files can be compared by people.
std::string to_json(const PastTests& past) {
  std::string out = "{\"drydock\": \"" + std::string(kFormat) + "\", \"tests\": {";
  const char* separator = "\n";
  for (const auto& [id, test] : past) {
    out += separator + json(id).dump(-1, ' ', false, json::error_handler_t::replace) +
           ": {\"us\": " + std::to_string(test.duration.count()) +
           (test.red ? ", \"red\": true}" : "}");
    separator = ",\n";
  }
  return out + "\n}}\n";
}

}  // namespace harness
