// HTTP(S) requests of our own, without blocking the io_context: libcurl's multi interface on Asio.
//
//   HttpRequest request{.method = "POST", .url = "https://stt.example.com/v1/jobs"};
//   request.headers = {{"Authorization", "Bearer " + key}, {"Content-Type", "audio/wav"}};
//   request.body = HttpFile{"recording/audio.wav"};
//   const auto outcome = co_await client.fetch(std::move(request));
//   if (!outcome) log.warning("upload_failed", {{"reason", to_string(outcome.error().kind)}});
//   else if (outcome->status == 429) pause(outcome->header("Retry-After"));
//
// Give the request a name, as here: g++ 12 destroys twice what is written in braces inside a
// co_await.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace srs {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// A file, or a range of its bytes, read by another thread while it is sent.
struct HttpFile {
  std::filesystem::path path = {};
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length = {};  // nothing: to the end, as it is when it is opened
};

// One part of a multipart/form-data body.
struct HttpPart {
  std::string name = {};
  std::variant<std::string, HttpFile> content = {};
  std::string filename = {};      // empty: none is sent
  std::string content_type = {};  // empty: none for a text, application/octet-stream for a file
};

// No body, a text, a file, or a form (its Content-Type is written by the client).
using HttpBody = std::variant<std::monostate, std::string, HttpFile, std::vector<HttpPart>>;

// Cancels requests from elsewhere: put a copy into the request, keep one, call cancel(). Used on
// the io_context's thread; harmless where the request has ended or has not begun.
class HttpCancellation {
 public:
  HttpCancellation();
  void cancel() const;
  bool cancelled() const;

 private:
  friend class HttpCore;
  struct State;
  std::shared_ptr<State> state_;
};

struct HttpResponse;

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};  // http:// or https://, with a query where one is needed
  HttpHeaders headers = {};
  HttpBody body = {};

  std::chrono::milliseconds timeout{30'000};          // from fetch() to the last byte; 0: no limit
  std::chrono::milliseconds connect_timeout{10'000};  // name, TCP and TLS together
  // Given up where fewer bytes per second move for that long; 0 switches it off.
  std::uint64_t low_speed_bytes = 0;
  std::chrono::seconds low_speed_time{30};
  std::size_t max_response_bytes = 1 << 20;  // of the decoded body; all that on_data gets, too

  // TLS. Certificate and host name are always verified.
  std::filesystem::path ca_file = {};             // PEM; empty: the client's, else the system's
  std::filesystem::path client_certificate = {};  // PEM; with the key unless that is named
  std::filesystem::path client_key = {};          // PEM
  bool compressed = false;                        // offers gzip, br, zstd, and decodes them

  // Gets the body piece by piece instead of HttpResponse::body; `response` has status and headers.
  // False ends the request as cancelled. Must not throw, and may cancel anything.
  std::function<bool(const HttpResponse& response, std::string_view data)> on_data = {};
  std::optional<HttpCancellation> cancellation = {};
};

struct HttpTimings {                         // since the request left the queue
  std::chrono::microseconds queued{0};       // before that
  std::chrono::microseconds name_lookup{0};  // 0 on a connection that was open
  std::chrono::microseconds connect{0};      // TCP and TLS
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds total{0};
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;  // in their order; of the final answer only
  std::string body;
  std::string http_version;  // `1.1`, `2`
  HttpTimings timings;

  // The first of that name regardless of case, empty where there is none.
  std::string_view header(std::string_view name) const;
};

struct HttpFailure {
  enum class Kind {
    Resolve,         // the host name is not known
    Connect,         // nobody listens, or no answer within connect_timeout
    Tls,             // handshake, certificate, or a certificate file of ours
    Timeout,         // `timeout`, or too slow
    Reset,           // closed before the answer was whole
    TooLarge,        // more than max_response_bytes, or headers without end
    Cancelled,       // by its caller, by on_data, or since the client is gone
    InvalidUrl,      // not http or https, or not to be read
    InvalidRequest,  // a method or header with characters that can't be in one
    Protocol,        // what came is no HTTP
    File,            // a file to be sent can't be read, or became shorter
    Busy,            // a queue is full, or an error of ours ended the reading of a file
  };
  Kind kind = Kind::Protocol;
  std::string text;  // for a person; names the host at most, no query and no header
};
// `resolve`, `connect`, `tls`, `timeout`, `reset`, `too_large`, `cancelled`, `invalid_url`,
// `invalid_request`, `protocol`, `file`, `busy`.
std::string_view to_string(HttpFailure::Kind kind);
inline constexpr std::size_t kHttpFailureKinds = 12;

// Any status is an answer: 404 and 503 are responses, not failures.
using HttpOutcome = boost::system::result<HttpResponse, HttpFailure>;

[[noreturn]] void throw_exception_from_error(const HttpFailure& failure,
                                             const boost::source_location&);

// Sends requests and keeps connections open for the next ones. HTTP/2 where TLS offers it. Follows
// no redirect, keeps no cookie, speaks nothing but http and https, and heeds the usual proxy
// variables (https_proxy, no_proxy). Names are looked up and files read by other threads.
//
// Used on the io_context's thread alone. The destructor cancels what is in flight: those fetches
// return `Cancelled`, and coroutines in fetch() may outlive the client.
class HttpClient {
 public:
  struct Options {
    std::size_t max_active = 64;          // requests at once; connections, idle ones included
    std::size_t max_active_per_host = 8;  // of the same scheme, host and port
    std::size_t max_waiting = 1000;       // further ones fail as `Busy`
    std::string user_agent = "siprec-server/" SRS_VERSION;
    std::filesystem::path ca_file = {};     // PEM; empty: the system's
    std::optional<std::string> proxy = {};  // nothing: the environment's; empty: none
    // An error of ours while a file was read, told on another thread (WorkerPool::Report).
    std::function<void(std::string_view what)> report = {};
  };

  HttpClient(boost::asio::any_io_executor executor, Options options);
  explicit HttpClient(boost::asio::any_io_executor executor)
      : HttpClient(std::move(executor), Options{}) {}
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Ends at the latest when `timeout` has passed. Heeds the coroutine's cancellation slot.
  boost::asio::awaitable<HttpOutcome> fetch(HttpRequest request);

  std::size_t active() const;   // requests on the wire
  std::size_t waiting() const;  // requests in the queue
  std::uint64_t finished() const;
  std::uint64_t failed(HttpFailure::Kind kind) const;

 private:
  std::shared_ptr<class HttpCore> core_;
};

}  // namespace srs
