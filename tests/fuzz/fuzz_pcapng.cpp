// Whatever a capture holds, its reader gives datagrams that lie inside it, in order, and stops.
#include "recording/files/pcapng_reader.hpp"
#include "require.hpp"

#include <srs/rtp/packet.hpp>

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  srs::recording::PcapngReader reader({data, size});
  std::size_t last = 0;
  std::size_t datagrams = 0;
  while (const auto record = reader.next()) {
    const auto payload = record->udp.payload;
    FUZZ_REQUIRE(payload.data() >= data && payload.data() + payload.size() <= data + size);
    FUZZ_REQUIRE(reader.position() > last && reader.position() <= size);
    last = reader.position();
    ++datagrams;
    const auto packet = srs::rtp::parse_packet(payload);
    if (packet) FUZZ_REQUIRE(packet->payload.size() + 12 <= payload.size());
  }
  FUZZ_REQUIRE(datagrams * 60 <= size);
  FUZZ_REQUIRE(reader.damaged() == (reader.position() != size));
  return 0;
}
