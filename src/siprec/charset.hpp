// Metadata documents in whatever encoding they came, as UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace srs::siprec {

// `bytes` as UTF-8 without byte order mark, and without the XML declaration, whose encoding would
// not be true any more (its line ends stay). The encoding is that of a UTF-16 byte order mark, else
// the MIME part's `charset`, else the XML declaration's (RFC 7865 §5.1: the charset parameter takes
// precedence), else UTF-8. Bytes that mean nothing become U+FFFD, and `warnings` says so; so it
// does of an encoding that is none of UTF-8, UTF-16, ISO-8859-1, ISO-8859-15, Windows-1252, ASCII.
std::string decode_document(std::string_view bytes, std::string_view charset,
                            std::vector<std::string>& warnings);

}  // namespace srs::siprec
