// oRTP's own reader as an independent judge of what we write, and what we rely on in oRTP.
#include "support.hpp"

#include <srs/rtp/rtcp.hpp>

#include <ortp/ortp.h>

#include <cstring>

namespace srs::rtp {
namespace {

class Message {
 public:
  explicit Message(Bytes bytes) : message_(allocb(bytes.size(), 0)) {
    std::memcpy(message_->b_wptr, bytes.data(), bytes.size());
    message_->b_wptr += bytes.size();
  }
  ~Message() { freemsg(message_); }
  mblk_t* get() const { return message_; }

 private:
  mblk_t* message_;
};

TEST(Ortp, ReadsOurReceiverReport) {
  const std::vector blocks{ReportBlock{.ssrc = 9,
                                       .fraction_lost = 64,
                                       .cumulative_lost = 5,
                                       .highest_sequence = 0x10005,
                                       .jitter = 33,
                                       .last_sr = 77,
                                       .delay_since_sr = 88}};
  const Message message(write_report(0xCAFE, blocks, "our-name", true));
  auto* compound = message.get();
  ASSERT_NE(rtcp_is_RR(compound), 0);
  EXPECT_EQ(rtcp_RR_get_ssrc(compound), 0xCAFEu);
  const auto* block = rtcp_RR_get_report_block(compound, 0);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(report_block_get_ssrc(block), 9u);
  EXPECT_EQ(report_block_get_fraction_lost(block), 64u);
  EXPECT_EQ(report_block_get_cum_packet_lost(block), 5);
  EXPECT_EQ(report_block_get_high_ext_seq(block), 0x10005u);
  EXPECT_EQ(report_block_get_interarrival_jitter(block), 33u);
  EXPECT_EQ(report_block_get_last_SR_time(block), 77u);
  EXPECT_EQ(report_block_get_last_SR_delay(block), 88u);

  ASSERT_NE(rtcp_next_packet(compound), 0);
  ASSERT_NE(rtcp_is_SDES(compound), 0);
  std::string name;
  rtcp_sdes_parse(
      compound,
      [](void* user, std::uint32_t, rtcp_sdes_type_t type, const char* text, std::uint8_t length) {
        if (type == RTCP_SDES_CNAME) static_cast<std::string*>(user)->assign(text, length);
      },
      &name);
  EXPECT_EQ(name, "our-name");
  ASSERT_NE(rtcp_next_packet(compound), 0);
  EXPECT_NE(rtcp_is_BYE(compound), 0);
  EXPECT_EQ(rtcp_next_packet(compound), 0);
}

// Why rtcp.cpp checks bounds itself: oRTP hands out a block that the datagram does not hold.
TEST(Ortp, TrustsTheLengthThatAReportClaims) {
  std::vector<std::uint8_t> bytes(8 + 2 * 24);
  bytes[0] = 0x82, bytes[1] = 201, bytes[3] = 255;
  const Message message(bytes);
  ASSERT_NE(rtcp_is_RR(message.get()), 0);
  const auto* beyond = rtcp_RR_get_report_block(message.get(), 3);
  EXPECT_NE(beyond, nullptr) << "fixed in oRTP: rtcp.cpp could use its readers";
}

}  // namespace
}  // namespace srs::rtp
