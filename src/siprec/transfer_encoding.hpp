// Content-Transfer-Encoding of a body part (RFC 2045 §6).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace srs::siprec {

// `encoding` is base64 or quoted-printable, in lower case. Nothing where it is another one, or the
// text is not in it.
std::optional<std::string> decode_transfer(std::string_view text, std::string_view encoding);

}  // namespace srs::siprec
