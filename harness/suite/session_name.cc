#include "harness/suite/session_name.h"

#include "common/base/check.h"
#include "common/base/digest.h"

namespace harness {
namespace {

constexpr std::size_t kTestBytesMax = 90;
constexpr std::size_t kDigestDigits = 12;
constexpr std::string_view kCutMark = "~~";

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

std::string escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '~';
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xFU];
  }
  return out;
}

}  // namespace

std::string file_name_of(std::string_view test_id) {
  std::string name = escaped(test_id);
  if (name.size() <= kTestBytesMax) {
    return name;
  }
  // The mark cannot come out of escaping, so a cut name never equals an uncut one.
  name.resize(kTestBytesMax - kCutMark.size() - kDigestDigits);
  while (!name.empty() &&
         name.find('~', name.size() < 2 ? 0 : name.size() - 2) != std::string::npos) {
    name.resize(name.rfind('~'));  // half of an escape is none
  }
  name += kCutMark;
  name += base::sha256_hex(test_id).substr(0, kDigestDigits);
  return name;
}

std::string session_name(std::string_view run, std::string_view test_id, int attempt) {
  CHECK(attempt >= 0);
  return std::string(run) + "." + file_name_of(test_id) + "." + std::to_string(attempt);
}

}  // namespace harness
