#include <srs/util/result.hpp>

namespace srs {

// Not inline: g++ 12 sees overflows in it that are not there where it inlines it into a Result.
Error::Error(std::initializer_list<std::string_view> parts) {
  for (const auto part : parts) text += part;
}

}  // namespace srs
