#include "recording/files/dtmf.hpp"

#include "call_builder.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

using test::kMs;

class Dtmf : public ::testing::Test {
 protected:
  void packet(std::uint8_t event, std::uint32_t timestamp, std::uint16_t duration, bool end,
              std::int64_t at_ms, bool marker = false) {
    const auto payload = test::event_payload(event, end, duration);
    reader.add({{marker, 101, 0, timestamp, 1, 0}, payload}, at_ms * kMs, 8000);
  }
  std::string digits() {
    std::string text;
    for (const auto& entry : entries = reader.take()) text += entry.digit;
    return text;
  }
  DtmfReader reader;
  std::vector<DtmfEntry> entries;
};

TEST_F(Dtmf, IsOneDigitForAllPacketsOfAnEvent) {
  packet(5, 1000, 160, false, 120, true);
  packet(5, 1000, 320, false, 140);
  packet(5, 1000, 480, false, 160);
  for (int i = 0; i < 3; ++i) packet(5, 1000, 800, true, 200);
  EXPECT_EQ(digits(), "5");
  EXPECT_EQ(entries[0].at_ms, 100);
  EXPECT_EQ(entries[0].duration_ms, 100);
}

TEST_F(Dtmf, TellsTwoPressesOfOneKeyApart) {
  packet(1, 1000, 800, true, 100);
  packet(1, 3000, 160, false, 350, true);
  packet(1, 3000, 800, true, 430);
  packet(1, 5000, 800, true, 680);
  EXPECT_EQ(digits(), "111");
}

TEST_F(Dtmf, SurvivesTheLossOfAllEndPackets) {
  packet(1, 1000, 160, false, 20, true);
  packet(1, 1000, 640, false, 80);
  packet(2, 9000, 160, false, 1020, true);
  EXPECT_EQ(digits(), "12");
  EXPECT_EQ(entries[0].duration_ms, 80);
}

TEST_F(Dtmf, SurvivesTheLossOfAllButTheEnd) {
  packet(11, 1000, 800, true, 300);
  EXPECT_EQ(digits(), "#");
  EXPECT_EQ(entries[0].at_ms, 200);
  EXPECT_EQ(entries[0].duration_ms, 100);
}

// RFC 4733 §2.5.1.3: longer than 65535 units, in segments.
TEST_F(Dtmf, JoinsTheSegmentsOfALongPress) {
  packet(9, 1000, 160, false, 20, true);
  packet(9, 1000, 0xFFFF, false, 8192);
  packet(9, 1000 + 0xFFFF, 400, false, 8242);
  packet(9, 1000 + 0xFFFF, 8000, true, 9192);
  EXPECT_EQ(digits(), "9");
  EXPECT_EQ(entries[0].duration_ms, (0xFFFF + 8000) / 8);
}

TEST_F(Dtmf, JoinsPacketsOfSendersThatCountTheTimestampOn) {
  for (std::uint16_t i = 0; i < 5; ++i) {
    packet(3, 1000U + 160U * i, static_cast<std::uint16_t>(160 * (i + 1)), i == 4, 20 * (i + 1),
           i == 0);
  }
  EXPECT_EQ(digits(), "3");
}

TEST_F(Dtmf, NamesKeysAndNumbersOtherEvents) {
  for (const std::uint8_t code : {0, 9, 10, 11, 12, 15, 16, 200})
    packet(code, code * 9000U, 800, true, code * 1000);
  EXPECT_EQ(digits(), "09*#AD16200");
}

TEST_F(Dtmf, IgnoresPayloadsThatAreTooShortAndStopsAtAThousand) {
  const std::vector<std::uint8_t> payload = {1, 0x80, 0};
  reader.add({{false, 101, 0, 1, 1, 0}, payload}, 0, 8000);
  EXPECT_EQ(digits(), "");
  for (std::uint32_t i = 0; i < 5000; ++i) packet(1, i * 9000, 800, true, i);
  EXPECT_EQ(digits().size(), 1000U);
}

}  // namespace
}  // namespace srs::recording
