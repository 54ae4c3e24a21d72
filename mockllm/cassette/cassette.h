// cassette: recorded exchanges. One readable YAML per recorded test (what people review) beside the
// exact bytes and times of each answer (what is replayed). No secret reaches the disk.
//
// Door in: Recording::add() after each exchange, commit() once: complete or not at all.
// Door out: Cassettes::find(): the bytes, as they came.
// May include: common/{base,yaml,redact}, mockllm/conversation.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/redact/redactor.h"
#include "mockllm/conversation/canonical_json.h"
#include "mockllm/conversation/prompt.h"

namespace mockllm {

// Bytes as they arrived together, and when.
struct RecordedChunk {
  std::chrono::microseconds at{0};  // since the request was sent
  std::string bytes;                // of the body, transfer coding removed
};

// One recorded exchange. Immutable.
struct Interaction {
  std::string key;      // sha256 of the redacted canonical request: "sha256:..."
  std::string request;  // redacted canonical JSON
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // an allowlist of the answer's
  bool stream = false;
  std::vector<RecordedChunk> chunks;
  std::string source;  // "cassettes/weather.yaml#3"
};

struct CassetteLimits {
  std::size_t interaction_bytes_max = 64 * 1024 * 1024;
  std::size_t interactions_max = 10'000;  // of one cassette
};

// All cassettes of one folder: read at start-up, added to by recordings. Loop thread only.
class Cassettes {
 public:
  // An empty folder, or one that is not there yet, is an empty set.
  static base::Result<std::shared_ptr<Cassettes>> open(
      const std::string& directory, std::shared_ptr<const redact::Redactor> redactor,
      CassetteLimits limits = {});
  // The `ordinal`-th recording of this request for `test`, else of the shared set; past the last
  // one, the last.
  [[nodiscard]] std::shared_ptr<const Interaction> find(std::string_view test, const Prompt& prompt,
                                                        int ordinal) const;

  // Keeps one exchange. Nothing is on disk before commit(). Transient errors (408, 409, 429, 5xx,
  // an answer cut short) are refused by the caller, not kept.
  void add(std::string_view test, const Prompt& prompt, Interaction interaction);
  // Writes what was added for `test`, replacing the former cassette whole; the old one stays where
  // this fails.
  base::Result<void> commit(std::string_view test);
  base::Result<void> commit_all();

 private:
  Cassettes() = default;
  std::string directory_;
  std::shared_ptr<const redact::Redactor> redactor_;
  CassetteLimits limits_;
  using PerKey =
      std::map<std::string, std::vector<std::shared_ptr<const Interaction>>, std::less<>>;
  std::map<std::string, PerKey, std::less<>> by_test_;
  std::map<std::string, std::vector<std::shared_ptr<const Interaction>>, std::less<>> pending_;
};

}  // namespace mockllm
