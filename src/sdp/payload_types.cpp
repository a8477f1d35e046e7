#include "payload_types.hpp"

#include <algorithm>
#include <iterator>

namespace srs::sdp {
namespace {

struct StaticType {
  std::uint8_t payload_type;
  const char* encoding;
  std::uint32_t clock_rate;
  std::uint8_t channels;
};

// RFC 3551 §6, table 4. G722 samples at 16 kHz and still says 8000 (§4.5.2).
constexpr StaticType kStaticTypes[] = {
    {0, "PCMU", 8000, 1},  {3, "GSM", 8000, 1},   {4, "G723", 8000, 1},   {5, "DVI4", 8000, 1},
    {6, "DVI4", 16000, 1}, {7, "LPC", 8000, 1},   {8, "PCMA", 8000, 1},   {9, "G722", 8000, 1},
    {10, "L16", 44100, 2}, {11, "L16", 44100, 1}, {12, "QCELP", 8000, 1}, {13, "CN", 8000, 1},
    {14, "MPA", 90000, 1}, {15, "G728", 8000, 1}, {16, "DVI4", 11025, 1}, {17, "DVI4", 22050, 1},
    {18, "G729", 8000, 1},
};

}  // namespace

Format static_format(std::uint8_t payload_type) {
  Format format;
  format.payload_type = payload_type;
  const auto found = std::find_if(std::begin(kStaticTypes), std::end(kStaticTypes),
                                  [&](const auto& t) { return t.payload_type == payload_type; });
  if (found == std::end(kStaticTypes)) return format;
  format.encoding = found->encoding;
  format.clock_rate = found->clock_rate;
  format.channels = found->channels;
  return format;
}

}  // namespace srs::sdp
