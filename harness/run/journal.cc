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

// Tests are called by the names that are shown of them, wherever a record has one.
void show_names(json& record, ShownNames& names) {
  const auto show = [&](json& id) { id = names.of(id.get<std::string>()); };
  if (record.contains("test")) {
    show(record["test"]);
  }
  if (record.contains("elsewhere")) {
    std::for_each(record["elsewhere"].begin(), record["elsewhere"].end(), show);
  }
  if (!record.contains("tests")) {
    return;
  }
  for (json& test : record["tests"]) {
    const std::string suite = test["suite"].get<std::string>();
    const std::string id = suite + "/" + test["name"].get<std::string>();
    const std::string shown = names.of(id);
    if (shown != id) {
      const std::size_t slash = shown.find('/');
      test["suite"] = shown.substr(0, slash);
      test["name"] = shown.substr(slash + 1);
    }
  }
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

std::string Journal::redacted(const std::string& line) {
  json record = json::parse(line, nullptr, false);
  CHECK(record.is_object());
  show_names(record, names_);
  redact_texts(record, *redactor_, 0);
  return record.dump(-1, ' ', false, json::error_handler_t::replace);
}

void Journal::append(Event event) {
  Record record;
  record.seq = records_.size() + 1;
  record.at = base::to_rfc3339(clock_->wall());
  record.mono_ms = base::to_ms(clock_->mono() - start_);
  record.event = std::move(event);
  std::string line = to_json(record);
  if (redactor_) {
    line = redacted(line);
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
