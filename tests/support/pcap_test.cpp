#include "support/pcap.hpp"

#include "support/files.hpp"
#include "support/shared_data.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

// One raw-IP packet (LINKTYPE_RAW), big-endian numbers, nanoseconds: UDP 127.0.0.1:5 to :6, "hi".
const std::string kRaw(
    "\xA1\xB2\x3C\x4D\0\2\0\4\0\0\0\0\0\0\0\0\0\4\0\0\0\0\0\x65"
    "\0\0\0\1\0\0\0\x2A\0\0\0\x1E\0\0\0\x1E"
    "\x45\0\0\x1E\0\0\0\0\x40\x11\0\0\x7F\0\0\1\x7F\0\0\1"
    "\0\5\0\6\0\x0A\0\0hi",
    24 + 16 + 30);

std::filesystem::path file(const TempDir& directory, const std::string& bytes) {
  const auto path = directory / "a.pcap";
  write_file(path, bytes);
  return path;
}

TEST(Pcap, ReadsARawIpPacketInEitherByteOrder) {
  const TempDir directory;
  const auto packets = read_pcap(file(directory, kRaw));
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].time, 1s + 42ns);
  EXPECT_EQ(packets[0].source, (PcapAddress{0x7F000001, 5}));
  EXPECT_EQ(packets[0].destination, (PcapAddress{0x7F000001, 6}));
  EXPECT_EQ(packets[0].payload, "hi");
  EXPECT_FALSE(packets[0].tcp);
}

TEST(Pcap, RefusesWhatItWouldMisread) {
  const TempDir directory;
  EXPECT_THROW(read_pcap(file(directory, "no pcap file at all, whatever")), std::runtime_error);
  auto other_link = kRaw;
  other_link[23] = 0x7F;
  EXPECT_THROW(read_pcap(file(directory, other_link)), std::runtime_error);
  auto cut = kRaw;
  cut[24 + 15] = 0x40;
  EXPECT_THROW(read_pcap(file(directory, cut)), std::runtime_error);
}

TEST(Pcap, ReadsACapturedCall) {
  SRS_REQUIRE_SHARED(path, "captures/os-call1-udp-pcmu/siprec.pcap");
  std::size_t rtp = 0;
  for (const auto& packet : read_pcap(path)) rtp += packet.destination.port == 42000 ? 1 : 0;
  EXPECT_EQ(rtp, 864U);
}

}  // namespace
}  // namespace srs::test
