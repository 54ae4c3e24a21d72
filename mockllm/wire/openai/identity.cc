#include "mockllm/wire/openai/identity.h"

#include "common/base/hash.h"
#include "common/base/random.h"

namespace mockllm::openai {
namespace {

constexpr std::string_view kAlphanumeric =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

}  // namespace

void append_completion_id(std::string& out, Identity identity) {
  out += "chatcmpl-";
  base::SeededRandom(identity.seed).append(out, 29, kAlphanumeric);
}

void append_call_id(std::string& out, Identity identity, int choice, int index) {
  const auto which =
      (static_cast<std::uint64_t>(choice) << 32U) | static_cast<std::uint64_t>(index);
  out += "call_";
  base::SeededRandom(base::mix(identity.seed, which)).append(out, 24, kAlphanumeric);
}

std::int64_t created(Identity identity) {
  constexpr std::int64_t kStart = 1'767'225'600;  // 2026-01-01
  constexpr std::uint64_t kSeconds = 300 * 24 * 3600;
  return kStart + static_cast<std::int64_t>(base::mix(identity.seed, kSeconds) % kSeconds);
}

void append_fingerprint(std::string& out, std::string_view model) {
  out += "fp_";
  base::SeededRandom(base::hash64(model)).append(out, 10, "0123456789abcdef");
}

}  // namespace mockllm::openai
