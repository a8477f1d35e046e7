#include "sip/first_line.hpp"

#include <sofia-sip/su_alloc.h>

#include <cstring>

namespace srs::sip {

FirstLine first_line(su_home_t* home, msg_header_t& header, char* text, isize_t size) {
  const auto leading = std::strspn(text, " \t\r\n");
  const auto* received = static_cast<const char*>(header.sh_data);
  if (leading == 0 || received == nullptr || header.sh_len <= leading) return {text, size};
  // Its end was found there, so there is a line's end or the message's.
  const auto* begin = received + leading;
  const auto most = header.sh_len - leading;
  std::size_t length = 0;
  while (length < most && begin[length] != '\r' && begin[length] != '\n') ++length;
  return {su_strndup(home, begin, static_cast<isize_t>(length)), static_cast<isize_t>(length)};
}

}  // namespace srs::sip
