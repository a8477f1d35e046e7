// Deterministic mutations of real packets through every reader: no bytes may hurt. The same entry
// point is fuzzed by tests/fuzz/fuzz_rtp.cpp.
#include "read_everything.hpp"
#include "support.hpp"

#include <srs/rtp/rtcp.hpp>

#include <random>

namespace srs::rtp {
namespace {

using test::Octets;

std::vector<Octets> seeds() {
  auto extended = test::rtp({.payload = 0});
  extended[0] |= 0x30 | 3;
  extended.insert(extended.end(), 12, 7);
  extended.insert(extended.end(), {0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 5, 6, 7, 2});
  const std::vector<ReportBlock> blocks(3);
  Octets sr = {0x81, 200, 0, 12, 0, 0, 0, 7};
  sr.resize(52, 0x55);
  const auto report = write_report(1, blocks, "name@host", true);
  sr.insert(sr.end(), report.begin(), report.end());
  return {test::rtp({.sequence = 0xFFFF}), extended, report, sr};
}

// One of: bits flipped, a field set to an edge, cut, grown, two packets joined.
Octets mutate(Octets bytes, std::minstd_rand& random) {
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  for (auto changes = 1 + any(8); changes > 0; --changes) {
    if (bytes.empty()) bytes.push_back(0x80);
    constexpr std::uint8_t edges[] = {0, 1, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 200, 202, 203, 0xFF};
    switch (any(5)) {
      case 0:
        bytes[any(bytes.size())] ^= static_cast<std::uint8_t>(1 << any(8));
        break;
      case 1:
        bytes[any(bytes.size())] = edges[any(std::size(edges))];
        break;
      case 2:
        bytes.resize(any(bytes.size() + 1));
        break;
      case 3:
        bytes.resize(bytes.size() + any(40), static_cast<std::uint8_t>(random()));
        break;
      default:
        bytes.insert(bytes.end(), bytes.begin(),
                     bytes.begin() + static_cast<std::ptrdiff_t>(any(bytes.size())));
    }
    if (bytes.size() > 4096) bytes.resize(4096);
  }
  return bytes;
}

TEST(AnyBytes, AreHarmlessToEveryReader) {
  std::minstd_rand random(20261122);
  std::size_t rtp = 0, rtcp = 0;
  for (const auto& seed : seeds()) {
    for (int i = 0; i < 20000; ++i) {
      const auto bytes = mutate(seed, random);
      const auto read = test::read_everything(bytes);
      rtp += read.rtp;
      rtcp += read.rtcp;
    }
  }
  EXPECT_GT(rtp, 1000u) << "the mutations must not all be refused at the first octet";
  EXPECT_GT(rtcp, 1000u);
}

TEST(AnyBytes, LeaveAStreamsFiguresSane) {
  std::minstd_rand random(7);
  test::StreamOfBytes stream;
  const auto all = seeds();
  for (int i = 0; i < 20000; ++i) stream.take(mutate(all[i % all.size()], random), i % 3 == 0);
  EXPECT_LE(stream.stats().sources.size(), 16u);
  for (const auto& source : stream.stats().sources) {
    EXPECT_LE(source.packets, source.expected);
    EXPECT_LE(source.cname.size(), 3u * 255);
  }
}

}  // namespace
}  // namespace srs::rtp
