#include "harness/report/github.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <vector>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/report/words.h"

namespace harness {
namespace {

constexpr std::size_t kAnnotationsMax = 10;            // of a kind, in a step
constexpr std::size_t kAnnotationBytesMax = 3 * 1024;  // the runner cuts at 4,096 characters
constexpr std::size_t kTitleBytesMax = 200;
constexpr std::size_t kStepBytesMax = 1024 * 1024;  // the summary of one step, all that is in it

// GitHub's runner reads these before it reads the line.
std::string escaped(std::string_view text, bool of_property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += of_property ? "%3A" : ":";
        break;
      case ',':
        out += of_property ? "%2C" : ",";
        break;
      default:
        out += c;
    }
  }
  return out;
}

struct Place {
  std::string file;
  int line = 0;
};

// Where the first failure was, else where the test is.
Place place_of(const TestResult& result, std::string_view workspace) {
  Place place{result.test.file, result.test.line};
  if (!result.attempts.empty()) {
    for (const Failure& failure : result.attempts.back().failures) {
      if (!failure.file.empty() && failure.line > 0) {
        place = {failure.file, failure.line};
        break;
      }
    }
  }
  if (!workspace.empty() && place.file.starts_with(std::string(workspace) + "/")) {
    place.file.erase(0, workspace.size() + 1);
  }
  return place;
}

std::string annotation(std::string_view kind, const Place& place, const std::string& title,
                       const std::string& message) {
  std::string out = "::" + std::string(kind) + " ";
  if (!place.file.empty()) {
    out += "file=" + escaped(plain_text(place.file, kTitleBytesMax), true) + ",";
    out += place.line > 0 ? "line=" + std::to_string(place.line) + "," : "";
  }
  return out + "title=" + escaped(plain_text(title, kTitleBytesMax), true) +
         "::" + escaped(plain_text(message, kAnnotationBytesMax), false) + "\n";
}

struct Told {
  Place place;
  std::string title, message;
};

Told told_of(const TestResult& result, std::string_view workspace) {
  std::string message = result.reason;
  if (!result.attempts.empty()) {
    for (const Failure& failure : result.attempts.back().failures) {
      message += (message.empty() ? "" : "\n") + failure.text;
    }
  }
  return {place_of(result, workspace),
          std::string(name_of(result.outcome)) + " " + result.test.id(), message};
}

// The last of more than can be shown says how many are left out.
std::string lines_of(std::string_view kind, const std::vector<Told>& all) {
  const bool too_many = all.size() > kAnnotationsMax;
  const std::size_t shown = too_many ? kAnnotationsMax - 1 : all.size();
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    out += annotation(kind, all[i].place, all[i].title, all[i].message);
  }
  if (too_many) {
    const std::string more = std::to_string(all.size() - shown) + " more";
    out += annotation(kind, {}, more, more + ": see the summary of this job");
  }
  return out;
}

base::Result<void> append_summary(const std::string& path, const std::string& text) {
  const base::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));

  struct stat status {};

  if (!file.valid() || ::fstat(file.get(), &status) != 0) {
    return base::system_error("cannot write the job summary " + path, errno);
  }
  if (static_cast<std::size_t>(status.st_size) + text.size() > kStepBytesMax) {
    return base::invalid_input("the job summary " + path +
                               " has no room: GitHub takes 1 MiB of a step");
  }
  return base::write_all(file.get(), text);
}

}  // namespace

std::string annotations(const RunResults& results, const Verdict& verdict,
                        std::string_view workspace) {
  std::vector<Told> errors;
  std::vector<Told> warnings;
  for (const ListingError& error : results.listing_errors) {
    errors.push_back({{}, "discovery_error " + error.id, error.failure.reason});
  }
  for (const TestResult& result : results.tests) {
    if (result.outcome == Outcome::kFlaky) {
      warnings.push_back(told_of(result, workspace));
    } else if (is_red(result.outcome) && !result.by_fail_fast) {
      errors.push_back(told_of(result, workspace));
    }
  }
  if (errors.empty() && verdict.exit_code != ExitCode::kPassed &&
      verdict.exit_code != ExitCode::kFlakyOnly) {
    errors.push_back({{}, verdict.word, base::join(verdict.reasons, "\n")});
  }
  return lines_of("error", errors) + lines_of("warning", warnings);
}

base::Result<void> tell_github(const RunResults& results, const Verdict& verdict,
                               const base::Environment& environment, int fd) {
  if (environment.get("GITHUB_ACTIONS") != "true") {
    return {};
  }
  const std::string workspace = environment.get("GITHUB_WORKSPACE").value_or("");
  if (base::Result<void> told = base::write_all(fd, annotations(results, verdict, workspace));
      !told) {
    return told;
  }
  const std::string path = environment.get("GITHUB_STEP_SUMMARY").value_or("");
  return path.empty() ? base::Result<void>{}
                      : append_summary(path, summary_markdown(results, verdict));
}

}  // namespace harness
