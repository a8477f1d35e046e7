// The codecs, each in a file of its own; decoder.cpp chooses among them.
#pragma once

#include <srs/codec/decoder.hpp>

#include <cstdint>
#include <memory>

namespace srs::codec {

enum class Law { Mu, A };

// Sound at the RTP clock's rate. `channels` interleaved ones, all of one law.
std::unique_ptr<Decoder> make_g711(Law law, std::uint32_t clock_rate, std::uint8_t channels);
std::unique_ptr<Decoder> make_l16(std::uint32_t clock_rate, std::uint8_t channels);

}  // namespace srs::codec
