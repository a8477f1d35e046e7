#include "sip/own_parser.hpp"

#include <cstddef>
#include <string_view>

namespace srs::sip {

bool is_in_token(char c) {
  constexpr std::string_view marks = "-.!%*_+`'~";
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         marks.find(c) != marks.npos;
}

msg_hclass_s with_parser(msg_hclass_t& own, msg_parse_f* parser) {
  auto result = own;
  result.hc_parse = parser;
  return result;
}

// The table is open: what is looked for by its name is found first, and sofia's own class, which is
// looked for by its address, behind it.
void put_before_own(msg_mclass_t& message_class, msg_hclass_t& ours, msg_hclass_t& own) {
  const auto size = static_cast<std::size_t>(message_class.mc_hash_size);
  std::size_t at = 0;
  while (at < size && message_class.mc_hash[at].hr_class != &own) ++at;
  if (at == size) return;
  std::size_t free = (at + 1) % size;
  while (free != at && message_class.mc_hash[free].hr_class != nullptr) free = (free + 1) % size;
  if (free == at) return;
  message_class.mc_hash[free] = message_class.mc_hash[at];
  message_class.mc_hash[at].hr_class = &ours;
  ++message_class.mc_hash_used;
  if (own.hc_short[0] == '\0' || message_class.mc_short == nullptr) return;
  // The clone's table is its own, and const to its readers alone.
  auto& brief = const_cast<msg_href_t&>(message_class.mc_short[own.hc_short[0] - 'a']);
  if (brief.hr_class == &own) brief.hr_class = &ours;
}

}  // namespace srs::sip
