// How much of a message sofia reads from a connection.
#pragma once

#include "sip/sofia.hpp"

#include <sofia-sip/msg_mclass.h>

#include <cstdlib>
#include <memory>

namespace srs::sip {

struct MessageClassDeleter {
  void operator()(msg_mclass_t* message_class) const { std::free(message_class); }
};
using MessageClass = std::unique_ptr<msg_mclass_t, MessageClassDeleter>;

// sofia's own class of SIP messages with these differences, the first two and the last for streams
// alone:
//
// A request whose headers and Content-Length together pass the agent's NTATAG_MAXSIZE is handed on
// as soon as its headers are complete, without its body, so that it can be answered in our words;
// sofia would answer 413 that names no limit. Nothing more is read from its connection: what
// follows is the middle of that body, and must never be taken for a message.
//
// A message without Content-Length ends with its headers. Where it names a body all the same it is
// handed on without, and nothing more is read from its connection; sofia would wait for more, and
// answer 400 without a word of why when that comes.
//
// A body that ends with its datagram or its connection before its Content-Length does is left away;
// sofia would answer 400 without a word of why.
//
// A request of another version than SIP/2.0 is handed on as well; sofia would answer 505 without a
// word of why.
//
// A PRACK is handed on as a method that sofia does not know, by its name; sofia would answer 481
// itself and count it nowhere.
//
// A method may be any token (any_method.hpp); sofia would drop what it can't read. From and To may
// have any name (any_name.hpp).
//
// Where one read brings the end of a message and the beginning of the next, that one is bounded as
// well: sofia forgets the limit there and would let its header grow as long as somebody sends.
MessageClass bounded_message_class();

// Whether the message lacks its body in one of these ways.
bool body_left_unread(const sip_t& sip);
// Whether it is a request of another version than SIP/2.0.
bool is_other_version(const sip_t& sip);

}  // namespace srs::sip
