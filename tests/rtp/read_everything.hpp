// One entry point for any bytes: what the mutation test and the fuzzer both call.
#pragma once

#include <srs/rtp/engine.hpp>
#include <srs/rtp/metrics.hpp>
#include <srs/rtp/rtcp.hpp>
#include <srs/rtp/stream.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>
#include <numeric>

namespace srs::rtp::test {

struct Read {
  bool rtp = false;
  bool rtcp = false;
  std::uint64_t sum = 0;  // over all that was read, so that nothing is optimised away
};

inline Read read_everything(Bytes bytes) {
  Read read;
  if (const auto packet = parse_packet(bytes)) {
    read.rtp = true;
    read.sum = std::accumulate(packet->payload.begin(), packet->payload.end(), read.sum);
  }
  if (const auto rtcp = parse_rtcp(bytes)) {
    read.rtcp = true;
    for (const auto& each : rtcp->descriptions) read.sum += each.cname.size();
    for (const auto& each : rtcp->report_blocks) read.sum += each.jitter;
    for (const auto each : rtcp->goodbyes) read.sum += each;
  }
  read.sum += looks_like_rtcp(bytes) ? 1 : 0;
  read.sum += is_keep_alive(bytes) ? 1 : 0;
  return read;
}

// A stream without sockets that is given bytes as datagrams.
class StreamOfBytes {
 public:
  StreamOfBytes()
      : stream_(context_.get_executor(), options_, engine_, std::make_unique<NoPair>(), sink_,
                totals_, log::Logger{}) {
    stream_.set_profile({.payloads = {{0, 8000}, {8, 8000}, {96, 48000}, {101, 8000}}});
  }
  void take(Bytes bytes, bool rtcp_port) {
    arrival_ += std::chrono::milliseconds(5);
    take({bytes, *Endpoint::from("192.0.2.1", 4000), arrival_, rtcp_port});
  }
  void take(const Datagram& datagram) { stream_.on_datagrams({&datagram, 1}); }
  const StreamStats& stats() const { return stream_.stats(); }

 private:
  struct NoPair final : PortPair {
    std::uint16_t port() const override { return 10000; }
    int rtp_socket() const override { return -1; }
    int rtcp_socket() const override { return -1; }
  };
  struct NoEngine final : Engine {
    std::string_view name() const override { return "none"; }
    void add(PortPair&, PacketSink&) override {}
    void remove(PortPair&) override {}
    void drain(PortPair&) override {}
    std::size_t pairs() const override { return 0; }
  };
  struct NoSink final : StreamSink {
    void on_datagram(std::uint16_t, const Datagram&) override {}
  };
  boost::asio::io_context context_;
  Options options_;
  NoEngine engine_;
  NoSink sink_;
  Totals totals_;
  WallTime arrival_{std::chrono::seconds(1795348965)};
  Stream stream_;
};

}  // namespace srs::rtp::test
