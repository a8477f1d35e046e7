// The one place of the sending side that knows oRTP.
#include "key_presses.hpp"
#include "socket.hpp"

#include <srs/rtp/sender.hpp>

#include <boost/asio/steady_timer.hpp>
#include <ortp/ortp.h>
#include <ortp/telephonyevents.h>

#include <utility>

namespace srs::rtp {
namespace {

using Clock = std::chrono::steady_clock;

struct SessionDeleter {
  void operator()(RtpSession* session) const { rtp_session_destroy(session); }
};
struct ProfileDeleter {
  void operator()(RtpProfile* profile) const { rtp_profile_destroy(profile); }
};
struct QueueDeleter {
  void operator()(OrtpEvQueue* queue) const { ortp_ev_queue_destroy(queue); }
};

// oRTP counts its users itself.
struct Library {
  Library() {
    ortp_init();
    // It would log every late packet to stderr.
    ortp_set_log_level_mask(nullptr, ORTP_FATAL);
  }
  ~Library() { ortp_exit(); }
};

std::string host_of(const Endpoint& endpoint) {
  const auto text = endpoint.to_string();
  const auto host = text.substr(0, text.rfind(':'));
  return endpoint.is_v6() ? host.substr(1, host.size() - 2) : host;
}

// A payload type that oRTP frees with its profile.
PayloadType* payload_type(const char* name, std::uint32_t clock_rate) {
  auto* type = payload_type_new();
  type->type = PAYLOAD_AUDIO_PACKETIZED;
  type->clock_rate = static_cast<int>(clock_rate);
  type->mime_type = ortp_strdup(name);
  type->channels = 1;
  return type;
}

class OrtpSender final : public Sender {
 public:
  OrtpSender(boost::asio::any_io_executor executor, const SenderOptions& options);
  ~OrtpSender() override;

  bool bind();

  std::uint16_t port() const override { return port_; }
  std::uint32_t ssrc() const override { return rtp_session_get_send_ssrc(session_.get()); }
  void start(const Endpoint& rtp, const Endpoint& rtcp, Source source,
             std::function<void()> done) override;
  void pause() override;
  void resume() override;
  void press(std::string_view digits, std::chrono::milliseconds duration,
             std::chrono::milliseconds gap) override;
  void stop() override;
  std::uint64_t packets() const override { return packets_; }
  std::uint64_t bytes() const override { return bytes_; }
  std::uint64_t reports() const override;

 private:
  void configure();
  bool bind(std::uint16_t port);
  void wait();
  void tick();
  void frame();
  void send_audio(Bytes payload);
  void send_event(const KeyPresses::Event& event);
  void send(mblk_t* packet, std::uint32_t timestamp);
  void read_reports() const;
  std::uint32_t units(std::chrono::milliseconds time) const {
    return static_cast<std::uint32_t>(time.count() * options_.clock_rate / 1000);
  }
  std::uint32_t timestamp() const {
    return static_cast<std::uint32_t>(slot_) * units(options_.frame);
  }

  const Library library_;
  const SenderOptions options_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<RtpProfile, ProfileDeleter> profile_;
  std::unique_ptr<OrtpEvQueue, QueueDeleter> events_;
  std::unique_ptr<RtpSession, SessionDeleter> session_;
  std::uint16_t port_ = 0;
  Source source_;
  std::function<void()> done_;
  KeyPresses keys_;
  std::uint32_t event_timestamp_ = 0;
  Clock::time_point begin_{};
  std::int64_t slot_ = 0;  // frames since begin_, sent or not
  bool running_ = false;
  bool paused_ = false;
  bool marker_ = true;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  mutable std::uint64_t reports_ = 0;
  // A handler that was queued before the sender went finds this gone.
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

OrtpSender::OrtpSender(boost::asio::any_io_executor executor, const SenderOptions& options)
    : options_(options),
      timer_(std::move(executor)),
      profile_(rtp_profile_new("siprec-call")),
      events_(ortp_ev_queue_new()),
      session_(rtp_session_new(RTP_SESSION_SENDRECV)) {
  configure();
}

OrtpSender::~OrtpSender() {
  stop();
  rtp_session_unregister_event_queue(session_.get(), events_.get());
}

void OrtpSender::configure() {
  auto* session = session_.get();
  rtp_profile_set_payload(profile_.get(), options_.payload_type,
                          payload_type("audio", options_.clock_rate));
  rtp_profile_set_payload(profile_.get(), options_.event_payload_type,
                          payload_type("telephone-event", options_.clock_rate));
  rtp_session_set_profile(session, profile_.get());
  rtp_session_set_scheduling_mode(session, 0);
  rtp_session_set_blocking_mode(session, 0);
  // Otherwise two callers could share a port without noticing.
  rtp_session_set_reuseaddr(session, 0);
  rtp_session_set_payload_type(session, options_.payload_type);
  rtp_session_set_send_telephone_event_payload_type(session, options_.event_payload_type);
  if (options_.ssrc) rtp_session_set_ssrc(session, *options_.ssrc);
  // oRTP crashes at its first report without a description.
  rtp_session_set_source_description(session, options_.cname.c_str(), nullptr, nullptr, nullptr,
                                     nullptr, nullptr, nullptr);
  rtp_session_set_rtcp_report_interval(session, static_cast<int>(options_.report_interval.count()));
  // It computes when to report from a bandwidth, and never reports without one.
  rtp_session_set_target_upload_bandwidth(session, 1'000'000);
  rtp_session_enable_rtcp(session, options_.report_interval.count() > 0);
  rtp_session_register_event_queue(session, events_.get());
}

bool OrtpSender::bind(std::uint16_t port) {
  if (rtp_session_set_local_addr(session_.get(), options_.local_address.c_str(), port, port + 1) !=
      0)
    return false;
  port_ = port;
  return true;
}

bool OrtpSender::bind() {
  if (options_.local_port != 0) return bind(options_.local_port);
  for (int tries = 0; tries < 100; ++tries) {
    // The kernel knows a free port; the even one beside it is mostly free too.
    const auto probe = bind_udp(options_.local_address, 0);
    if (probe.error != 0) return false;
    const auto port = local_port(probe.socket.get());
    const auto even = static_cast<std::uint16_t>((port + 1) & ~1);
    if (even != 0 && even != port && bind(even)) return true;
  }
  return false;
}

void OrtpSender::start(const Endpoint& rtp, const Endpoint& rtcp, Source source,
                       std::function<void()> done) {
  rtp_session_set_remote_addr_full(session_.get(), host_of(rtp).c_str(), rtp.port(),
                                   host_of(rtcp).c_str(), rtcp.port());
  source_ = std::move(source);
  done_ = std::move(done);
  begin_ = Clock::now();
  slot_ = 0;
  running_ = true;
  wait();
}

void OrtpSender::pause() {
  paused_ = true;
  timer_.cancel();
}

// The timestamp goes on with the clock, so it jumps by the gap (RFC 3550 §5.1).
void OrtpSender::resume() {
  if (!paused_) return;
  paused_ = false;
  marker_ = true;
  slot_ = std::max(slot_, (Clock::now() - begin_) / options_.frame + 1);
  if (running_) wait();
}

void OrtpSender::press(std::string_view digits, std::chrono::milliseconds duration,
                       std::chrono::milliseconds gap) {
  keys_.press(digits, units(duration), units(gap));
}

void OrtpSender::stop() {
  if (!running_) return;
  running_ = false;
  timer_.cancel();
  done_ = nullptr;
  read_reports();
  if (options_.report_interval.count() > 0) rtp_session_bye(session_.get(), nullptr);
}

void OrtpSender::wait() {
  timer_.expires_at(begin_ + slot_ * options_.frame);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code error) {
    if (error || alive.expired() || !running_ || paused_) return;
    tick();
  });
}

// Frames whose time passed while the io_context was busy are sent at once: on the average the rate
// is exact.
void OrtpSender::tick() {
  const auto now = Clock::now();
  while (running_ && !paused_ && begin_ + slot_ * options_.frame <= now) {
    frame();
    ++slot_;
  }
  if (running_ && !paused_) wait();
}

void OrtpSender::frame() {
  const auto payload = source_();
  if (payload.empty()) {
    timer_.cancel();
    paused_ = true;
    if (auto done = std::exchange(done_, nullptr)) done();
    return;
  }
  if (const auto event = keys_.step(units(options_.frame)))
    send_event(*event);
  else
    send_audio(payload);
  if (slot_ % 25 == 0) read_reports();
}

void OrtpSender::send_audio(Bytes payload) {
  auto* packet = rtp_session_create_packet(session_.get(), RTP_FIXED_HEADER_SIZE, payload.data(),
                                           payload.size());
  rtp_set_markbit(packet, marker_ ? 1 : 0);
  marker_ = false;
  bytes_ += payload.size();
  send(packet, timestamp());
}

void OrtpSender::send_event(const KeyPresses::Event& event) {
  constexpr int volume = 10;  // -10 dBm0
  if (event.first) event_timestamp_ = timestamp();
  for (int copies = event.end ? 3 : 1; copies > 0; --copies) {
    auto* packet = rtp_session_create_telephone_event_packet(session_.get(), event.first ? 1 : 0);
    rtp_session_add_telephone_event(session_.get(), packet, event.code, event.end ? 1 : 0, volume,
                                    event.duration);
    bytes_ += sizeof(telephone_event_t);
    send(packet, event_timestamp_);
  }
}

void OrtpSender::send(mblk_t* packet, std::uint32_t timestamp) {
  if (rtp_session_sendm_with_ts(session_.get(), packet, timestamp) > 0) ++packets_;
}

std::uint64_t OrtpSender::reports() const {
  read_reports();
  return reports_;
}

// oRTP reads its sockets when it is asked for media.
void OrtpSender::read_reports() const {
  if (auto* media = rtp_session_recvm_with_ts(session_.get(), timestamp())) freemsg(media);
  while (auto* event = ortp_ev_queue_get(events_.get())) {
    if (ortp_event_get_type(event) == ORTP_EVENT_RTCP_PACKET_RECEIVED) {
      auto* packet = ortp_event_get_data(event)->packet;
      do {
        if (rtcp_is_RR(packet) != 0) ++reports_;
      } while (rtcp_next_packet(packet) != 0);
    }
    ortp_event_destroy(event);
  }
}

}  // namespace

Result<std::unique_ptr<Sender>> Sender::open(boost::asio::any_io_executor executor,
                                             const SenderOptions& options) {
  auto sender = std::make_unique<OrtpSender>(std::move(executor), options);
  if (!sender->bind()) {
    const auto port =
        options.local_port == 0 ? "any port" : "port " + std::to_string(options.local_port);
    return Error{"no pair of UDP ports to send media from: " + options.local_address + ", " + port};
  }
  return std::unique_ptr<Sender>(std::move(sender));
}

}  // namespace srs::rtp
