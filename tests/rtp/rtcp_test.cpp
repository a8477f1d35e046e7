#include "support.hpp"
#include "support/tools.hpp"

#include <srs/rtp/rtcp.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace srs::rtp {
namespace {

using test::Octets;

// SR with one block, SDES with CNAME `a@b` and a NOTE, BYE with a reason: what SRCs send, written
// down octet by octet from RFC 3550 §6.
const Octets compound = {0x81, 200, 0, 12, 0, 0, 0, 7,                     // SR, SSRC 7
                         0xE9, 0x5C, 0x12, 0x34, 0x80, 0, 0, 0,            // NTP, half a second
                         0, 0, 0x03, 0x20, 0, 0, 0, 10, 0, 0, 0x06, 0x40,  // timestamp 800, 10
                                                                           // packets, 1600 octets
                         0, 0, 0, 9, 64, 0xFF, 0xFF, 0xFE, 0, 1, 0, 5, 0, 0, 0, 33, 1, 2, 3, 4, 0,
                         1, 0, 0, 0x81, 202, 0, 4, 0, 0, 0, 7, 1, 3, 'a', '@', 'b', 7, 2, 'h', 'i',
                         0, 0, 0, 0x82, 203, 0, 4, 0, 0, 0, 7, 0, 0, 0, 8, 5, 'l', 'e', 'a', 'v',
                         'e', 0, 0};

TEST(Rtcp, IsReadFromACompound) {
  const auto rtcp = parse_rtcp(compound);
  ASSERT_TRUE(rtcp);
  ASSERT_EQ(rtcp->sender_reports.size(), 1u);
  EXPECT_EQ(rtcp->sender_reports[0].ssrc, 7u);
  EXPECT_EQ(rtcp->sender_reports[0].ntp, 0xE95C'1234'8000'0000u);
  EXPECT_EQ(rtcp->sender_reports[0].timestamp, 800u);
  EXPECT_EQ(rtcp->sender_reports[0].packets, 10u);
  EXPECT_EQ(rtcp->sender_reports[0].octets, 1600u);
  ASSERT_EQ(rtcp->report_blocks.size(), 1u);
  EXPECT_EQ(rtcp->report_blocks[0].ssrc, 9u);
  EXPECT_EQ(rtcp->report_blocks[0].fraction_lost, 64);
  EXPECT_EQ(rtcp->report_blocks[0].cumulative_lost, -2);
  EXPECT_EQ(rtcp->report_blocks[0].highest_sequence, 0x10005u);
  EXPECT_EQ(rtcp->report_blocks[0].jitter, 33u);
  EXPECT_EQ(rtcp->report_blocks[0].last_sr, 0x01020304u);
  EXPECT_EQ(rtcp->report_blocks[0].delay_since_sr, 65536u);
  ASSERT_EQ(rtcp->descriptions.size(), 1u);
  EXPECT_EQ(rtcp->descriptions[0].ssrc, 7u);
  EXPECT_EQ(rtcp->descriptions[0].cname, "a@b");
  EXPECT_EQ(rtcp->goodbyes, (std::vector<std::uint32_t>{7, 8}));
}

TEST(Rtcp, GivesItsSenderReportsAlone) {
  EXPECT_EQ(sender_reports(compound).size(), 1u);
  EXPECT_TRUE(sender_reports(Octets{0x80, 201, 0, 1, 0, 0, 0, 1}).empty());
  EXPECT_TRUE(sender_reports(Octets{1, 2, 3}).empty());
}

TEST(Rtcp, IsNoneWhereLengthsDoNotFit) {
  for (std::size_t size = 0; size < compound.size(); ++size) {
    const bool whole_packets = size == 52 || size == 72;
    EXPECT_EQ(parse_rtcp(Bytes(compound).first(size)).has_value(), whole_packets) << size;
  }
}

TEST(Rtcp, IsNoneOfAnotherVersionOrType) {
  auto bytes = compound;
  bytes[0] = 0x41;
  EXPECT_FALSE(parse_rtcp(bytes));
  bytes[0] = 0x81, bytes[1] = 77;
  EXPECT_FALSE(parse_rtcp(bytes));
}

TEST(Rtcp, TakesReducedSizePackets) {  // RFC 5506
  const auto rtcp = parse_rtcp(Octets{0x81, 203, 0, 1, 0, 0, 0, 7});
  ASSERT_TRUE(rtcp);
  EXPECT_EQ(rtcp->goodbyes, std::vector<std::uint32_t>{7});
}

TEST(Rtcp, SkipsTypesItDoesNotKnow) {
  Octets bytes = {0x80, 207, 0, 1, 0, 0, 0, 1};  // XR
  bytes.insert(bytes.end(), compound.begin(), compound.end());
  ASSERT_TRUE(parse_rtcp(bytes));
  EXPECT_EQ(parse_rtcp(bytes)->sender_reports.size(), 1u);
}

TEST(Rtcp, LeavesPaddingOut) {
  Octets bytes = {0xA1, 203, 0, 2, 0, 0, 0, 7, 0, 0, 0, 4};
  ASSERT_TRUE(parse_rtcp(bytes));
  EXPECT_EQ(parse_rtcp(bytes)->goodbyes, std::vector<std::uint32_t>{7});
  for (const std::uint8_t padding : {0, 9, 255}) {
    bytes.back() = padding;
    EXPECT_FALSE(parse_rtcp(bytes)) << int{padding};
  }
}

TEST(Rtcp, ReadsNoMoreThanAPacketHoldsWhateverItsCountClaims) {
  const auto reports = parse_rtcp(Octets{0x9F, 201, 0, 1, 0, 0, 0, 7});
  ASSERT_TRUE(reports);
  EXPECT_TRUE(reports->report_blocks.empty());
  const auto goodbyes = parse_rtcp(Octets{0x9F, 203, 0, 1, 0, 0, 0, 7});
  ASSERT_TRUE(goodbyes);
  EXPECT_EQ(goodbyes->goodbyes.size(), 1u);
  const auto item = parse_rtcp(Octets{0x9F, 202, 0, 2, 0, 0, 0, 7, 1, 200, 'a', 'b'});
  ASSERT_TRUE(item);
  EXPECT_TRUE(item->descriptions.empty());
}

TEST(NtpTime, TurnsIntoWallTimeAndBack) {
  const WallTime time{std::chrono::nanoseconds(1'795'348'965'123'456'789)};
  EXPECT_EQ(to_wall(to_ntp(time)), time);
  EXPECT_EQ(to_wall(NtpTime{2208988800} << 32), WallTime{});
  EXPECT_EQ(to_ntp(WallTime{std::chrono::milliseconds(500)}) & 0xFFFFFFFF, 0x80000000u);
}

ReportBlock some_block() {
  return {.ssrc = 9,
          .fraction_lost = 64,
          .cumulative_lost = -2,
          .highest_sequence = 0x10005,
          .jitter = 33,
          .last_sr = 0x01020304,
          .delay_since_sr = 65536};
}

TEST(ReceiverReport, ComesWithADescriptionAndIsReadBack) {
  const std::vector blocks{some_block()};
  const auto bytes = write_report(0xCAFE, blocks, "0123456789abcdef", true);
  EXPECT_EQ(bytes[1], 201) << "a compound begins with a report (RFC 3550 §6.1)";
  const auto rtcp = parse_rtcp(bytes);
  ASSERT_TRUE(rtcp);
  ASSERT_EQ(rtcp->report_blocks.size(), 1u);
  EXPECT_EQ(rtcp->report_blocks[0].cumulative_lost, -2);
  EXPECT_EQ(rtcp->report_blocks[0].delay_since_sr, 65536u);
  ASSERT_EQ(rtcp->descriptions.size(), 1u);
  EXPECT_EQ(rtcp->descriptions[0].ssrc, 0xCAFEu);
  EXPECT_EQ(rtcp->descriptions[0].cname, "0123456789abcdef");
  EXPECT_EQ(rtcp->goodbyes, std::vector<std::uint32_t>{0xCAFE});
}

TEST(ReceiverReport, EndsItsDescriptionOnAWordWhateverTheNamesLength) {
  for (std::size_t length = 0; length < 300; ++length) {
    const auto bytes = write_report(1, {}, std::string(length, 'x'), false);
    const auto rtcp = parse_rtcp(bytes);
    ASSERT_TRUE(rtcp) << length;
    EXPECT_EQ(bytes.size() % 4, 0u);
    EXPECT_EQ(bytes.back(), 0) << "a null octet ends the items";
    EXPECT_EQ(rtcp->descriptions.at(0).cname.size(), std::min<std::size_t>(length, 255));
    EXPECT_TRUE(rtcp->goodbyes.empty());
  }
}

TEST(ReceiverReport, HoldsAtMost31Blocks) {
  const std::vector<ReportBlock> blocks(40);
  EXPECT_EQ(parse_rtcp(write_report(1, blocks, "x", false))->report_blocks.size(), 31u);
}

// An independent reader: Wireshark's dissector.
TEST(ReceiverReport, IsWellFormedForTshark) {
  SRS_REQUIRE_TOOL("tshark", "tshark");
  const auto directory = std::filesystem::path(testing::TempDir()) / "srs_rtcp_tshark";
  std::filesystem::create_directories(directory);
  {
    std::ofstream dump(directory / "report.txt");
    const std::vector blocks{some_block()};
    const auto bytes = write_report(0xCAFE, blocks, "name", true);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      char text[16];
      std::snprintf(text, sizeof text, i == 0 ? "000000 %02x" : " %02x", bytes[i]);
      dump << text;
    }
    dump << "\n";
  }
  const auto file = (directory / "report").string();
  const auto command = "text2pcap -q -u 40001,40003 " + file + ".txt " + file +
                       ".pcap 2>/dev/null && tshark -r " + file +
                       ".pcap -d udp.port==40003,rtcp -T fields -e rtcp.pt -e rtcp.ssrc.fraction "
                       "-e rtcp.ssrc.cum_nr -e rtcp.ssrc.jitter -e rtcp.ssrc.lsr -e rtcp.ssrc.dlsr "
                       "-e rtcp.sdes.text -e _ws.malformed >" +
                       file + ".out 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream out(file + ".out");
  std::string line;
  std::getline(out, line);
  EXPECT_EQ(line, "201,202,203\t64\t-2\t33\t16909060\t65536\tname\t");
}

}  // namespace
}  // namespace srs::rtp
