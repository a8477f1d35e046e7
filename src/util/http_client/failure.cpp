#include "util/http_client/failure.hpp"

#include <srs/util/text.hpp>

#include <array>
#include <stdexcept>

namespace srs {
namespace {

using Kind = HttpFailure::Kind;

constexpr std::size_t kMaxText = 300;

curl_off_t figure(CURL* easy, CURLINFO info) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}

// A connection that is not ready yet was stopped by connect_timeout, any other by low_speed.
Kind timed_out(CURL* easy) {
  if (figure(easy, CURLINFO_PRETRANSFER_TIME_T) > 0) return Kind::Timeout;
  return figure(easy, CURLINFO_NAMELOOKUP_TIME_T) > 0 ? Kind::Connect : Kind::Resolve;
}

Kind kind_of(CURL* easy, CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Kind::Resolve;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return Kind::Connect;
    case CURLE_OPERATION_TIMEDOUT:
      return timed_out(easy);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
      return Kind::Tls;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2_STREAM:
      return Kind::Reset;
    case CURLE_FILESIZE_EXCEEDED:
      return Kind::TooLarge;
    case CURLE_URL_MALFORMAT:
      return Kind::InvalidUrl;
    default:
      return Kind::Protocol;
  }
}

constexpr std::array<std::string_view, kHttpFailureKinds> kNames = {
    "resolve",     "connect",         "tls",      "timeout", "reset", "too_large", "cancelled",
    "invalid_url", "invalid_request", "protocol", "file",    "busy"};

}  // namespace

HttpFailure classify(CURL* easy, CURLcode code, std::string_view detail) {
  const std::string_view text = detail.empty() ? curl_easy_strerror(code) : detail;
  return {kind_of(easy, code), to_utf8(text.substr(0, kMaxText))};
}

std::string_view to_string(HttpFailure::Kind kind) {
  return kNames.at(static_cast<std::size_t>(kind));
}

void throw_exception_from_error(const HttpFailure& failure, const boost::source_location&) {
  throw std::logic_error("value() of a failed HTTP request: " + failure.text);
}

}  // namespace srs
