// Headers that we read otherwise than sofia does.
#pragma once

#include "sip/sofia.hpp"

#include <sofia-sip/msg_mclass.h>

namespace srs::sip {

// A character of a token (RFC 3261 §25.1).
bool is_in_token(char c);

// sofia's `own` class with another parser, which makes the header one of `own` again: to all who
// come after it is sofia's.
msg_hclass_s with_parser(msg_hclass_t& own, msg_parse_f* parser);

// From now on headers of `own`'s name (and short name) in messages of this class, a clone, are read
// as `ours`, which lives as long as they do.
void put_before_own(msg_mclass_t& message_class, msg_hclass_t& ours, msg_hclass_t& own);

}  // namespace srs::sip
