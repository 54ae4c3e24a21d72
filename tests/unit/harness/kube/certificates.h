// An authority and certificates that it signed, made when a test asks for them.
#pragma once

#include <string>

namespace support {

struct Certificate {
  std::string pem;
  std::string key_pem;
};

// A certificate that may sign others.
Certificate make_authority(const std::string& name);

// Signed by `authority`. `names`: "DNS:api.test,IP:127.0.0.1"; empty: none, as for a client.
Certificate make_certificate(const Certificate& authority, const std::string& common_name,
                             const std::string& names);

}  // namespace support
