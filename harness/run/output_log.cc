#include "harness/run/output_log.h"

#include <fcntl.h>

#include <algorithm>

namespace harness {

OutputLog::OutputLog(std::string path, std::shared_ptr<const redact::Redactor> redactor)
    : path_(std::move(path)) {
  if (redactor) {
    stream_ = std::make_unique<redact::Stream>(std::move(redactor));
  }
}

void OutputLog::write(std::string_view bytes) {
  if (stream_) {
    keep(stream_->write(bytes));
  } else {
    keep(bytes);
  }
}

void OutputLog::finish() {
  if (stream_) {
    keep(stream_->finish());
  }
  if (file_.valid() && bytes_ > in_file_) {
    const std::uint64_t kept = std::min<std::uint64_t>(tail().size(), bytes_ - in_file_);
    const std::string end = tail().substr(tail().size() - kept);
    (void)base::write_all(file_.get(), "\n... " + std::to_string(bytes_ - in_file_ - kept) +
                                           " bytes left out ...\n" + end);
  }
  file_.reset();
}

std::string OutputLog::tail() const {
  return tail_.size() <= kTailBytesMax ? tail_ : tail_.substr(tail_.size() - kTailBytesMax);
}

void OutputLog::keep(std::string_view redacted) {
  if (redacted.empty()) {
    return;
  }
  if (!file_.valid() && !failed_) {
    file_ = base::UniqueFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    failed_ = !file_.valid();
  }
  bytes_ += redacted.size();
  if (in_file_ < kHeadBytesMax) {
    const std::string_view head = redacted.substr(0, kHeadBytesMax - in_file_);
    failed_ = failed_ || !base::write_all(file_.get(), head);
    in_file_ += head.size();
  }
  tail_ += redacted.substr(redacted.size() - std::min(redacted.size(), kTailBytesMax));
  if (tail_.size() > 2 * kTailBytesMax) {
    tail_.erase(0, tail_.size() - kTailBytesMax);
  }
}

}  // namespace harness
