// One recording session, from its INVITE to its closed capture.
#pragma once

#include "recording/admission.hpp"
#include "recording/archive.hpp"
#include "recording/event_queue.hpp"
#include "recording/live_audio.hpp"
#include "recording/media_lines.hpp"
#include "recording/metrics.hpp"
#include "recording/offer_answer.hpp"
#include "recording/session_metadata.hpp"
#include "recording/session_notes.hpp"
#include "recording/silence.hpp"

#include <srs/recording/capture.hpp>
#include <srs/recording/document.hpp>
#include <srs/recording/options.hpp>
#include <srs/sip/handler.hpp>
#include <srs/tracing/tracer.hpp>

#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace srs::recording {

// What all sessions share; it outlives them.
struct SessionRoom {
  const Options& options;
  MediaRoom media;
  CaptureWriter& captures;
  Archive& archive;
  Metrics& metrics;
  tracing::Tracer& tracer;
  // Our media address for an SRC at `source`.
  std::function<std::string(std::string_view source)> media_address;
  LiveListeners live;  // empty: nobody listens
};

// Answers the SRC's offers, keeps its streams in one capture and its metadata in one document.
// Shared by the table of sessions and by its own coroutine, run(). Runs on the io_context.
class Session final : public sip::DialogHandler {
 public:
  // `cause` is the span of the INVITE.
  Session(const SessionRoom& room, std::shared_ptr<sip::Dialog> dialog, const sip::Request& invite,
          const tracing::SpanContext& cause, log::Logger log);
  ~Session() override;

  // Opens the sockets and answers the INVITE with 200. A refusal where no port or no audio line is
  // left; then nothing was sent, and the session is over before it began.
  std::optional<Refused> begin(const std::shared_ptr<sip::Transaction>& invite, Carried carried);

  // The story after the answer: until the session ended and its capture is closed. The document
  // then says `rendering`, `complete` where no media came, `failed` where the disk took none of it.
  boost::asio::awaitable<void> run();

  // Looks at the timeouts; called about once a second.
  void check(WallTime now);
  // Ends the session from our side. False where it had ended by itself.
  bool stop(EndReason reason);

  const Document& document() const { return document_; }
  const std::filesystem::path& directory() const { return directory_; }
  const tracing::SpanContext& trace() const { return span_.context(); }
  bool had_media() const { return media_.packets() > 0; }

  void on_offer(std::shared_ptr<sip::Transaction> transaction) override;
  void on_ack(const sip::Request& ack) override;
  void on_end(sip::DialogEnd end, const sip::Request* request) override;

 private:
  struct Offer {
    std::shared_ptr<sip::Transaction> transaction;
  };
  struct Ack {
    sip::Request request;
  };
  struct End {
    EndReason reason = EndReason::Failed;
    bool send_bye = false;
    std::optional<sip::Request> request;
  };
  using Event = std::variant<std::monostate, Offer, Ack, End>;

  boost::asio::awaitable<End> record();
  boost::asio::awaitable<void> finish(End end);

  State state_after(const Capture::Summary& captured) const;
  void apply(const Offer& offer);
  void apply(const Ack& ack);
  std::variant<sip::Response, Refused> answer(const sip::Request& request, const Carried& carried);
  void take_metadata(const Carried& carried);
  void note_hold();
  void note_media();
  void follow_capture();
  void save();
  boost::asio::awaitable<Capture::Summary> close_capture();
  void trace_first_packet();
  void retire();

  const SessionRoom& room_;
  tracing::Span span_;
  std::shared_ptr<sip::Dialog> dialog_;
  Document document_;
  log::Logger log_;  // with all ids
  SessionNotes notes_;
  std::filesystem::path directory_;  // changes where it takes no files
  SessionMetadata metadata_;
  std::unique_ptr<Capture> capture_;
  std::unique_ptr<LiveAudio> live_;  // before the capture; null: nobody listens
  MediaLines media_;
  OfferAnswer offer_answer_;
  const bool forked_side_;     // Cisco's built-in bridge sends one side of the call
  bool ack_confirms_ = false;  // an offer of the SRC's was answered, and its ACK has not come
  EventQueue<Event> events_;
  Silence silence_;
  bool heard_ = false;  // metadata.json says that media came
  bool ended_ = false;  // an End stands in the queue
};

}  // namespace srs::recording
