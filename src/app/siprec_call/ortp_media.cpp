#include "app/siprec_call/media.hpp"
#include "app/siprec_call/offer.hpp"

#include <srs/rtp/sender.hpp>

#include <utility>

namespace srs::call {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kKeyLength{100};
constexpr std::chrono::milliseconds kKeyGap{80};

// Hands a voice to a sender frame by frame and sees how punctually it is asked.
class Track {
 public:
  Track(Voice voice, Lateness& lateness) : voice_(std::move(voice)), lateness_(lateness) {}

  Bytes next() {
    const auto now = Clock::now();
    if (!due_) due_ = now;
    lateness_.add(now - *due_);
    *due_ += kFrame;
    return voice_.frame(index_++);
  }
  void paused() { due_.reset(); }

 private:
  Voice voice_;
  Lateness& lateness_;
  std::uint64_t index_ = 0;
  std::optional<Clock::time_point> due_;
};

class OrtpMedia : public Media {
 public:
  OrtpMedia(std::vector<std::unique_ptr<rtp::Sender>> senders, const std::vector<Voice>& voices,
            Lateness& lateness)
      : senders_(std::move(senders)) {
    for (const auto& voice : voices) tracks_.emplace_back(voice, lateness);
  }

  std::vector<std::uint16_t> ports() const override {
    std::vector<std::uint16_t> ports;
    for (const auto& sender : senders_) ports.push_back(sender->port());
    return ports;
  }

  void start(const std::vector<std::optional<Destination>>& destinations,
             std::function<void()> over) override {
    over_ = std::move(over);
    for (std::size_t i = 0; i < senders_.size(); ++i) {
      if (!destinations[i]) continue;
      ++running_;
      senders_[i]->start(
          destinations[i]->rtp, destinations[i]->rtcp, [this, i] { return tracks_[i].next(); },
          [this] { leg_over(); });
    }
  }

  void pause() override {
    for (const auto& sender : senders_) sender->pause();
    for (auto& track : tracks_) track.paused();
  }
  void resume() override {
    for (const auto& sender : senders_) sender->resume();
  }
  void press(const std::string& digits) override {
    senders_.front()->press(digits, kKeyLength, kKeyGap);
  }
  void stop() override {
    for (const auto& sender : senders_) sender->stop();
  }

  std::vector<SentLeg> sent() const override {
    std::vector<SentLeg> legs;
    for (const auto& sender : senders_) {
      legs.push_back(
          {sender->port(), sender->ssrc(), sender->packets(), sender->bytes(), sender->reports()});
    }
    return legs;
  }

 private:
  void leg_over() {
    if (--running_ == 0) over_();
  }

  std::vector<Track> tracks_;
  std::vector<std::unique_ptr<rtp::Sender>> senders_;
  std::function<void()> over_;
  std::size_t running_ = 0;
};

class OrtpFactory : public MediaFactory {
 public:
  OrtpFactory(boost::asio::any_io_executor executor, std::string local_address, Codec codec,
              const std::vector<Voice>& voices, Lateness& lateness)
      : executor_(std::move(executor)), voices_(voices), lateness_(lateness) {
    options_.local_address = std::move(local_address);
    options_.payload_type = payload_type(codec);
    options_.event_payload_type = kEventPayloadType;
    options_.cname = "siprec-call@" + options_.local_address;
  }

  Result<std::unique_ptr<Media>> make() override {
    std::vector<std::unique_ptr<rtp::Sender>> senders;
    for (std::size_t i = 0; i < voices_.size(); ++i) {
      auto sender = rtp::Sender::open(executor_, options_);
      if (!sender) return sender.error();
      senders.push_back(std::move(*sender));
    }
    return std::unique_ptr<Media>(
        std::make_unique<OrtpMedia>(std::move(senders), voices_, lateness_));
  }

 private:
  boost::asio::any_io_executor executor_;
  rtp::SenderOptions options_;
  const std::vector<Voice>& voices_;
  Lateness& lateness_;
};

}  // namespace

std::unique_ptr<MediaFactory> ortp_media(boost::asio::any_io_executor executor,
                                         std::string local_address, Codec codec,
                                         const std::vector<Voice>& voices, Lateness& lateness) {
  return std::make_unique<OrtpFactory>(std::move(executor), std::move(local_address), codec, voices,
                                       lateness);
}

}  // namespace srs::call
