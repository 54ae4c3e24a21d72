// cassette: recorded exchanges. One readable YAML per recorded test (what people review) beside the
// exact bytes of each answer (what is replayed). No secret reaches the disk.
//
//   <dir>/weather.yaml                  what was asked and said, in short, and what each file must
//   be <dir>/weather/001-1b2c3d4e5f6a.body the bytes of an answer
//   <dir>/weather/001-1b2c3d4e5f6a.json the redacted request
// The YAML is written last and renamed into place: until then the former recording stands. Its
// digests refuse what was torn or edited. The default session's recordings are the shared set,
// "_shared".
//
// Door in: Cassettes::add() after each exchange, commit() once: complete or not at all.
// Door out: Cassettes::find(): the bytes, as they were kept.
// May include: common/{base,yaml,redact}, mockllm/conversation.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/redact/redactor.h"
#include "mockllm/conversation/canonical_json.h"
#include "mockllm/conversation/prompt.h"
#include "mockllm/conversation/reply.h"

namespace mockllm {

// Bytes as they arrived together, and when.
struct RecordedChunk {
  std::chrono::microseconds at{0};  // since the request was sent
  std::string bytes;                // of the body, transfer coding removed
};

// One recorded exchange. Immutable.
struct Interaction {
  std::string key;      // sha256 of the endpoint and the redacted canonical request: "sha256:..."
  std::string request;  // redacted canonical JSON
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // an allowlist of the answer's
  bool stream = false;
  std::vector<RecordedChunk> chunks;
  std::shared_ptr<const Reply> reply;  // what it says, for who reads the YAML; null where unknown
  std::string source;                  // "cassettes/weather.yaml#3"
};

struct CassetteLimits {
  std::size_t bytes_max = 1024ULL * 1024 * 1024;  // of one recording that is not on disk yet
  std::size_t interaction_bytes_max = 64 * 1024 * 1024;
  std::size_t interactions_max = 10'000;  // of one cassette
};

// All cassettes of one folder: read at start-up, added to by recordings. Loop thread only.
class Cassettes {
 public:
  // An empty folder, or one that is not there yet, is an empty set. `redactor` should know the
  // upstream's key and the shapes of secrets, with keyed marks: a request with a secret finds what
  // was recorded for the same request with the same secret. All mistakes of all files are in the
  // error, a line each.
  static base::Result<std::shared_ptr<Cassettes>> open(
      const std::string& directory, std::shared_ptr<const redact::Redactor> redactor,
      CassetteLimits limits = {});

  // For a recording that fills gaps: commit() keeps the former recordings of its test. Without it
  // they go, so that what is no longer asked is no longer answered.
  void keep_former() { keeps_former_ = true; }

  // The `ordinal`-th recording of this request for `test`, else of the shared set; past the last
  // one, the last. nullptr where there is none.
  [[nodiscard]] std::shared_ptr<const Interaction> find(std::string_view test, const Prompt& prompt,
                                                        int ordinal) const;

  // Keeps one exchange, redacted here. Of `interaction` the caller sets status, headers, stream,
  // chunks and reply. Nothing is on disk before commit(). Transient errors (408, 409, 429, 5xx, an
  // answer cut short) are refused by the caller, not kept. What cannot be kept (over a limit,
  // compressed) makes commit() of its test fail, with the reason.
  void add(std::string_view test, const Prompt& prompt, Interaction interaction);
  // Writes what was added for `test`; the former cassette stays whole where this fails. Afterwards
  // find() knows it.
  base::Result<void> commit(std::string_view test);
  // Each test that was added to; one that fails does not keep the others from disk.
  base::Result<void> commit_all();

 private:
  using Recordings = std::vector<std::shared_ptr<const Interaction>>;

  struct Cassette {
    Recordings all;  // in the order in which they were recorded
    std::map<std::string, Recordings, std::less<>> by_key;
  };

  struct Pending {
    Recordings recordings;
    std::size_t bytes = 0;
    std::optional<base::Error> refused;
  };

  Cassettes() = default;
  static Cassette indexed(Recordings recordings);
  [[nodiscard]] std::string request_of(const Prompt& prompt) const;
  [[nodiscard]] std::optional<base::Error> refuse(const Pending& pending,
                                                  const Interaction& interaction) const;

  std::string directory_;
  std::shared_ptr<const redact::Redactor> redactor_;
  CassetteLimits limits_;
  bool keeps_former_ = false;
  std::map<std::string, Cassette, std::less<>> by_test_;
  std::map<std::string, Pending, std::less<>> pending_;
};

}  // namespace mockllm
