#include "storage/fd.hpp"

#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vector>

namespace srs::storage {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

struct FreeDigest {
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
};

// Looked up once: OpenSSL's search through its providers takes longer than hashing a small file.
// Null where its configuration forbids SHA-256.
const EVP_MD* sha256_digest() {
  static const std::unique_ptr<EVP_MD, FreeDigest> digest(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return digest.get();
}

std::string hexadecimal(const unsigned char* bytes, unsigned count) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 0x0F];
  }
  return text;
}

Result<void> digest_all(EVP_MD_CTX* context, const Fd& file, const std::filesystem::path& path) {
  std::vector<unsigned char> buffer(256 << 10);
  for (;;) {
    const auto count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error("read", path, errno);
    if (count == 0) return {};
    EVP_DigestUpdate(context, buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Result<std::string> sha256(const std::filesystem::path& path) {
  auto file = open_file(path, O_RDONLY);
  if (!file) return file.error();
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  if (!context || sha256_digest() == nullptr ||
      EVP_DigestInit_ex(context.get(), sha256_digest(), nullptr) != 1) {
    return Error{"OpenSSL offers no SHA-256: its configuration forbids it (openssl.cnf)"};
  }
  if (auto read = digest_all(context.get(), *file, path); !read) return read.error();
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned count = 0;
  EVP_DigestFinal_ex(context.get(), bytes, &count);
  return hexadecimal(bytes, count);
}

std::string sha256_of(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned count = 0;
  if (sha256_digest() == nullptr ||
      EVP_Digest(bytes.data(), bytes.size(), digest, &count, sha256_digest(), nullptr) != 1) {
    return {};
  }
  return hexadecimal(digest, count);
}

}  // namespace srs::storage
