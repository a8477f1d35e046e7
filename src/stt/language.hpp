// In which language a call is asked for.
#pragma once

#include <string>
#include <string_view>

namespace srs::stt {

// The call's own language tag, else the configured one; and the configured one too where it says
// the same more exactly: `en-US` for a call that is known to be `en`. As RFC 4647 §3.3.1 matches.
std::string language_to_ask_for(std::string_view call, std::string_view configured);

}  // namespace srs::stt
