#include "http/messages.hpp"

#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

namespace srs::http {
namespace {

namespace beast = boost::beast;
using boost::system::error_code;

constexpr std::size_t kMaxHeaders = 100;

// Beast takes such a first line for one of an unknown version.
bool ends_without_carriage_return(std::string_view begun) {
  const auto end = begun.find('\n');
  return end != std::string_view::npos && (end == 0 || begun[end - 1] != '\r');
}

}  // namespace

std::string http_date(WallTime now) {
  using namespace std::chrono;
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(now);
  const year_month_day date(day);
  const hh_mm_ss<seconds> time(floor<seconds>(now - day));
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

std::optional<Response> refusal(const error_code& error, bool timed_out, std::string_view begun) {
  using Error = beast::http::error;
  if (timed_out) return error_response(408, "the request took too long to arrive");
  if (error == Error::header_limit || error == Error::buffer_overflow) {
    return error_response(431, "the request header is too large");
  }
  if (error == Error::body_limit) return error_response(413, "the request body is too large");
  if (error == Error::bad_version && ends_without_carriage_return(begun))
    return error_response(400, "lines end with CR LF (RFC 9112 2.2): LF alone is not taken");
  if (error == Error::bad_version) return error_response(505, "only HTTP/1.0 and HTTP/1.1");
  if (error == Error::end_of_stream || error == Error::partial_message) return std::nullopt;
  if (error.category() != beast::http::make_error_code(Error::bad_value).category()) {
    return std::nullopt;
  }
  return error_response(400, "malformed request: " + error.message());
}

std::optional<Response> malformed(const Incoming& message) {
  const auto count = static_cast<std::size_t>(std::distance(message.begin(), message.end()));
  if (count > kMaxHeaders) return error_response(431, "more than 100 header fields");
  // RFC 9112 §3.2: exactly one Host in HTTP/1.1.
  const auto hosts = message.count(beast::http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() >= 11)) {
    return error_response(400, "the request needs one Host header field");
  }
  return std::nullopt;
}

tracing::SpanContext trace_of(const Incoming& message) {
  const auto parent = message["traceparent"];
  if (parent.empty()) return {};
  const auto state = message["tracestate"];
  return tracing::parse_traceparent({parent.data(), parent.size()}, {state.data(), state.size()})
      .value_or(tracing::SpanContext{});
}

Request to_request(Incoming message, Target target, std::string remote) {
  Request request;
  request.method = std::string(message.method_string());
  if (request.method == "HEAD") request.method = "GET";
  request.path = std::move(target.path);
  request.query = std::move(target.query);
  request.remote = std::move(remote);
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.body = std::move(message.body());
  return request;
}

Outgoing to_message(Response response, unsigned version, bool keep_alive) {
  Outgoing message;
  message.version(version);
  message.result(static_cast<unsigned>(response.status));
  message.set(beast::http::field::date, http_date(wall_now()));
  message.set(beast::http::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.keep_alive(keep_alive);
  message.body() = std::move(response.body);
  message.prepare_payload();
  return message;
}

}  // namespace srs::http
