// answer: decides WHAT is said to a request: the session's fixtures, the shared fixtures, the
// cassettes, then what the mode says.
//
// May include: common/base, mockllm/{conversation,fixture,cassette,session}. No HTTP, no wire.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mockllm/cassette/cassette.h"
#include "mockllm/conversation/prompt.h"
#include "mockllm/conversation/reply.h"
#include "mockllm/fixture/fixture.h"
#include "mockllm/session/session.h"

namespace mockllm {

// What happens where no fixture and no cassette matches; kRecord asks upstream before them.
enum class Mode { kReplay, kAuto, kRecord, kRecordMissing, kPassthrough };

// kAuto is not: a program that is asked for it says so and ends.
[[nodiscard]] bool is_supported(Mode mode);

// A fixture's reply. Holds the set that the fixture lives in.
struct FixtureAnswer {
  std::shared_ptr<const FixtureSet> set;
  const Fixture* fixture = nullptr;
  std::shared_ptr<const Reply> reply;
};

// A recorded exchange, to be sent byte for byte.
struct CassetteAnswer {
  std::shared_ptr<const Interaction> interaction;
};

// To be asked upstream; kept where `record`.
struct UpstreamAnswer {
  bool record = false;
};

struct MissAnswer {
  std::vector<NearMiss> nearest;
  std::string suggestion;  // a fixture file
};

using Decision = std::variant<FixtureAnswer, CassetteAnswer, UpstreamAnswer, MissAnswer>;

// The state that all calls share: replaced whole on reload.
class Answerer {
 public:
  Answerer(Mode mode, std::shared_ptr<const FixtureSet> fixtures,
           std::shared_ptr<Cassettes> cassettes)
      : mode_(mode),
        fixtures_(std::move(fixtures)),
        cassettes_(std::move(cassettes)) {}

  // A session's own fixtures come first, then its parents', the shared ones, and the cassettes of
  // its test.
  [[nodiscard]] Decision decide(const Prompt& prompt, const HeaderSource& headers,
                                const Session& session, int ordinal) const;

  void replace_fixtures(std::shared_ptr<const FixtureSet> fixtures) {
    fixtures_ = std::move(fixtures);
  }

  [[nodiscard]] Mode mode() const { return mode_; }

 private:
  Mode mode_;
  std::shared_ptr<const FixtureSet> fixtures_;
  std::shared_ptr<Cassettes> cassettes_;  // may be null
};

}  // namespace mockllm
