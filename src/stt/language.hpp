// In which language a call is asked for.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace srs::stt {

// The call's own language tag, else the configured one; and the configured one too where it says
// the same more exactly: `en-US` for a call that is known to be `en`. As RFC 4647 §3.3.1 matches.
std::string language_to_ask_for(std::string_view call, std::string_view configured);

// For providers that list whole tags for some languages and the bare language for the others, and
// refuse the rest: `fr-CA` where `listed` has it, as it is written there, else `fr`.
std::string listed_language(std::string_view tag, std::initializer_list<std::string_view> listed);

// `de` of `de-CH`. Bokmaal is `no`, as speech-to-text calls it everywhere.
std::string primary_language(std::string_view tag);

}  // namespace srs::stt
