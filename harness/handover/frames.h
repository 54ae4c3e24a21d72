// handover: what a run tells the world outside its pod, while the pod still is: each record of the
// journal as frames on stdout, a verdict as termination message, and a wait for the word that
// everything has arrived (contracts 10).
//
// Doors: frames.h writes and reads frames; termination.h cuts the verdict to size; archive.h
// carries the report's files; ack.h is the launcher's word; handover.h is the run's side of all
// three. Records are text here, whatever they say. May include: common/base.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

inline constexpr std::size_t kFrameLineBytesMax = 8 * 1024;  // with its newline
inline constexpr std::size_t kFramedRecordBytesMax = 16 * 1024 * 1024;

// A nonce is 16 to 64 letters and digits.
[[nodiscard]] bool is_nonce(std::string_view text);

// `record` as whole lines:
//   @@drydock <nonce> <seq> <part>/<parts> <len> <crc32c> <base64>
// <part> counts from 1; <len>, in bytes, and <crc32c>, 8 hex digits, are the whole record's.
[[nodiscard]] std::string frames_of(std::string_view nonce, std::uint64_t seq,
                                    std::string_view record);

// Finds the frames of one nonce among the lines of a log, which may come twice, in any order, and
// cut. A record counts when all of it is there and its length and checksum agree.
class FrameReader {
 public:
  explicit FrameReader(std::string nonce) : nonce_(std::move(nonce)) {}

  // True where the line is a frame of ours, good or bad: then it is nothing for people to read.
  bool add(std::string_view line);
  // A whole record that came another way.
  void add_record(std::uint64_t seq, std::string record);

  // By seq, each once.
  [[nodiscard]] const std::map<std::uint64_t, std::string>& records() const { return records_; }

  // The first seq that is missing before the last known one, or after it: 1 + those in an unbroken
  // row from 1.
  [[nodiscard]] std::uint64_t first_missing() const;

  // Frames that were cut or did not agree with their checksum.
  [[nodiscard]] std::uint64_t damaged() const { return damaged_; }

 private:
  struct Parts {
    std::vector<std::string> pieces;  // empty where not there yet
    std::size_t bytes = 0;            // announced
    std::uint32_t checksum = 0;
    std::size_t missing = 0;
  };

  bool accept(std::string_view rest);
  void complete(std::uint64_t seq, const Parts& parts);

  std::string nonce_;
  std::map<std::uint64_t, Parts> open_;
  std::map<std::uint64_t, std::string> records_;
  std::uint64_t damaged_ = 0;
};

}  // namespace harness
