#include "sip/bounded_messages.hpp"

#include "sip/any_method.hpp"
#include "sip/any_name.hpp"
#include "sip/bad_request.hpp"
#include "sip/convert.hpp"

#include <srs/util/text.hpp>

#include <sofia-sip/msg_buffer.h>

#include <cstring>

namespace srs::sip {
namespace {

// A message that will be the next one of the same connection.
msg_t* next_of(msg_t* message) {
  msg_t* next =
      msg_create(msg_mclass(message), static_cast<int>(msg_get_flags(message, MSG_FLG_USERMASK)));
  if (next == nullptr) return nullptr;
  msg_maxsize(next, msg_maxsize(message, 0));
  msg_addr_copy(next, message);
  return next;
}

// An erroneous message makes sofia stop reading the connection, whatever it does with this one.
void stop_reading_after(msg_t* message) {
  if (msg_t* next = next_of(message); next != nullptr) {
    msg_set_flags(next, MSG_FLG_ERROR);
    msg_set_next(message, next);
  }
}

// Gives `bytes` to the message after this one. False where it can't: sofia then does so its way.
bool hand_on(msg_t* message, const char* bytes, std::size_t size) {
  msg_t* next = next_of(message);
  if (next == nullptr) return false;
  void* room = msg_buf_alloc(next, size + 1);
  if (room == nullptr) {
    msg_destroy(next);
    return false;
  }
  std::memcpy(room, bytes, size);
  msg_buf_commit(next, size, 0);
  msg_set_next(message, next);
  return true;
}

// Reads as the right version does, and is known by its address.
constexpr char other_version[] = "SIP/2.0";

// Lets sofia hand a request of another version on.
void accept_version(sip_t& sip) {
  auto* request = sip.sip_request;
  if (request == nullptr || request->rq_version == nullptr) return;
  if (!iequals(request->rq_version, sip_version_2_0)) request->rq_version = other_version;
}

// sofia answers PRACK itself where it did not ask for one, and counts it nowhere (RFC 3262 §3). As
// a method that it does not know it comes to us, by its name.
void hand_on_prack(sip_t& sip) {
  auto* request = sip.sip_request;
  auto* cseq = sip.sip_cseq;
  if (request == nullptr || cseq == nullptr) return;
  if (request->rq_method != sip_method_prack || cseq->cs_method != sip_method_prack) return;
  request->rq_method = sip_method_unknown;
  cseq->cs_method = sip_method_unknown;
}

bool too_long(const msg_t* message, const sip_t& sip) {
  const auto limit = msg_maxsize(const_cast<msg_t*>(message), 0);  // 0 only asks
  if (limit == 0 || sip.sip_request == nullptr || sip.sip_content_length == nullptr) return false;
  const auto body = sip.sip_content_length->l_length;
  return body > limit || size_of(message) + body > limit;
}

// Over a stream each message needs Content-Length (RFC 3261 §18.3); sofia waits for more where
// there is none, and takes what follows for broken. A message that names no body has none. Where it
// does name one nobody knows where that ends.
bool names_no_length(const sip_t& sip) {
  const bool at_separator = (sip.sip_flags & (MSG_FLG_BODY | MSG_FLG_ERROR)) == 0;
  return at_separator && sip.sip_content_length == nullptr;
}

void suppose_no_body(msg_t* message, msg_pub_t* content) {
  auto* none = sip_content_length_create(msg_home(message), 0);
  if (none != nullptr) msg_header_insert(message, content, reinterpret_cast<msg_header_t*>(none));
}

// The message ends with its headers, and nothing is read from its connection any more.
issize_t leave_body(msg_t* message, msg_pub_t* content, isize_t size) {
  content->msg_flags |= MSG_FLG_COMPLETE;
  stop_reading_after(message);
  return static_cast<issize_t>(size);
}

// A body that ends before its Content-Length does; sofia would answer 400 without a word of why.
bool cut_short(const sip_t& sip) {
  return (sip.sip_flags & MSG_FLG_TRUNC) != 0;
}

void take_as_cut_short(msg_pub_t* content) {
  content->msg_flags &= ~(MSG_FLG_TRUNC | MSG_FLG_ERROR);
  content->msg_flags |= MSG_FLG_COMPLETE;
}

// As msg_mclass_t::mc_extract_body: the separator line and the body, from its first byte on.
// Returns what was used of `bytes`, 0 where more is needed, -1 where it is broken.
issize_t extract(msg_t* message, msg_pub_t* content, char* bytes, isize_t size, int ended) {
  auto& sip = *reinterpret_cast<sip_t*>(content);
  if ((sip.sip_flags & MSG_FLG_BODY) == 0) tell_of_bad_request(message, sip);
  accept_version(sip);
  hand_on_prack(sip);
  if (ended == 0 && names_no_length(sip)) {
    if (sip.sip_content_type != nullptr) return leave_body(message, content, size);
    suppose_no_body(message, content);
  }
  const auto used = sip_default_mclass()->mc_extract_body(message, content, bytes, size, ended);
  if (cut_short(sip)) take_as_cut_short(content);
  if (used <= 0 || ended != 0) return used;
  const bool complete = (content->msg_flags & MSG_FLG_COMPLETE) != 0;
  if (!complete && sip.sip_payload == nullptr && too_long(message, sip))
    return leave_body(message, content, size);
  const auto rest = size - static_cast<isize_t>(used);
  if (complete && rest > 0 && msg_maxsize(message, 0) > 0 && hand_on(message, bytes + used, rest))
    return static_cast<issize_t>(size);
  return used;
}

}  // namespace

MessageClass bounded_message_class() {
  MessageClass result(msg_mclass_clone(sip_default_mclass(), 0, 0));
  if (!result) return result;
  result->mc_extract_body = extract;
  take_any_method(*result);
  take_any_name(*result);
  return result;
}

bool is_other_version(const sip_t& sip) {
  return sip.sip_request != nullptr && sip.sip_request->rq_version == other_version;
}

bool body_left_unread(const sip_t& sip) {
  return sip.sip_payload == nullptr && sip.sip_content_length != nullptr &&
         sip.sip_content_length->l_length > 0;
}

}  // namespace srs::sip
