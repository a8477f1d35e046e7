// A capture writer on an io_context of its own.
#pragma once

#include "call_builder.hpp"
#include "recording/files/pcapng_reader.hpp"
#include "support/files.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <srs/metrics/registry.hpp>
#include <srs/recording/capture.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace srs::test {

class CaptureTest : public ::testing::Test {
 protected:
  void start(const recording::CaptureOptions& options = {}) {
    writer = recording::CaptureWriter::make(io.get_executor(), options, registry, {});
  }

  // Every payload names its number in its first four bytes.
  void send(recording::Capture& capture, std::uint32_t number, std::size_t size = 172,
            const std::string& from = "192.0.2.7") {
    std::vector<std::uint8_t> payload(size, static_cast<std::uint8_t>(number));
    if (size >= 4) write_u32(payload, 0, number);
    capture.on_datagram(10000, {payload, endpoint(from, 4000),
                                call_start() + std::chrono::milliseconds(20 * number), false});
  }

  recording::Capture::Summary close(recording::Capture& capture, bool sync = false) {
    auto summary = boost::asio::co_spawn(io, capture.close(sync), boost::asio::use_future);
    io.restart();
    while (summary.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      io.run_one_for(std::chrono::milliseconds(100));
    }
    return summary.get();
  }

  // Runs the io_context until the condition holds.
  template <class Condition>
  bool run_until(Condition condition) {
    return wait_until([&] {
      io.restart();
      io.run_for(std::chrono::milliseconds(1));
      return condition();
    });
  }

  // The numbers of the packets in the file; -1 at the end where it is damaged.
  std::vector<std::int64_t> numbers(const std::filesystem::path& path) const {
    const auto text = read_file(path);
    recording::PcapngReader reader(
        Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
    std::vector<std::int64_t> found;
    while (const auto record = reader.next()) {
      const bool named = record->udp.payload.size() >= 4;
      found.push_back(named ? std::int64_t{read_u32(record->udp.payload, 0)} : -2);
    }
    if (reader.damaged()) found.push_back(-1);
    return found;
  }

  double metric(const std::string& name) const {
    for (const auto& family : registry.collect()) {
      if (family.name != name || family.metric.empty()) continue;
      return family.type == prometheus::MetricType::Counter ? family.metric[0].counter.value
                                                            : family.metric[0].gauge.value;
    }
    return -1;
  }

  TempDir dir;
  boost::asio::io_context io{1};
  metrics::Registry registry;
  std::unique_ptr<recording::CaptureWriter> writer;
};

}  // namespace srs::test
