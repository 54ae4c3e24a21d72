// A server's side of a WebSocket, as bytes.
#pragma once

#include <openssl/sha.h>

#include <string>
#include <string_view>

#include "common/base/digest.h"

namespace support {

inline constexpr unsigned kBinary = 2;
inline constexpr unsigned kPing = 9;

// The answer to the handshake of this head.
inline std::string accept_web_socket(const std::string& head, const std::string& protocol) {
  constexpr std::string_view kName = "Sec-WebSocket-Key: ";
  const std::size_t at = head.find(kName) + kName.size();
  const std::string key =
      head.substr(at, head.find("\r\n", at) - at) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::string digest(SHA_DIGEST_LENGTH, '\0');
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(),
       reinterpret_cast<unsigned char*>(digest.data()));
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Protocol: " +
         protocol + "\r\nSec-WebSocket-Accept: " + base::to_base64(digest) + "\r\n\r\n";
}

// One whole message of less than 64 KiB.
inline std::string web_socket_frame(std::string_view content, unsigned kind = kBinary) {
  constexpr unsigned kLast = 0x80;
  constexpr std::size_t kShort = 126;
  std::string frame(1, static_cast<char>(kLast | kind));
  if (content.size() < kShort) {
    frame += static_cast<char>(content.size());
  } else {
    frame += static_cast<char>(kShort);
    frame += static_cast<char>(content.size() >> 8U);
    frame += static_cast<char>(content.size() & 0xFFU);
  }
  return frame + std::string(content);
}

}  // namespace support
