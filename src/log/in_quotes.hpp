// Values of the text log.
#pragma once

#include <string>
#include <string_view>

namespace srs::log {

// A JSON string of one line that holds what people can read, `Müller` and `§ 5`, as it is. Escaped
// is all that is no visible character or moves others: controls, line ends and spaces of Unicode,
// directions, what has no width, private use, and U+FFFD, which stands for bytes that are no UTF-8.
std::string in_quotes(std::string_view text);

}  // namespace srs::log
