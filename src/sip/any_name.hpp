// Names in front of addresses, as the field writes them.
#pragma once

#include "sip/sofia.hpp"

#include <sofia-sip/msg_mclass.h>

#include <optional>
#include <string>
#include <string_view>

namespace srs::sip {

// A name without quotes may be made of tokens alone (RFC 3261 §25.1): `Zoé`, `A & B` or
// `Dr. (Hans) M.` need them, and come without from SRCs that pass on what a telephone was called.
// sofia reads no address behind them, and answers 400; who called costs no recording. From now on
// From and To of messages of this class may have any name.
void take_any_name(msg_mclass_t& message_class);

// The value of a From or To with its name in quotes; nothing where that needs none, or where there
// is no `<`.
std::optional<std::string> with_quoted_name(std::string_view value);

}  // namespace srs::sip
