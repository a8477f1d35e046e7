// The first line of a message, whatever stands before it.
#pragma once

#include "sip/sofia.hpp"

#include <sofia-sip/msg_header.h>

namespace srs::sip {

struct FirstLine {
  char* text = nullptr;  // ends with NUL; may be written over
  isize_t size = 0;
};

// The line that msg_hclass_s::hc_parse was given as `text`. Empty lines before it are to be ignored
// (RFC 3261 §7.5), and SBCs keep connections open with them (RFC 5626 §3.5.1); sofia, where it
// copies headers, copies those instead of the line's end. The line is read again then, from where
// it was received. `text` is null where there is no memory.
FirstLine first_line(su_home_t* home, msg_header_t& header, char* text, isize_t size);

}  // namespace srs::sip
