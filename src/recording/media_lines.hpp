// The receiving side of one recording session: its m-lines, their ports and channels.
#pragma once

#include "recording/cnames.hpp"
#include "recording/negotiation.hpp"

#include <srs/log/logger.hpp>
#include <srs/recording/document.hpp>
#include <srs/rtp/engine.hpp>
#include <srs/rtp/metrics.hpp>
#include <srs/rtp/options.hpp>
#include <srs/rtp/port_pool.hpp>
#include <srs/rtp/stream.hpp>
#include <srs/sdp/answer.hpp>
#include <srs/sdp/session.hpp>
#include <srs/util/result.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace srs::recording {

// What every session's media needs; all of it outlives the sessions.
struct MediaRoom {
  boost::asio::any_io_executor executor;
  const rtp::Options& options;
  rtp::PortPool& ports;
  rtp::Engine& engine;
  rtp::Totals& totals;
};

// Keeps one receiver for each taken m-line, by the line's index (RFC 3264 §8). A channel belongs to
// a receiver for the whole recording; a closed one stays silent. A line that was closed and comes
// back (RFC 3264 §8.1) gets a new receiver and a new channel.
class MediaLines {
 public:
  // `max_streams`: taken at once.
  MediaLines(const MediaRoom& room, std::size_t max_streams, rtp::StreamSink& sink,
             log::Logger log);
  ~MediaLines();

  // What we do with each m-line of `offer`.
  std::vector<LinePlan> plan(const sdp::Session& offer) const;
  // Opens, keeps and closes streams as the plan of `offer` says, and brings document.streams up to
  // date. Returns our side of every m-line. Where ports run out, an error; what was open stays
  // open.
  Result<std::vector<sdp::AnswerMedia>> apply(const sdp::Session& offer,
                                              const std::vector<LinePlan>& plan,
                                              Document& document);
  // `lines` streams for an INVITE without offer.
  Result<void> open(std::size_t lines, Document& document);
  // The SRC has seen our answer to its last offer: types that it mapped anew mean that from now on.
  void confirm(WallTime acknowledged, Document& document);
  // Streams that we offered last and the SRC does not want, where nothing came to them.
  void forget_refused(Document& document);
  // Our side of every m-line as it is now: port 0 where none is open.
  std::vector<sdp::AnswerMedia> ours() const;

  // Takes what the kernel still holds; statistics stay.
  void close();
  // Puts what was received so far into document.streams.
  void report(Document& document) const;

  // By channel: whom the offers so far named as the sources.
  Cnames cnames() const;
  // Nothing is open, and what was has made a file of many channels.
  bool worn() const;
  bool all_on_hold() const;
  // Channels that are open and not on hold, and to which nothing came yet.
  std::vector<unsigned> silent() const;
  std::optional<WallTime> last_arrival() const;  // of media
  std::optional<WallTime> last_sign() const;     // of media, RTCP or a keep-alive
  std::uint64_t packets() const;
  std::uint64_t kernel_drops() const;
  std::uint64_t truncated() const;
  std::uint64_t late() const;  // for a live player, see rtp::SourceStats

 private:
  struct Receiver {
    std::unique_ptr<rtp::Stream> stream;
    unsigned channel = 0;  // index in document.streams
    bool hold = false;
    bool open = true;
    std::vector<std::string> cnames;
    std::size_t settled_payloads = 0;  // former ones of which it is known until when they held
  };
  using Line = std::optional<std::size_t>;  // index in receivers_; nothing: not taken now
  Result<void> open_line(Line& line, Document& document);
  void close_line(Line& line, Document& document);
  void update(Receiver& receiver, const sdp::Media& media, StreamEntry& entry, Document& document);

  const MediaRoom& room_;
  const std::size_t max_streams_;
  rtp::StreamSink& sink_;
  log::Logger log_;
  std::vector<Line> lines_;
  std::vector<Receiver> receivers_;
};

}  // namespace srs::recording
