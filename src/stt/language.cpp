#include "stt/language.hpp"

#include <srs/util/text.hpp>

namespace srs::stt {

std::string language_to_ask_for(std::string_view call, std::string_view configured) {
  const bool more_exact = configured.size() > call.size() && istarts_with(configured, call) &&
                          configured[call.size()] == '-';
  return std::string(call.empty() || more_exact ? configured : call);
}

}  // namespace srs::stt
