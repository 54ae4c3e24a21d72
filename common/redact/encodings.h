// The forms in which one secret value is met in text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redact {

// The value as it is, as spellings.h has it, percent-encoded, base64 (standard and for URLs, each
// at all three offsets, without the characters that depend on neighbours; alone also in lines),
// hex; of each of its lines, of each piece of a long one, and of the password where it is a URL,
// the same. Without forms shorter than kSecretBytesMin; no two equal.
std::vector<std::string> forms_of(std::string_view value);

}  // namespace redact
