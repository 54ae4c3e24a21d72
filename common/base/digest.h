// Digests and the text forms of bytes, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

// 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

// Lower-case, two digits a byte.
std::string to_hex(std::string_view bytes);

// The value of a hexadecimal digit in either case; -1 where `c` is none.
[[nodiscard]] int hex_digit(char c);

// "%3A" becomes ":" (RFC 3986 section 2.1); a "%" that starts no such triple stays as it is.
std::string percent_decoded(std::string_view text);

// RFC 4648 section 4, with padding.
std::string to_base64(std::string_view bytes);
// nullopt where `text` is not what to_base64() would have written.
std::optional<std::string> from_base64(std::string_view text);

// CRC-32C (Castagnoli), as the frames of a run's journal carry it.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace base
