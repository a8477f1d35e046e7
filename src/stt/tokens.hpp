// What was said, whatever way it is written.
#pragma once

#include "stt/redaction_rules.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

// A word, or a single digit or ideograph: who writes `4111 11` and who writes `411111` or `four one
// ...` said the same.
struct Token {
  Span at;
  std::string said;  // without case and punctuation
};
std::vector<Token> tokens_of(std::string_view text);

}  // namespace srs::stt
