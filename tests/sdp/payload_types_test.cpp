#include "sdp/payload_types.hpp"

#include <gtest/gtest.h>

namespace srs::sdp {
namespace {

std::string written(std::uint8_t type) {
  const auto format = static_format(type);
  return format.encoding + "/" + std::to_string(format.clock_rate) + "/" +
         std::to_string(format.channels);
}

TEST(PayloadTypes, AreThoseOfRfc3551) {
  EXPECT_EQ(written(0), "PCMU/8000/1");
  EXPECT_EQ(written(3), "GSM/8000/1");
  EXPECT_EQ(written(4), "G723/8000/1");
  EXPECT_EQ(written(5), "DVI4/8000/1");
  EXPECT_EQ(written(6), "DVI4/16000/1");
  EXPECT_EQ(written(7), "LPC/8000/1");
  EXPECT_EQ(written(8), "PCMA/8000/1");
  EXPECT_EQ(written(9), "G722/8000/1");
  EXPECT_EQ(written(10), "L16/44100/2");
  EXPECT_EQ(written(11), "L16/44100/1");
  EXPECT_EQ(written(12), "QCELP/8000/1");
  EXPECT_EQ(written(13), "CN/8000/1");
  EXPECT_EQ(written(14), "MPA/90000/1");
  EXPECT_EQ(written(15), "G728/8000/1");
  EXPECT_EQ(written(16), "DVI4/11025/1");
  EXPECT_EQ(written(17), "DVI4/22050/1");
  EXPECT_EQ(written(18), "G729/8000/1");
}

TEST(PayloadTypes, SayNothingOfTheOthers) {
  for (const int type : {1, 2, 19, 20, 34, 72, 96, 101, 127}) {
    EXPECT_EQ(written(static_cast<std::uint8_t>(type)), "/0/1") << type;
  }
}

}  // namespace
}  // namespace srs::sdp
