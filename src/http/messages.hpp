// Between Beast's messages and ours.
#pragma once

#include "http/request.hpp"

#include <srs/http/server.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/time.hpp>

#include <boost/beast/http.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace srs::http {

using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
using Incoming = Parser::value_type;
using Outgoing = boost::beast::http::response<boost::beast::http::string_body>;

// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
std::string http_date(WallTime now);

// The answer to what could not be read as a request; nothing where the client just went away.
// `begun` is what is left of it unread.
std::optional<Response> refusal(const boost::system::error_code& error, bool timed_out,
                                std::string_view begun);

// What is wrong with a request that could be read.
std::optional<Response> malformed(const Incoming& message);

// The caller's trace (W3C Trace Context §3.2); not valid where it names none.
tracing::SpanContext trace_of(const Incoming& message);

Request to_request(Incoming message, Target target, std::string remote);
Outgoing to_message(Response response, unsigned version, bool keep_alive);

}  // namespace srs::http
