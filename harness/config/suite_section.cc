#include "harness/config/suite_section.h"

#include <algorithm>

#include "common/base/text.h"

namespace harness {
namespace {

// "2026-12-31". February may have 31 days: such a last day only compares.
bool is_day(std::string_view text) {
  if (text.size() != 10) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool right = i == 4 || i == 7 ? text[i] == '-' : text[i] >= '0' && text[i] <= '9';
    if (!right) {
      return false;
    }
  }
  const std::string_view month = text.substr(5, 2);
  const std::string_view day = text.substr(8, 2);
  return month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

}  // namespace

// What is run: a path, or a command and how its results are told.
void read_suite_tests(const Section& section, Mistakes& mistakes, SuiteConfig& suite) {
  const bool command = suite.kind == SuiteKind::kCommand;
  for (const std::string_view key : {"run", "results", "report", "directory"}) {
    if (!command && section.find(key)) {
      tell(mistakes, section.place_of(key),
           "'" + std::string(key) + "' is of a suite of kind command, this one is " +
               std::string(name_of(suite.kind)));
    }
  }
  if (!command) {
    if (!section.find("path")) {
      section.missing("path");
    }
    section.read_path("path", suite.path);
    return;
  }
  if (section.find("path")) {
    tell(mistakes, section.place_of("path"),
         "a suite of kind command has 'run' in place of 'path'");
  }
  section.read_argv("run", suite.run);
  if (!section.find("run")) {
    section.missing("run");
  }
  if (const auto results = section.read_choice("results", {"exit_code", "tap", "junit"})) {
    suite.results = static_cast<CommandResults>(*results);
  }
  section.read_path("report", suite.report);
  section.read_path("directory", suite.directory);
  const bool names_file = std::any_of(suite.run.begin(), suite.run.end(), [](const auto& word) {
    return word.find(kJunitReference) != std::string::npos;
  });
  const bool junit = suite.results == CommandResults::kJunit;
  if (!junit && (names_file || section.find("report"))) {
    tell(mistakes, section.place_of(section.find("report") ? "report" : "run"),
         "a JUnit file is read where 'results' is junit");
  }
}

std::vector<std::string> read_names(const Section& section, std::string_view key,
                                    std::string_view punctuation, std::string_view what,
                                    Mistakes& mistakes) {
  std::vector<std::string> names;
  section.read_list(key, names);
  const std::vector<std::string> places = section.places_in(key);
  for (std::size_t i = 0; i < names.size() && i < places.size(); ++i) {
    if (names[i].empty()) {
      tell(mistakes, places[i], std::string(what) + " is empty, expected a name");
    }
    name_must_be_plain(names[i], punctuation, places[i], mistakes);
  }
  return names;
}

QuarantineConfig read_quarantine(const yaml::Node& node, Mistakes& mistakes) {
  const Section section(node, mistakes, {"tests", "owner", "until", "reason"});
  QuarantineConfig entry;
  entry.place = section.place();
  section.need("tests", entry.tests);
  section.need("owner", entry.owner);
  section.need("reason", entry.reason);
  if (section.need("until", entry.until) && !is_day(entry.until)) {
    tell(mistakes, section.place_of("until"),
         "'" + base::printable(entry.until) + "' is no day, expected one such as 2026-12-31");
  }
  return entry;
}

SerialConfig read_serial(const yaml::Node& node, Mistakes& mistakes) {
  const Section section(node, mistakes, {"resource", "tests"});
  SerialConfig entry;
  entry.place = section.place();
  section.need("resource", entry.resource);
  section.need("tests", entry.tests);
  return entry;
}

}  // namespace harness
