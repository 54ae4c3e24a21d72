#include "tests/unit/harness/kube/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "common/base/check.h"

namespace support {
namespace {

constexpr long kDaySeconds = 86'400;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;

// EVP_EC_gen() casts a const away, which clang does not like in our code.
Key make_key() {
  std::string curve = "P-256";
  return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.data()));
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Bio reading(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

void add_extension(X509* certificate, int id, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
  CHECK(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Cert unsigned_certificate(const std::string& common_name, EVP_PKEY* key) {
  static long serial = 1;
  Cert certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDaySeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  return certificate;
}

Certificate to_pem(X509* certificate, EVP_PKEY* key) {
  const Bio key_bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(key_bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  const Bio certificate_bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate_bio.get(), certificate);
  return {text_of(certificate_bio.get()), text_of(key_bio.get())};
}

}  // namespace

Certificate make_authority(const std::string& name) {
  const Key key = make_key();
  const Cert certificate = unsigned_certificate(name, key.get());
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  return to_pem(certificate.get(), key.get());
}

Certificate make_certificate(const Certificate& authority, const std::string& common_name,
                             const std::string& names) {
  const Bio signer_bio = reading(authority.pem);
  const Bio signer_key_bio = reading(authority.key_pem);
  const Cert signer(PEM_read_bio_X509(signer_bio.get(), nullptr, nullptr, nullptr));
  const Key signer_key(PEM_read_bio_PrivateKey(signer_key_bio.get(), nullptr, nullptr, nullptr));
  CHECK(signer && signer_key);
  const Key key = make_key();
  const Cert certificate = unsigned_certificate(common_name, key.get());
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer.get()));
  if (!names.empty()) {
    add_extension(certificate.get(), NID_subject_alt_name, names);
  }
  X509_sign(certificate.get(), signer_key.get(), EVP_sha256());
  return to_pem(certificate.get(), key.get());
}

}  // namespace support
