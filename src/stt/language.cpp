#include "stt/language.hpp"

#include <srs/util/text.hpp>

namespace srs::stt {

std::string language_to_ask_for(std::string_view call, std::string_view configured) {
  const bool more_exact = configured.size() > call.size() && istarts_with(configured, call) &&
                          configured[call.size()] == '-';
  return std::string(call.empty() || more_exact ? configured : call);
}

std::string primary_language(std::string_view tag) {
  auto language = to_lower(tag.substr(0, tag.find_first_of("-_")));
  return language == "nb" ? "no" : language;
}

std::string listed_language(std::string_view tag, std::initializer_list<std::string_view> listed) {
  for (const auto whole : listed)
    if (iequals(tag, whole)) return std::string(whole);
  return primary_language(tag);
}

}  // namespace srs::stt
