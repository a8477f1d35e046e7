// Real SRCs' media (OpenSIPS with rtpengine, OpenSIPS with rtpproxy) through a stream, judged by
// what `tshark -z rtp,streams` says of the same files.
#include "read_everything.hpp"
#include "support/pcap.hpp"
#include "support/shared_data.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace srs::rtp {
namespace {

struct Expected {
  const char* call;
  std::uint16_t port;
  std::uint32_t ssrc;
  std::uint64_t packets;
  double min_jitter_ms, max_jitter_ms;
  std::uint64_t source_changes;
};

// A file's datagrams to one port, and to the one beside it, through a stream.
void replay(const std::filesystem::path& file, std::uint16_t port, test::StreamOfBytes& stream) {
  for (const auto& packet : srs::test::read_pcap(file)) {
    const auto to = packet.destination.port;
    if (packet.tcp || (to != port && to != port + 1)) continue;
    const in_addr host{htonl(packet.source.host)};
    const auto source = Endpoint::from(::inet_ntoa(host), packet.source.port);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(packet.payload.data());
    stream.take({{bytes, packet.payload.size()}, *source, WallTime{packet.time}, to != port});
  }
}

class CapturedMedia : public testing::TestWithParam<Expected> {};

TEST_P(CapturedMedia, HasTheFiguresThatTsharkComputes) {
  const Expected& expected = GetParam();
  SRS_REQUIRE_SHARED(file, std::string("captures/") + expected.call + "/siprec.pcap");
  test::StreamOfBytes stream;
  replay(file, expected.port, stream);
  const auto& stats = stream.stats();
  EXPECT_EQ(stats.packets, expected.packets);
  EXPECT_EQ(stats.lost(), 0u);
  EXPECT_EQ(stats.duplicates(), 0u);
  EXPECT_EQ(stats.invalid, 0u);
  EXPECT_EQ(stats.source_changes, expected.source_changes);
  ASSERT_EQ(stats.sources.size(), 1u);
  EXPECT_EQ(stats.sources[0].ssrc, expected.ssrc);
  EXPECT_GE(stats.jitter_ms(), expected.min_jitter_ms);
  EXPECT_LE(stats.jitter_ms(), expected.max_jitter_ms);
}

// The last one moves to another source port after its hold.
INSTANTIATE_TEST_SUITE_P(
    RealCalls, CapturedMedia,
    testing::Values(Expected{"os-call1-udp-pcmu", 42000, 0x2FAB7330, 864, 0.207, 7.743, 0},
                    Expected{"os-call1-udp-pcmu", 42002, 0x09103E5B, 864, 0.211, 8.023, 0},
                    Expected{"os-call2-hold-dtmf", 42002, 0x0450379B, 627, 0.081, 3.317, 0},
                    Expected{"os-call2-hold-dtmf", 42000, 0xA69C2E7B, 639, 0.341, 3.032, 0},
                    Expected{"os-call3-tcp-pcma-group", 42000, 0xAE8E954C, 861, 0.044, 2.275, 0},
                    Expected{"os-call3-tcp-pcma-group", 42002, 0xFAD719D9, 861, 0.042, 1.888, 0},
                    Expected{"osrp-call1", 42000, 0x186B73CD, 726, 0.150, 4.344, 0},
                    Expected{"osrp-call1", 42002, 0x55DA292F, 712, 0.050, 4.050, 1}),
    [](const auto& test) {
      std::string name = test.param.call + std::string("_") + std::to_string(test.param.port);
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace srs::rtp
