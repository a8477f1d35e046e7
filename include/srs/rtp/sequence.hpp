// Sequence numbers and timestamps that never wrap.
#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>

namespace srs::rtp {

// Extends a wrapping counter of type `Wire` to 64 bits: each value becomes the one nearest to the
// highest seen (RFC 3550 §A.1's cycles). The first is taken as it is, plus one full cycle, so that
// older ones stay positive.
template <class Wire>
class Unwrapper {
 public:
  std::uint64_t extend(Wire value) {
    if (!highest_) {
      highest_ = std::uint64_t{1} << (8 * sizeof(Wire)) | value;
      return *highest_;
    }
    using Signed = std::make_signed_t<Wire>;
    const auto step = static_cast<Signed>(static_cast<Wire>(value - static_cast<Wire>(*highest_)));
    const auto extended = *highest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(step));
    if (step > 0) highest_ = extended;
    return extended;
  }

  std::optional<std::uint64_t> highest() const { return highest_; }

 private:
  std::optional<std::uint64_t> highest_;
};

}  // namespace srs::rtp
