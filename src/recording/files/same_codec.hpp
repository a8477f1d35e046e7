// Whether two payload types of a stream are of one codec.
#pragma once

#include <srs/recording/document.hpp>
#include <srs/util/text.hpp>

namespace srs::recording {

inline bool same_codec(const PayloadEntry& a, const PayloadEntry& b) {
  return iequals(a.encoding, b.encoding) && a.clock_rate == b.clock_rate &&
         a.channels == b.channels;
}

}  // namespace srs::recording
