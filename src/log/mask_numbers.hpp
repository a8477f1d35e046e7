// Phone numbers in texts.
#pragma once

#include <string>

namespace srs::log {

// Leaves the last three digits of every phone number in `text`; see log/mask.hpp for what is one.
void mask_phone_numbers(std::string& text);

}  // namespace srs::log
