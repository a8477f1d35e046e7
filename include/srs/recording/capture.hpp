// The evidence: every datagram of a call, appended to a pcapng file while the call runs.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/rtp/stream.hpp>
#include <srs/util/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace srs::recording {

struct CaptureOptions {
  std::size_t block_size = 16 << 10;              // bytes gathered before a write
  std::chrono::milliseconds flush_interval{500};  // a packet waits at most twice this long, < 1 s
  std::size_t max_pending = 256 << 20;  // bytes waiting for a slow disk, all calls together
};

// One recording's capture file: pcapng (raw IP + UDP + payload, nanosecond time stamps), created
// at the first datagram. Appending copies the bytes and costs no system call; full blocks go to
// the writer's thread. Where the disk is too slow or full, datagrams are dropped and counted, the
// file stays well-formed. Runs on the io_context; its CaptureWriter outlives it.
class Capture : public rtp::StreamSink {
 public:
  // What became of the file.
  struct Summary {
    std::uint64_t packets = 0;  // written
    std::uint64_t bytes = 0;    // the file's length; 0: nothing came, there is no file
    std::uint64_t dropped = 0;  // packets lost between socket and file
    std::string error;          // of the last failed write, empty: none
  };

  // Writes what is left and waits until it is in the file (and on the disk where `sync`).
  // Afterwards datagrams are ignored.
  virtual boost::asio::awaitable<Summary> close(bool sync) = 0;
  virtual Summary summary() const = 0;
  // The directory that took the file where its own did not (directories.hpp); empty: its own did,
  // or there is no file yet.
  virtual std::filesystem::path moved_to() const = 0;
};

// The thread that writes for all captures, and its bounded queue of blocks. Metrics:
// capture_packets_total, capture_bytes_total, capture_packets_dropped_total, capture_write_seconds,
// capture_pending_bytes, capture_write_errors_total.
class CaptureWriter {
 public:
  static std::unique_ptr<CaptureWriter> make(boost::asio::any_io_executor executor,
                                             const CaptureOptions& options,
                                             metrics::Registry& registry, log::Logger log);
  virtual ~CaptureWriter() = default;  // writes out all that waits

  virtual std::unique_ptr<Capture> open(std::filesystem::path path) = 0;
  virtual std::size_t pending_bytes() const = 0;
  // For how long the disk has finished nothing that waits for it; zero where nothing waits.
  virtual std::chrono::nanoseconds stalled() const = 0;
  // Datagrams, so far, that were dropped because max_pending bytes waited.
  virtual std::uint64_t crowded_out() const = 0;
  // How often the disk refused a write, so far.
  virtual std::uint64_t refusals() const = 0;
  virtual std::string refusal() const = 0;  // the last one; empty: none
};

}  // namespace srs::recording
