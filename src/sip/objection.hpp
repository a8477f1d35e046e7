// What makes a request unfit, whatever it asks for.
#pragma once

#include "sip/metrics.hpp"
#include "sip/reply.hpp"
#include "sip/sofia.hpp"

#include <srs/sip/message.hpp>

#include <cstddef>
#include <optional>

namespace srs::sip {

struct Objection {
  Response response;
  ReplyExtras extras;
  std::optional<Metrics::Malformed> malformed;  // as which it is counted; none: well formed
};

// 513, 400, 505, 416, 420 or 415, with a Warning that tells the sender what to change; `max_size`
// in bytes.
std::optional<Objection> objection_to(const sip_t& sip, const msg_t* message, std::size_t max_size);

// A message of a stream that does not say where it ends: its connection can't be read on.
bool lacks_length(const sip_t& sip);

// Bytes, as its sender meant it: a body that was left unread counts as well.
std::size_t declared_size(const sip_t& sip, const msg_t* message);

}  // namespace srs::sip
