#include "harness/handover/frames.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "common/base/check.h"
#include "common/base/digest.h"
#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::string_view kMark = "@@drydock ";
constexpr std::size_t kPieceBytes = 5'880;  // 7,840 as base64: a line keeps room for its head
constexpr std::size_t kPartsMax = kFramedRecordBytesMax / kPieceBytes + 1;
constexpr std::size_t kNonceBytesMin = 16;
constexpr std::size_t kNonceBytesMax = 64;

template <typename Number>
std::optional<Number> number_of(std::string_view text, int radix = 10) {
  Number number{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
  const bool whole = code == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

std::string hex_of(std::uint32_t checksum) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", checksum);
  return text;
}

// What a frame says of itself, before its bytes.
struct Head {
  std::uint64_t seq = 0;
  std::size_t part = 0;
  std::size_t parts = 0;
  std::size_t bytes = 0;
  std::uint32_t checksum = 0;
};

std::optional<Head> head_of(const std::vector<std::string_view>& words) {
  const std::size_t slash = words[1].find('/');
  if (slash == std::string_view::npos || words[3].size() != 8) {
    return std::nullopt;
  }
  const auto seq = number_of<std::uint64_t>(words[0]);
  const auto part = number_of<std::size_t>(words[1].substr(0, slash));
  const auto parts = number_of<std::size_t>(words[1].substr(slash + 1));
  const auto bytes = number_of<std::size_t>(words[2]);
  const auto checksum = number_of<std::uint32_t>(words[3], 16);
  if (!seq || !part || !parts || !bytes || !checksum) {
    return std::nullopt;
  }
  const bool possible = *seq > 0 && *part >= 1 && *part <= *parts && *parts <= kPartsMax &&
                        *bytes <= kFramedRecordBytesMax;
  return possible ? std::optional(Head{*seq, *part, *parts, *bytes, *checksum}) : std::nullopt;
}

}  // namespace

bool is_nonce(std::string_view text) {
  return text.size() >= kNonceBytesMin && text.size() <= kNonceBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

std::string frames_of(std::string_view nonce, std::uint64_t seq, std::string_view record) {
  CHECK(record.size() <= kFramedRecordBytesMax);
  const std::size_t parts =
      std::max<std::size_t>(1, (record.size() + kPieceBytes - 1) / kPieceBytes);
  const std::string tail =
      " " + std::to_string(record.size()) + " " + hex_of(base::crc32c(record)) + " ";
  std::string lines;
  lines.reserve(record.size() * 4 / 3 + parts * 160);
  for (std::size_t part = 0; part < parts; ++part) {
    lines += kMark;
    lines += nonce;
    lines += " " + std::to_string(seq) + " " + std::to_string(part + 1) + "/" +
             std::to_string(parts) + tail;
    lines += base::to_base64(record.substr(part * kPieceBytes, kPieceBytes));
    lines += '\n';
  }
  return lines;
}

bool FrameReader::add(std::string_view line) {
  if (!line.starts_with(kMark)) {
    return false;
  }
  line.remove_prefix(kMark.size());
  // Whose frames they are is told by the nonce alone; another's are text like any other.
  if (!line.starts_with(nonce_) || line.substr(nonce_.size(), 1) != " ") {
    return false;
  }
  if (!accept(line.substr(nonce_.size() + 1))) {
    ++damaged_;
  }
  return true;
}

bool FrameReader::accept(std::string_view rest) {
  const std::vector<std::string_view> words = base::split(rest, ' ');
  constexpr std::size_t kWords = 5;
  const std::optional<Head> head = words.size() == kWords ? head_of(words) : std::nullopt;
  if (!head) {
    return false;
  }
  if (records_.contains(head->seq)) {
    return true;  // told again
  }
  const std::optional<std::string> piece = base::from_base64(words[4]);
  if (!piece) {
    return false;
  }
  Parts& parts = open_[head->seq];
  if (parts.pieces.empty() && parts.missing == 0) {
    parts = {std::vector<std::string>(head->parts), head->bytes, head->checksum, head->parts};
  }
  if (parts.pieces.size() != head->parts || parts.bytes != head->bytes ||
      parts.checksum != head->checksum) {
    return false;
  }
  std::string& place = parts.pieces[head->part - 1];
  if (!place.empty()) {
    return true;
  }
  place = *piece;
  if (--parts.missing == 0) {
    const Parts whole = std::move(parts);
    open_.erase(head->seq);
    complete(head->seq, whole);
  }
  return true;
}

void FrameReader::complete(std::uint64_t seq, const Parts& parts) {
  const std::string record = base::join(parts.pieces, "");
  if (record.size() == parts.bytes && base::crc32c(record) == parts.checksum) {
    records_.emplace(seq, record);
  } else {
    ++damaged_;
  }
}

void FrameReader::add_record(std::uint64_t seq, std::string record) {
  open_.erase(seq);
  records_.emplace(seq, std::move(record));
}

std::uint64_t FrameReader::first_missing() const {
  std::uint64_t expected = 1;
  for (const auto& [seq, record] : records_) {
    if (seq != expected) {
      break;
    }
    ++expected;
  }
  return expected;
}

}  // namespace harness
