// The journal of a run: the truth that every report is derived from.
//
// One line, one write(2); finishes reach the disk (fdatasync) before the run goes on to its
// reports. Every text passes the redactor before it is written, and followers see what was written,
// not what was said. Owned by the thread that runs the run; sync() alone may be called from
// another.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/file.h"
#include "common/redact/redactor.h"
#include "harness/run/event.h"
#include "harness/run/shown_names.h"

namespace harness {

class Journal {
 public:
  using Follower = std::function<void(const Record&)>;
  // Gets each line as it stands in the file, without its newline.
  using LineFollower = std::function<void(std::uint64_t seq, std::string_view line)>;

  // Replaces what is at `path`. `clock` outlives it; `redactor` may be null, where there is no
  // secret.
  static base::Result<Journal> create(const std::string& path, const base::Clock& clock,
                                      std::shared_ptr<const redact::Redactor> redactor);

  void append(Event event);

  void follow(Follower follower) { followers_.push_back(std::move(follower)); }

  void follow_lines(LineFollower follower) { line_followers_.push_back(std::move(follower)); }

  // From now on this redactor; for a run that learns its secrets as it goes.
  void redact_with(std::shared_ptr<const redact::Redactor> redactor) {
    names_.redact_with(redactor);
    redactor_ = std::move(redactor);
  }

  // What the test of this id is called in the records.
  std::string shown(const std::string& id) { return names_.of(id); }

  void sync() const;

  [[nodiscard]] const std::vector<Record>& records() const { return records_; }

  // The first thing that went wrong with the file: the run ends with 30, whatever its tests say.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  Journal(base::UniqueFd file, const base::Clock& clock,
          std::shared_ptr<const redact::Redactor> redactor)
      : file_(std::move(file)),
        clock_(&clock),
        start_(clock.mono()),
        redactor_(std::move(redactor)) {
    names_.redact_with(redactor_);
  }

  [[nodiscard]] std::string redacted(const std::string& line);

  base::UniqueFd file_;
  const base::Clock* clock_;
  base::MonoTime start_;
  std::shared_ptr<const redact::Redactor> redactor_;
  ShownNames names_;
  std::vector<Record> records_;
  std::vector<Follower> followers_;
  std::vector<LineFollower> line_followers_;
  std::string trouble_;
};

// What a journal file holds: its longest valid prefix, so that a run that was cut short still tells
// what it knew.
struct JournalText {
  std::vector<Record> records;
  std::size_t bytes_left = 0;  // after them: a torn line, or what somebody else wrote there
  std::string sha256;          // of the whole file
};

base::Result<JournalText> read_journal(const std::string& path);

}  // namespace harness
