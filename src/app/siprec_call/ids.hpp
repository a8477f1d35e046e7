// Identifiers that nobody can guess and no two calls share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace srs::call {

std::uint64_t random_number();
// `digits` lower-case hexadecimal digits.
std::string random_hex(std::size_t digits);
// 16 random bytes in base64, as RFC 7865 §6.10 wants the ids of its elements.
std::string random_uuid64();

}  // namespace srs::call
