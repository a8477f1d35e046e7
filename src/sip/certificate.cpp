#include "sip/certificate.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
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

}  // namespace srs::sip
