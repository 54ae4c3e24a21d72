#include "harness/run/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <nlohmann/json.hpp>

#include "common/base/digest.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr std::size_t kJournalBytesMax = std::size_t{1024} * 1024 * 1024;
constexpr int kDepthMax = 8;  // of a record; ours have four levels

// Words of ours that the record is read back by: a secret that happens to be one of them stays
// visible.
bool is_vocabulary(std::string_view key) {
  return key == "event" || key == "outcome";
}

// Every text of the record, but no key: keys are ours.
void redact_texts(json& value, const redact::Redactor& redactor, int depth) {
  CHECK(depth < kDepthMax);
  if (value.is_string()) {
    value = redactor.apply(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    for (json& item : value) {
      redact_texts(item, redactor, depth + 1);
    }
  } else if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      if (!is_vocabulary(key)) {
        redact_texts(item, redactor, depth + 1);
      }
    }
  }
}

std::string redacted(const std::string& line, const redact::Redactor& redactor) {
  json record = json::parse(line, nullptr, false);
  CHECK(record.is_object());
  redact_texts(record, redactor, 0);
  return record.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

base::Result<Journal> Journal::create(const std::string& path, const base::Clock& clock,
                                      std::shared_ptr<const redact::Redactor> redactor) {
  base::UniqueFd file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644));
  if (!file.valid()) {
    return base::system_error("cannot write " + path, errno);
  }
  return Journal(std::move(file), clock, std::move(redactor));
}

void Journal::append(Event event) {
  Record record;
  record.seq = records_.size() + 1;
  record.at = base::to_rfc3339(clock_->wall());
  record.mono_ms = base::to_ms(clock_->mono() - start_);
  record.event = std::move(event);
  std::string line = to_json(record);
  if (redactor_) {
    line = redacted(line, *redactor_);
  }
  // Read back: what followers and reports see is what stands in the file.
  base::Result<Record> written = record_from_json(line);
  CHECK(written.has_value());
  line += '\n';
  if (const base::Result<void> wrote = base::write_all(file_.get(), line);
      !wrote && trouble_.empty()) {
    trouble_ = "the journal is incomplete: " + wrote.error().message;
  }
  line.pop_back();
  for (const LineFollower& follower : line_followers_) {
    follower(record.seq, line);
  }
  records_.push_back(std::move(*written));
  for (const Follower& follower : followers_) {
    follower(records_.back());
  }
}

void Journal::sync() const {
  ::fdatasync(file_.get());
}

base::Result<JournalText> read_journal(const std::string& path) {
  base::Result<std::string> text = base::read_file(path, kJournalBytesMax);
  if (!text) {
    return std::move(text).error();
  }
  JournalText out;
  out.sha256 = base::sha256_hex(*text);
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    base::Result<Record> record = record_from_json(line);
    if (!record || record->seq != out.records.size() + 1) {
      break;
    }
    out.records.push_back(std::move(*record));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  out.bytes_left = rest.size();
  return out;
}

}  // namespace harness
