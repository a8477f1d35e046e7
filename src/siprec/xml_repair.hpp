// Mends the mistakes that SRCs make when they print XML without a library.
#pragma once

#include <srs/util/result.hpp>

#include <string>
#include <string_view>

namespace srs::siprec {

struct RepairedXml {
  std::string text;
  std::string first_fault;  // `line 9: a bare &: write &amp;`; empty: nothing was changed
};

// `text` with what can't be markup turned into text: `&` that begins no reference, `<` that begins
// no tag (`Zoé & <Sipp>` as a display name), and with end tags put in where an element known from
// RFC 7865 was left open. DOCTYPE and control characters are left out.
//
// What comes out is safe for libxml2, whose time goes with the square of the attributes of one
// element and of what a DTD declares: no DTD, no entity but XML's own five, 64 attributes in a tag.
// Time and size are linear in those of `text`; errors: a limit passed, or too many faults.
Result<RepairedXml> repair_xml(std::string_view text);

}  // namespace srs::siprec
