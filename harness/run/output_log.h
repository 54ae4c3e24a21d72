// The output of one attempt, on its way to a file: redacted, and capped however much a test prints.
// The file is made with the first byte.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/file.h"
#include "common/redact/redactor.h"

namespace harness {

class OutputLog {
 public:
  static constexpr std::size_t kHeadBytesMax = 8 * 1024 * 1024;
  static constexpr std::size_t kTailBytesMax = 64 * 1024;

  // `redactor` may be null.
  OutputLog(std::string path, std::shared_ptr<const redact::Redactor> redactor);

  void write(std::string_view bytes);
  // Writes what is held back. Nothing may be written after it.
  void finish();

  [[nodiscard]] bool empty() const { return bytes_ == 0; }

  [[nodiscard]] const std::string& path() const { return path_; }

  // The last bytes, redacted, at most kTailBytesMax.
  [[nodiscard]] std::string tail() const;

 private:
  void keep(std::string_view redacted);

  std::string path_;
  std::unique_ptr<redact::Stream> stream_;
  base::UniqueFd file_;
  bool failed_ = false;
  std::uint64_t bytes_ = 0;  // redacted ones
  std::uint64_t in_file_ = 0;
  std::string tail_;
};

}  // namespace harness
