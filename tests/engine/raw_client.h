// A client that sends exactly the bytes it is given, and reads with a deadline.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/file.h"

namespace engine {

// One response as it came. `headers` by lower-case name.
struct RawResponse {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;  // chunked coding removed
  bool complete = false;
};

class RawClient {
 public:
  static constexpr std::chrono::milliseconds kPatience{10'000};

  // `receive_buffer_bytes`: as small as the kernel allows where 1, its own choice where 0.
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);

  // With a socket made before, for a test that leaves no descriptor for another.
  RawClient(base::UniqueFd socket, std::uint16_t port);
  static base::UniqueFd make_socket();
  // Whether the port takes connections.
  static bool is_taken(std::uint16_t port);

  void send(std::string_view bytes);
  void send_byte_by_byte(std::string_view bytes);
  // Sends what the kernel takes without waiting; returns how much.
  std::size_t send_some(std::string_view bytes);
  void end_sending();
  // Leaves with a reset.
  void reset();

  // The next response, also where the server closes in the middle of it: then not complete. nullopt
  // where the server closed before its first byte.
  std::optional<RawResponse> read_response(bool to_head = false);
  // Everything up to the server's close.
  std::string read_to_end();
  // Whether the server has closed, waiting for it.
  bool is_closed();
  // Waits until there is at least one byte, and returns what is there.
  std::string read_some();

 private:
  bool connect(std::uint16_t port);
  // False at the end.
  bool fill();
  bool fill_until(std::string_view mark, std::size_t& position);
  bool fill_to(std::size_t size);
  bool read_chunks(std::string& body);

  base::UniqueFd socket_;
  std::string received_;
  bool ended_ = false;
};

}  // namespace engine
