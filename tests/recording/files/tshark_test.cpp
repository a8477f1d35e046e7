// Wireshark's tools as independent judges of capture.pcapng, sox of audio.wav.
#include "capture_fixture.hpp"
#include "support/shared_data.hpp"
#include "support/tools.hpp"

#include <srs/recording/capture.hpp>
#include <srs/recording/renderer.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace srs::recording {
namespace {

using test::CaptureTest;
using ::testing::HasSubstr;

using test::lines_of;
using test::output_of;

TEST_F(CaptureTest, TsharkReadsTheFileWhileItGrows) {
  SRS_REQUIRE_TOOL("tshark", "tshark");
  start({.block_size = 4096, .flush_interval = std::chrono::milliseconds(20)});
  auto capture = writer->open(dir / "c.pcapng");
  for (std::uint32_t i = 0; i < 3000; ++i) send(*capture, i);
  ASSERT_TRUE(run_until([&] { return capture->summary().packets == 3000; }));
  const auto lines =
      lines_of(output_of("tshark -r " + (dir / "c.pcapng").string() +
                         " -T fields -e frame.time_epoch -e udp.dstport -e udp.length"));
  ASSERT_EQ(lines.size(), 3000U);
  EXPECT_EQ(lines[2999], "1795341659.980000000\t10000\t180");
  EXPECT_THAT(output_of("capinfos -c -t -k " + (dir / "c.pcapng").string()), HasSubstr("3000"));
}

TEST_F(CaptureTest, TsharkFindsTheChecksumsRight) {
  SRS_REQUIRE_TOOL("tshark", "tshark");
  start();
  auto capture = writer->open(dir / "c.pcapng");
  send(*capture, 1, 171, "203.0.113.250");
  send(*capture, 2, 171, "2001:db8:85a3::8a2e:370:7334");
  send(*capture, 3, 20, "2001:db8::1");
  close(*capture);
  const auto lines = lines_of(output_of(
      "tshark -r " + (dir / "c.pcapng").string() +
      " -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields -e ip.src -e ipv6.src"
      " -e ip.checksum.status -e udp.checksum.status"));
  // 1 is good, 3 is not present (UDP over IPv4 may do without).
  EXPECT_EQ(lines, (std::vector<std::string>{"203.0.113.250\t\t1\t3",
                                             "\t2001:db8:85a3::8a2e:370:7334\t\t1",
                                             "\t2001:db8::1\t\t1"}));
}

TEST_F(CaptureTest, TsharkSeesTheRtpStream) {
  SRS_REQUIRE_TOOL("tshark", "tshark");
  test::CallBuilder call;
  test::Leg leg{call, 10000, {.sequence = 65000, .timestamp = 0xFFFFF000, .ssrc = 0xABCD}};
  leg.speak(0, test::babble(8000 * 20, 1));
  call.write(dir.path());
  const auto streams = output_of("tshark -r " + (dir / "capture.pcapng").string() +
                                 " -d udp.port==10000,rtp -q -z rtp,streams");
  EXPECT_THAT(streams, HasSubstr("0x0000ABCD"));
  EXPECT_THAT(streams, HasSubstr("1000     0 (0.0%)"));
}

TEST(Wav, SoxReadsItAsWeMeanIt) {
  SRS_REQUIRE_TOOL("sox", "sox");
  test::TempDir dir;
  test::CallBuilder call;
  test::Leg a{call, 10000, {.ssrc = 1}};
  test::Leg b{call, 10002, {.payload_type = 8, .ssrc = 2}};
  a.speak(0, test::babble(8000 * 3, 1));
  b.speak(0, test::babble(8000 * 3, 2));
  call.write(dir.path());
  const std::array<std::uint16_t, 2> ports = {10000, 10002};
  const auto rendered = render(dir.path(), test::document(ports, 3500), {});
  ASSERT_TRUE(rendered) << rendered.error().text;
  const auto info = output_of("sox --i " + (dir / "audio.wav").string());
  EXPECT_THAT(info, HasSubstr("Channels       : 2"));
  EXPECT_THAT(info, HasSubstr("Sample Rate    : 8000"));
  EXPECT_THAT(info, HasSubstr("16-bit Signed Integer PCM"));
  EXPECT_THAT(info, HasSubstr("00:00:03.50 = 28000 samples"));
}

}  // namespace
}  // namespace srs::recording
