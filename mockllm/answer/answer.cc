#include "mockllm/answer/answer.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "mockllm/session/name.h"

namespace mockllm {
namespace {

constexpr std::size_t kNearestMax = 3;

FixtureAnswer answer_of(std::shared_ptr<const FixtureSet> set, const Fixture& fixture,
                        int ordinal) {
  CHECK(!fixture.replies.empty() && ordinal >= 0);
  const std::size_t entry = std::min(static_cast<std::size_t>(ordinal), fixture.replies.size() - 1);
  return {std::move(set), &fixture, fixture.replies[entry]};
}

// Calls `visit` with each set in the order in which they are asked, until it returns true.
template <typename Visit>
void for_each_set(const Session& session, const std::shared_ptr<const FixtureSet>& shared,
                  Visit visit) {
  for (const Session* asked = &session; asked != nullptr; asked = asked->parent().get()) {
    for (const std::shared_ptr<const FixtureSet>& set : asked->fixtures) {
      if (visit(set)) {
        return;
      }
    }
  }
  if (shared != nullptr) {
    visit(shared);
  }
}

MissAnswer miss(const Prompt& prompt, const HeaderSource& headers, const Session& session,
                const std::shared_ptr<const FixtureSet>& shared) {
  MissAnswer answer;
  for_each_set(session, shared, [&](const std::shared_ptr<const FixtureSet>& set) {
    std::vector<NearMiss> nearest = set->nearest(prompt, headers, kNearestMax);
    std::move(nearest.begin(), nearest.end(), std::back_inserter(answer.nearest));
    return false;
  });
  std::stable_sort(answer.nearest.begin(), answer.nearest.end(),
                   [](const NearMiss& a, const NearMiss& b) { return a.score > b.score; });
  answer.nearest.resize(std::min(answer.nearest.size(), kNearestMax));
  answer.suggestion = suggest_fixture(prompt);
  return answer;
}

}  // namespace

bool is_supported(Mode mode) {
  return mode != Mode::kAuto;
}

Decision Answerer::decide(const Prompt& prompt, const HeaderSource& headers, const Session& session,
                          int ordinal) const {
  if (mode_ == Mode::kRecord) {
    return UpstreamAnswer{true};
  }
  FixtureAnswer found;
  for_each_set(session, fixtures_, [&](const std::shared_ptr<const FixtureSet>& set) {
    const Fixture* fixture = set->find(prompt, headers);
    if (fixture != nullptr) {
      found = answer_of(set, *fixture, ordinal);
    }
    return fixture != nullptr;
  });
  if (found.fixture != nullptr) {
    return found;
  }
  if (cassettes_ != nullptr) {
    std::shared_ptr<const Interaction> recorded =
        cassettes_->find(test_of(session.name()), prompt, ordinal);
    if (recorded != nullptr) {
      return CassetteAnswer{std::move(recorded)};
    }
  }
  if (mode_ == Mode::kRecordMissing || mode_ == Mode::kPassthrough) {
    return UpstreamAnswer{mode_ == Mode::kRecordMissing};
  }
  return miss(prompt, headers, session, fixtures_);
}

}  // namespace mockllm
