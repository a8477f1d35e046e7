#include "sip/certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <fstream>
#include <memory>

namespace srs::sip {
namespace {

std::optional<WallTime> end_of(const X509& certificate) {
  std::tm broken{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &broken) != 1) return std::nullopt;
  return WallTime(std::chrono::seconds(::timegm(&broken)));
}

}  // namespace

std::optional<WallTime> earliest_expiry(const std::filesystem::path& pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> file(BIO_new_file(pem.c_str(), "r"), BIO_free);
  std::optional<WallTime> earliest;
  while (file) {
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), X509_free);
    if (!certificate) break;
    const auto end = end_of(*certificate);
    if (end && (!earliest || *end < *earliest)) earliest = end;
  }
  return earliest;
}

// sofia would start without any of it, and fail at every handshake.
Result<void> check_certificates(const std::filesystem::path& directory) {
  const auto agent = (directory / "agent.pem").string();
  const auto authorities = (directory / "cafile.pem").string();
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> tls(SSL_CTX_new(TLS_server_method()),
                                                         SSL_CTX_free);
  const auto fault = [](auto... parts) {
    ERR_clear_error();
    return Error{parts...};
  };
  if (!tls) return fault("OpenSSL has no TLS to offer");
  if (!std::ifstream(agent).good())
    return fault("tls needs " + agent + " (certificate and key), which can't be read");
  if (!std::ifstream(authorities).good())
    return fault("tls needs " + authorities + " (the authorities we trust), which can't be read");
  if (SSL_CTX_use_certificate_chain_file(tls.get(), agent.c_str()) != 1)
    return fault(agent + " holds no certificate: it begins with ours, then its chain, as PEM");
  if (SSL_CTX_use_PrivateKey_file(tls.get(), agent.c_str(), SSL_FILETYPE_PEM) != 1)
    return fault(agent + " holds no private key that fits its certificate: append it as PEM");
  if (SSL_CTX_check_private_key(tls.get()) != 1)
    return fault(agent + " holds a private key that does not fit its certificate");
  if (SSL_CTX_load_verify_locations(tls.get(), authorities.c_str(), nullptr) != 1)
    return fault(authorities + " holds no certificate of an authority, as PEM");
  return {};
}

}  // namespace srs::sip
