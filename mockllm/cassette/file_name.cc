#include "mockllm/cassette/file_name.h"

#include <algorithm>

#include "common/base/digest.h"

namespace mockllm {
namespace {

constexpr std::size_t kStemBytesMax = 90;
constexpr std::size_t kDigestDigits = 12;
constexpr std::size_t kNumberDigits = 3;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::string stem_of(std::string_view test) {
  if (test == kSharedTest || test == kDefaultTest) {
    return std::string(kSharedTest);
  }
  std::string stem;
  for (const char c : test) {
    // '~' stays: a session's name has its escapes already. A name does not start with a dot, nor
    // with the shared set's underscore.
    const bool plain =
        is_alphanumeric(c) || (!stem.empty() && (c == '.' || c == '_')) || c == '-' || c == '~';
    stem += plain ? std::string(1, c) : "~" + base::to_hex({&c, 1});
  }
  if (stem.empty() || stem.size() > kStemBytesMax) {
    const std::string tail = "~~" + base::sha256_hex(test).substr(0, kDigestDigits);
    stem = stem.substr(0, kStemBytesMax - tail.size()) + tail;
  }
  return stem;
}

std::string part_name(std::size_t number, std::string_view sha256) {
  std::string digits = std::to_string(number);
  digits.insert(0, kNumberDigits - std::min(kNumberDigits, digits.size()), '0');
  return digits + "-" + std::string(sha256.substr(0, kDigestDigits));
}

bool is_part_name(std::string_view name) {
  const bool kind = name.ends_with(".body") || name.ends_with(".json");
  return kind && name.size() <= kStemBytesMax &&
         std::all_of(name.begin(), name.end() - 5,
                     [](char c) { return is_alphanumeric(c) || c == '-'; });
}

}  // namespace mockllm
