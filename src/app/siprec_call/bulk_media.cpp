#include "app/siprec_call/ids.hpp"
#include "app/siprec_call/media.hpp"
#include "app/siprec_call/offer.hpp"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace srs::call {
namespace {

// Named by offers whose streams receive nothing, RTCP included (RFC 863).
constexpr std::uint16_t kDiscardPort = 9;

class BulkMedia : public Media {
 public:
  BulkMedia(boost::asio::any_io_executor executor, Codec codec, const std::vector<Voice>& voices,
            rtp::BulkSender& sender)
      : timer_(std::move(executor)),
        codec_(codec),
        voices_(voices),
        sender_(sender),
        legs_(voices.size()) {}
  ~BulkMedia() override { stop(); }

  std::vector<std::uint16_t> ports() const override {
    return std::vector<std::uint16_t>(voices_.size(), kDiscardPort);
  }

  void start(const std::vector<std::optional<Destination>>& destinations,
             std::function<void()> over) override {
    for (std::size_t i = 0; i < legs_.size(); ++i) {
      if (destinations[i]) add(legs_[i], voices_[i], destinations[i]->rtp);
    }
    // A stream begins within one frame of its adding; one more for the sender's own lateness.
    timer_.expires_after(kFrame * (voices_.front().frames() + 2));
    timer_.async_wait([over = std::move(over)](boost::system::error_code error) {
      if (!error) over();
    });
  }

  void stop() override {
    timer_.cancel();
    for (auto& leg : legs_) {
      if (!leg.id) continue;
      leg.sent.packets = sender_.remove(*leg.id);
      leg.sent.bytes = leg.sent.packets * kFrameSamples;
      leg.id.reset();
    }
  }

  std::vector<SentLeg> sent() const override {
    std::vector<SentLeg> sent;
    for (const auto& leg : legs_) sent.push_back(leg.sent);
    return sent;
  }

 private:
  struct Leg {
    std::optional<rtp::BulkSender::Id> id;
    SentLeg sent;
  };

  void add(Leg& leg, const Voice& voice, const rtp::Endpoint& destination) {
    leg.sent.ssrc = static_cast<std::uint32_t>(random_number());
    leg.id = sender_.add({.destination = destination,
                          .payload_type = payload_type(codec_),
                          .ssrc = leg.sent.ssrc,
                          .timestamp_step = kFrameSamples,
                          .payload = [voice](std::uint64_t index) { return voice.frame(index); }});
    leg.sent.local_port = sender_.port(*leg.id);
  }

  boost::asio::steady_timer timer_;
  Codec codec_;
  const std::vector<Voice>& voices_;
  rtp::BulkSender& sender_;
  std::vector<Leg> legs_;
};

class BulkFactory : public MediaFactory {
 public:
  BulkFactory(boost::asio::any_io_executor executor, Codec codec, const std::vector<Voice>& voices,
              rtp::BulkSender& sender)
      : executor_(std::move(executor)), codec_(codec), voices_(voices), sender_(sender) {}

  Result<std::unique_ptr<Media>> make() override {
    return std::unique_ptr<Media>(std::make_unique<BulkMedia>(executor_, codec_, voices_, sender_));
  }

 private:
  boost::asio::any_io_executor executor_;
  Codec codec_;
  const std::vector<Voice>& voices_;
  rtp::BulkSender& sender_;
};

class NoMedia : public Media {
 public:
  explicit NoMedia(std::size_t legs) : legs_(legs) {}
  std::vector<std::uint16_t> ports() const override {
    return std::vector<std::uint16_t>(legs_, kDiscardPort);
  }
  void start(const std::vector<std::optional<Destination>>&, std::function<void()> over) override {
    over();
  }
  void stop() override {}
  std::vector<SentLeg> sent() const override { return std::vector<SentLeg>(legs_); }

 private:
  std::size_t legs_;
};

class NoMediaFactory : public MediaFactory {
 public:
  explicit NoMediaFactory(std::size_t legs) : legs_(legs) {}
  Result<std::unique_ptr<Media>> make() override {
    return std::unique_ptr<Media>(std::make_unique<NoMedia>(legs_));
  }

 private:
  std::size_t legs_;
};

}  // namespace

std::unique_ptr<MediaFactory> bulk_media(boost::asio::any_io_executor executor, Codec codec,
                                         const std::vector<Voice>& voices,
                                         rtp::BulkSender& sender) {
  return std::make_unique<BulkFactory>(std::move(executor), codec, voices, sender);
}

std::unique_ptr<MediaFactory> no_media(std::size_t legs) {
  return std::make_unique<NoMediaFactory>(legs);
}

}  // namespace srs::call
