// The media of one call: a stream for each leg.
#pragma once

#include "app/siprec_call/answer.hpp"
#include "app/siprec_call/audio.hpp"
#include "app/siprec_call/lateness.hpp"
#include "app/siprec_call/options.hpp"

#include <srs/rtp/bulk_sender.hpp>
#include <srs/util/result.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace srs::call {

// What was sent on one leg.
struct SentLeg {
  std::uint16_t local_port = 0;
  std::uint32_t ssrc = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;    // of RTP payloads
  std::uint64_t reports = 0;  // receiver reports that came back
};

// Runs on the io_context's thread. The destructor ends sending.
class Media {
 public:
  virtual ~Media() = default;
  // One for each leg, for the offer; the discard port where no RTCP is received.
  virtual std::vector<std::uint16_t> ports() const = 0;
  // Sends each leg to its destination; one without a destination is not sent. `over` is called
  // once when all audio is sent, and not after stop().
  virtual void start(const std::vector<std::optional<Destination>>& destinations,
                     std::function<void()> over) = 0;
  virtual void pause() {}
  virtual void resume() {}
  virtual void press(const std::string& digits) { static_cast<void>(digits); }
  virtual void stop() = 0;
  virtual std::vector<SentLeg> sent() const = 0;
};

// Makes the media of each call. What it was given outlives what it makes.
class MediaFactory {
 public:
  virtual ~MediaFactory() = default;
  virtual Result<std::unique_ptr<Media>> make() = 0;
};

// Real time, one oRTP session for each leg.
std::unique_ptr<MediaFactory> ortp_media(boost::asio::any_io_executor executor,
                                         std::string local_address, Codec codec,
                                         const std::vector<Voice>& voices, Lateness& lateness);
// Through one sendmmsg thread shared by all calls.
std::unique_ptr<MediaFactory> bulk_media(boost::asio::any_io_executor executor, Codec codec,
                                         const std::vector<Voice>& voices, rtp::BulkSender& sender);
// Offers as many streams and sends nothing.
std::unique_ptr<MediaFactory> no_media(std::size_t legs);

}  // namespace srs::call
