#include <gtest/gtest.h>
#include <rtp/key_presses.hpp>

namespace srs::rtp {
namespace {

TEST(KeyPresses, AreNamedByEventCodes) {  // RFC 4733 §3.2
  EXPECT_EQ(event_code('0'), 0);
  EXPECT_EQ(event_code('9'), 9);
  EXPECT_EQ(event_code('*'), 10);
  EXPECT_EQ(event_code('#'), 11);
  EXPECT_EQ(event_code('A'), 12);
  EXPECT_EQ(event_code('d'), 15);
  EXPECT_FALSE(event_code('x'));
}

TEST(KeyPresses, GrowUntilTheirEndAndLeaveAGap) {
  KeyPresses keys;
  keys.press("5?1", 480, 320);  // three frames, two frames of gap; `?` is no key
  for (int i = 1; i <= 3; ++i) {
    const auto event = keys.step(160);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->code, 5);
    EXPECT_EQ(event->first, i == 1);
    EXPECT_EQ(event->end, i == 3);
    EXPECT_EQ(event->duration, 160 * i);
  }
  EXPECT_FALSE(keys.step(160));
  EXPECT_FALSE(keys.step(160));
  const auto next = keys.step(160);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->code, 1);
  EXPECT_TRUE(next->first);
}

TEST(KeyPresses, ShorterThanAFrameEndAtOnce) {
  KeyPresses keys;
  keys.press("1", 100, 0);
  const auto event = keys.step(160);
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->first && event->end);
  EXPECT_EQ(event->duration, 100);
}

}  // namespace
}  // namespace srs::rtp
