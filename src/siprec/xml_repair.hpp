// Mends the mistakes that SRCs make when they print XML without a library.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace srs::siprec {

// `text` with what can't be markup turned into text: `&` that begins no reference, `<` that begins
// no tag (`Zoé & <Sipp>` as a display name), and with end tags put in where an element known from
// RFC 7865 was left open. DOCTYPE and control characters are left out. Time and size are linear in
// those of `text`; nothing where that can't be kept.
std::optional<std::string> repair_xml(std::string_view text);

}  // namespace srs::siprec
