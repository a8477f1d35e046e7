// Requests that sofia-sip answers 400, or drops, before anybody else sees them.
#pragma once

#include "sip/sofia.hpp"

#include <string>

namespace srs::sip {

// What is wrong with the headers that RFC 3261 §8.1.1 wants, so that sofia keeps the request to
// itself: `no Call-ID, or none that can be read`. Empty: it hands the request on, or `sip` is a
// response.
std::string fault_of(const sip_t& sip);

// Its own answer carries no Warning and is told by no callback: lets SofiaLog hear of the request.
void tell_of_bad_request(msg_t* message, const sip_t& sip);

// The first argument of such a line is the message.
constexpr char bad_request_format[] = "bad request %p";

}  // namespace srs::sip
