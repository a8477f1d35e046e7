#include "recording/session.hpp"

#include "recording/attribution.hpp"
#include "recording/session_summary.hpp"
#include "recording/traced.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxWaitingEvents = 64;
constexpr unsigned kMaxMetadataDocuments = 999;  // rs-metadata files of one recording

EndReason reason_of(sip::DialogEnd end) {
  switch (end) {
    case sip::DialogEnd::Bye:
      return EndReason::Bye;
    case sip::DialogEnd::Cancelled:
      return EndReason::Cancelled;
    case sip::DialogEnd::Expired:
      return EndReason::Expired;
    case sip::DialogEnd::Failed:
      break;
  }
  return EndReason::Failed;
}

Document new_document(const sip::Request& invite, const tracing::SpanContext& trace) {
  Document document;
  document.recording_id = make_recording_id(invite.received);
  document.call_id = invite.call_id;
  document.started_at = invite.received;
  document.session = session_entry(invite);
  // Also where nothing is sampled, or tracing is off: those who come after us learn it from here.
  document.session.traceparent = tracing::traceparent(trace);
  return document;
}

std::unique_ptr<LiveAudio> tap(const LiveListeners& live, const std::filesystem::path& directory,
                               const Document& document, rtp::StreamSink& capture) {
  auto listener = live ? live(directory, document) : nullptr;
  if (!listener) return nullptr;
  return std::make_unique<LiveAudio>(capture, document.started_at, std::move(listener));
}

}  // namespace

Session::Session(const SessionRoom& room, std::shared_ptr<sip::Dialog> dialog,
                 const sip::Request& invite, const tracing::SpanContext& cause, log::Logger log)
    : room_(room),
      span_(room.tracer.start("recording.session", cause)),
      dialog_(std::move(dialog)),
      document_(new_document(invite, span_.context())),
      log_(traced(log.with("recording_id", document_.recording_id), span_.context())),
      notes_(document_, room.metrics, log_),
      directory_(room.archive.directory_of(document_.recording_id, document_.started_at)),
      capture_(room.captures.open(directory_ / kCaptureFile)),
      live_(tap(room.live, directory_, document_, *capture_)),
      media_(room.media, live_ ? static_cast<rtp::StreamSink&>(*live_) : *capture_, log_),
      offer_answer_({room.options.max_streams, room.media_address}, media_, document_,
                    std::to_string(invite.received.time_since_epoch().count() / 1000)),
      events_(room.media.executor, kMaxWaitingEvents),
      active_since_(invite.received) {
  span_.set("recording.id", document_.recording_id);
  span_.set("sip.call_id", document_.call_id);
}

Session::~Session() {
  if (dialog_) dialog_->set_handler(nullptr);
}

std::optional<Refused> Session::begin(const std::shared_ptr<sip::Transaction>& invite,
                                      Carried carried) {
  auto answered = answer(invite->request(), carried);
  if (auto* refused = std::get_if<Refused>(&answered)) {
    media_.close();
    return std::move(*refused);
  }
  dialog_->set_handler(this);
  // The sockets are open: media may come before the SRC has seen this.
  invite->respond(std::get<sip::Response>(answered));
  if (!carried.metadata) attribute_from_sip(document_, invite->request());
  take_metadata(carried);
  notes_.warn(Warning::Sdp, std::move(carried.warnings));
  notes_.note("answered");
  note_hold();
  save();
  log_.info("session_started", {{"streams", document_.streams.size()},
                                {"src", document_.session.src_address},
                                {"user_agent", document_.session.user_agent}});
  return std::nullopt;
}

boost::asio::awaitable<void> Session::run() {
  auto end = co_await record();
  co_await finish(std::move(end));
}

boost::asio::awaitable<Session::End> Session::record() {
  while (auto event = co_await events_.next()) {
    if (auto* end = std::get_if<End>(&*event)) co_return std::move(*end);
    if (auto* offer = std::get_if<Offer>(&*event)) apply(*offer);
    if (auto* ack = std::get_if<Ack>(&*event)) apply(*ack);
  }
  co_return End{EndReason::Failed, true, std::nullopt};
}

boost::asio::awaitable<void> Session::finish(End end) {
  dialog_->set_handler(nullptr);
  if (end.send_bye) dialog_->bye(to_string(end.reason));
  dialog_.reset();
  media_.close();  // the last packets are in the capture now
  if (live_) live_->end();
  if (end.request) {
    if (auto carried = read_body(*end.request); std::holds_alternative<Carried>(carried)) {
      take_metadata(std::get<Carried>(carried));
    }
  }
  document_.ended_at = wall_now();
  document_.end_reason = end.reason;
  media_.report(document_);
  if (!had_media()) notes_.warn(Warning::Media, "no RTP packet was received");
  if (const auto drops = media_.kernel_drops(); drops > 0) {
    notes_.warn(Warning::Media,
                std::to_string(drops) +
                    " datagrams were lost in front of this server: the kernel found the "
                    "receive buffers of its ports full (rtp.receive_buffer)");
  }
  notes_.note("ended", std::string(to_string(end.reason)));

  trace_first_packet();

  const auto captured = co_await close_capture();
  if (captured.dropped > 0) {
    notes_.warn(Warning::Capture, std::to_string(captured.dropped) +
                                      " datagrams were lost between socket and disk" +
                                      (captured.error.empty() ? "" : ": " + captured.error));
  }
  document_.state = state_after(captured);
  save();
  co_await room_.archive.settled();  // so that no older text replaces the renderer's
  log_summary(log_, document_, media_, captured);
  span_.set("recording.end_reason", to_string(document_.end_reason.value_or(EndReason::Failed)));
  span_.set("rtp.packets", media_.packets());
  if (document_.state == State::Failed) span_.fail("nothing was captured");
  span_.end();
}

boost::asio::awaitable<Capture::Summary> Session::close_capture() {
  auto put = room_.tracer.start("storage.put", span_);
  put.set("file.name", kCaptureFile);
  auto captured = co_await capture_->close(false);
  put.set("file.size", captured.bytes);
  if (!captured.error.empty()) put.fail(captured.error);
  co_return captured;
}

// From the answer until the SRC's media arrived.
void Session::trace_first_packet() {
  const auto first = first_packet_offset_ms(document_);
  if (!first) return;
  auto span =
      room_.tracer.start("rtp.first_packet", span_, tracing::Kind::Internal, document_.started_at);
  span.end(document_.started_at + std::chrono::milliseconds(std::max<std::int64_t>(*first, 0)));
}

State Session::state_after(const Capture::Summary& captured) const {
  if (captured.bytes > 0) return State::Rendering;
  // Without media there is nothing to render: a file of silence would look like a recording.
  return had_media() ? State::Failed : State::Complete;
}

void Session::apply(const Offer& offer) {
  const auto& request = offer.transaction->request();
  auto carried = read_body(request);
  if (auto* refused = std::get_if<Refused>(&carried)) {
    // The session goes on as it was (RFC 3261 §14.2): a bad offer costs no audio.
    notes_.warn(Warning::Sdp, request.method + " refused: " + refused->response.warning);
    return offer.transaction->respond(refused->response);
  }
  auto& content = std::get<Carried>(carried);
  auto answered = answer(request, content);
  if (auto* refused = std::get_if<Refused>(&answered)) {
    notes_.warn(Warning::Sdp, request.method + " refused: " + refused->response.warning);
    return offer.transaction->respond(refused->response);
  }
  offer.transaction->respond(std::get<sip::Response>(answered));
  notes_.note("offer", request.method);
  log_.info("session_updated", {{"method", request.method}, {"streams", document_.streams.size()}});
  note_hold();
  take_metadata(content);
  notes_.warn(Warning::Sdp, std::move(content.warnings));
  save();
}

void Session::apply(const Ack& ack) {
  if (!offer_answer_.waits_for_answer() || ack.request.body.empty()) return;
  auto carried = read_body(ack.request);
  auto* content = std::get_if<Carried>(&carried);
  if (content == nullptr || !content->offer) {
    offer_answer_.take_no_answer();
    return notes_.warn(Warning::Sdp, "the ACK carries no answer to our offer");
  }
  if (auto taken = offer_answer_.take_answer(*content->offer); !taken) {
    notes_.warn(Warning::Media, taken.error().text);
  }
  take_metadata(*content);
  save();
}

std::variant<sip::Response, Refused> Session::answer(const sip::Request& request,
                                                     const Carried& carried) {
  const auto known = document_.warnings.size();
  auto answered = offer_answer_.answer(request, carried);
  notes_.tell_since(Warning::Sdp, known);
  return answered;
}

void Session::take_metadata(const Carried& carried) {
  if (!carried.metadata) return;
  if (room_.options.keep_rs_metadata && metadata_documents_ < kMaxMetadataDocuments) {
    char name[32];
    std::snprintf(name, sizeof name, "rs-metadata-%03u.xml", ++metadata_documents_);
    document_.files.push_back({name, "application/rs-metadata+xml", carried.metadata->size(),
                               storage::sha256_of(*carried.metadata)});
    room_.archive.store(directory_, name, *carried.metadata);
  }
  auto parsing = room_.tracer.start("siprec.parse", span_);
  parsing.set("siprec.bytes", carried.metadata->size());
  auto parsed = siprec::parse_metadata(*carried.metadata, carried.metadata_charset);
  if (!parsed) parsing.fail(parsed.error().text);
  parsing.end();
  if (!parsed) return notes_.warn(Warning::Metadata, "metadata: " + parsed.error().text);
  notes_.warn(Warning::Metadata, parsed->warnings);
  metadata_ = siprec::merge(metadata_, *parsed);
  const auto known = document_.warnings.size();
  attribute(document_, metadata_);
  notes_.tell_since(Warning::Metadata, known);
  const std::string mode = parsed->mode == siprec::DataMode::Partial ? "partial" : "complete";
  notes_.note("metadata", mode);
  log_.info("session_metadata", {{"mode", mode},
                                 {"bytes", carried.metadata->size()},
                                 {"participants", document_.participants.size()}});
}

void Session::note_hold() {
  const bool hold = media_.all_on_hold();
  if (hold == hold_) return;
  hold_ = hold;
  active_since_ = wall_now();
  notes_.note(hold ? "hold" : "resume");
  log_.info(hold ? "session_hold" : "session_resume");
}

void Session::check(WallTime now) {
  const auto& options = room_.options;
  const auto waited = [now](WallTime since, std::chrono::seconds limit) {
    return limit.count() > 0 && now - since > limit;
  };
  if (waited(document_.started_at, options.max_duration)) return stop(EndReason::MaxDuration);
  const auto last = media_.last_arrival();
  if (hold_) {
    const auto since = std::max(active_since_, last.value_or(active_since_));
    if (waited(since, options.hold_timeout)) stop(EndReason::Inactivity);
  } else if (!last) {
    if (waited(active_since_, options.no_media_timeout)) stop(EndReason::NoMedia);
  } else if (waited(std::max(*last, active_since_), options.inactivity_timeout)) {
    stop(EndReason::Inactivity);
  }
}

void Session::stop(EndReason reason) {
  if (ended_) return;
  ended_ = events_.push(End{reason, true, std::nullopt});
}

void Session::on_offer(std::shared_ptr<sip::Transaction> transaction) {
  events_.push(Offer{std::move(transaction)});  // dropped where full: the stack answers 500
}

void Session::on_ack(const sip::Request& ack) {
  if (!offer_answer_.waits_for_answer()) return;
  events_.push(Ack{ack});
}

void Session::on_end(sip::DialogEnd end, const sip::Request* request) {
  if (ended_) return;
  ended_ = true;
  const auto copy = request != nullptr ? std::optional(*request) : std::nullopt;
  // The queue may be full of offers that nobody waits for any more: the end may not be lost.
  if (!events_.push(End{reason_of(end), false, copy})) events_.close();
}

void Session::save() {
  if (live_) live_->update(document_);
  room_.archive.store(directory_, document_);
}

}  // namespace srs::recording
