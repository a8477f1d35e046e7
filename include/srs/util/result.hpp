// Errors that are nobody's bug: the peer's, the disk's, the network's.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace srs {

// A sentence for a person: what was wrong and, where the other side can mend it, what to change.
struct Error {
  Error() = default;
  // Braces only: an Error that a bare string could become would make Result<std::string> ambiguous.
  Error(std::initializer_list<std::string_view> parts);
  std::string text;
};

// Reached only by result.value() on an error, which is a mistake of ours.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::logic_error("value() of a failed result: " + error.text);
}

// Either a T or an Error. Both convert implicitly: `return Error{"..."};`, `return value;`.
template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace srs
