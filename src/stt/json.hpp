// Reading JSON that strangers wrote: bounded before it is parsed, and no wrong type throws.
#pragma once

#include <srs/stt/transcript.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace srs::stt {

using Json = nlohmann::json;

// The value, or nothing where the text is no JSON, nests deeper than 64 or holds more than two
// million values (a few bytes of brackets would become a hundred times their size). Bytes that are
// not UTF-8 are replaced; `repaired` tells.
std::optional<Json> parse_json(std::string_view text, bool* repaired = nullptr);

// The member, or a null where there is none or `json` is no object.
const Json& member(const Json& json, std::string_view key);
// The array's elements; an empty array where it is none.
const Json& elements(const Json& json, std::string_view key);
// Whether something stands where a list is to be: anything but a null or an empty array.
bool is_listed(const Json& json);

// Empty where it is no text.
std::string text_of(const Json& json);
std::string text_of(const Json& json, std::string_view key);
// Numbers, and numbers written as text ("1.25", "1.25s"). Nothing where it is neither or not
// finite.
std::optional<double> number_of(const Json& json);
std::optional<double> number_of(const Json& json, std::string_view key);

// Seconds as milliseconds; nothing for what is no time (negative, not finite, beyond 30 days).
std::optional<Millis> seconds_of(const Json& json, std::string_view key);
std::optional<Millis> millis_of(const Json& json, std::string_view key);

// What stands where something else than a time should have told one: mend() finds another.
inline constexpr Millis kNoTime{-1};
// The same for answers of providers: `absent` where there is no such member, kNoTime where it is no
// time.
Millis seconds_or(const Json& json, std::string_view key, Millis absent);
Millis millis_or(const Json& json, std::string_view key, Millis absent);

}  // namespace srs::stt
