#include "harness/handover/ack.h"

#include <charconv>

#include "common/base/file.h"

namespace harness {
namespace {

constexpr std::size_t kAckBytesMax = 64;

std::string path_in(const std::string& report_directory) {
  return report_directory + "/journal.ack";
}

}  // namespace

base::Result<void> write_ack(const std::string& report_directory, std::uint64_t seq) {
  return base::write_file(path_in(report_directory), std::to_string(seq));
}

std::optional<std::uint64_t> read_ack(const std::string& report_directory) {
  const base::Result<std::string> text = base::read_file(path_in(report_directory), kAckBytesMax);
  if (!text) {
    return std::nullopt;
  }
  std::uint64_t seq = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), seq);
  const bool whole = code == std::errc() && end == text->data() + text->size();
  return whole ? std::optional(seq) : std::nullopt;
}

}  // namespace harness
