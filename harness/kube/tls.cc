#include "harness/kube/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>

namespace harness {
namespace {

namespace ssl = boost::asio::ssl;
using ErrorCode = boost::system::error_code;

base::Error bad_part(const std::string& what, const ErrorCode& error) {
  return base::invalid_input("cannot use the " + what + ": " + error.message());
}

bool is_ip_address(const std::string& host) {
  ErrorCode error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

base::Result<void> trust(ssl::context& context, const TlsIdentity& identity) {
  ErrorCode error;
  if (identity.insecure) {
    context.set_verify_mode(ssl::verify_none, error);
    return {};
  }
  context.set_verify_mode(ssl::verify_peer, error);
  if (identity.authority.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.add_certificate_authority(boost::asio::buffer(identity.authority), error);
    // What a kubeconfig names is trusted as it is, also where it was signed by somebody else.
    X509_STORE_set_flags(SSL_CTX_get_cert_store(context.native_handle()),
                         X509_V_FLAG_PARTIAL_CHAIN);
  }
  if (error) {
    return bad_part("certificate authority", error);
  }
  return {};
}

base::Result<void> introduce(ssl::context& context, const TlsIdentity& identity) {
  if (identity.client_certificate.empty() && identity.client_key.empty()) {
    return {};
  }
  ErrorCode error;
  // A key with a pass phrase is an error, not a question on the terminal.
  context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return ""; },
                                error);
  context.use_certificate_chain(boost::asio::buffer(identity.client_certificate), error);
  if (error) {
    return bad_part("client certificate", error);
  }
  context.use_private_key(boost::asio::buffer(identity.client_key), ssl::context::pem, error);
  if (error) {
    return bad_part("client key", error);
  }
  return {};
}

}  // namespace

base::Result<std::unique_ptr<ssl::context>> make_tls_context(const TlsIdentity& identity) {
  std::unique_ptr<ssl::context> context;
  try {
    context = std::make_unique<ssl::context>(ssl::context::tls_client);
  } catch (const boost::system::system_error& error) {
    return base::internal_error(std::string("cannot set up TLS: ") + error.what());
  }
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  base::Result<void> done = trust(*context, identity);
  if (done) {
    done = introduce(*context, identity);
  }
  if (!done) {
    return std::move(done).error();
  }
  return context;
}

void expect_server(SSL* connection, const TlsIdentity& identity) {
  const std::string& name = identity.server_name;
  X509_VERIFY_PARAM* wanted = SSL_get0_param(connection);
  if (is_ip_address(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str());
    return;
  }
  X509_VERIFY_PARAM_set_hostflags(
      wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  X509_VERIFY_PARAM_set1_host(wanted, name.data(), name.size());
  SSL_set_tlsext_host_name(connection, name.c_str());
}

std::string why_untrusted(SSL* connection) {
  const long verdict = SSL_get_verify_result(connection);
  if (verdict == X509_V_OK) {
    return "";
  }
  return std::string("the certificate is not trusted: ") + X509_verify_cert_error_string(verdict);
}

}  // namespace harness
