// What one side of TLS needs to know: whom to trust and who we are.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "common/base/error.h"

namespace harness {

struct TlsIdentity {
  std::string authority;  // PEM; empty: the system's
  std::string client_certificate;
  std::string client_key;
  std::string server_name;  // whom the certificate must name: a host or an IP address
  bool insecure = false;    // any certificate will do

  friend bool operator==(const TlsIdentity&, const TlsIdentity&) = default;
};

// TLS 1.2 or newer. kInvalidInput names the part that cannot be read, never its content.
base::Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_context(
    const TlsIdentity& identity);

// Makes the connection ask for, and insist on, `identity.server_name`.
void expect_server(SSL* connection, const TlsIdentity& identity);

// "the certificate is not trusted: self-signed certificate"; empty where it is not about that.
std::string why_untrusted(SSL* connection);

}  // namespace harness
