#include "recording/session.hpp"

#include "recording/attribution.hpp"
#include "recording/media_warnings.hpp"
#include "recording/parting.hpp"
#include "recording/session_summary.hpp"
#include "recording/traced.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxWaitingEvents = 64;
constexpr std::chrono::seconds kOfferAgainAfter{1};

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
  document.session.tracestate = trace.trace_state;
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
      metadata_(document_, notes_, room.options.keep_rs_metadata ? &room.archive : nullptr,
                directory_, log_),
      capture_(room.captures.open(directory_ / kCaptureFile)),
      live_(tap(room.live, directory_, document_, *capture_)),
      media_(room.media, room.options.max_streams,
             live_ ? static_cast<rtp::StreamSink&>(*live_) : *capture_, log_),
      offer_answer_(room.media_address, media_, document_,
                    std::to_string(invite.received.time_since_epoch().count() / 1000)),
      forked_side_(is_forked_side(invite)),
      events_(room.media.executor, kMaxWaitingEvents),
      silence_(invite.received) {
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
  if (end.send_bye) dialog_->bye(parting_words(end.reason, silence_.hold(), room_.options));
  dialog_.reset();
  const auto silent = media_.silent();
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
  metadata_.end(media_.cnames());
  warn_of_media(media_, document_, silent, notes_, room_.metrics);
  notes_.note("ended", std::string(to_string(end.reason)));

  trace_first_packet();

  const auto captured = co_await close_capture();
  follow_capture();
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
  const auto begun = wall_now();
  auto captured = co_await capture_->close(false);
  if (captured.bytes == 0 && captured.error.empty()) co_return captured;  // there is no file
  auto put = room_.tracer.start("storage.put", span_, tracing::Kind::Internal, begun);
  put.set("file.name", kCaptureFile);
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
  // An INVITE's ACK tells when the SRC has seen our answer; nothing tells of an UPDATE's.
  ack_confirms_ = request.method == "INVITE" && content.offer;
  note_hold();
  take_metadata(content);
  notes_.warn(Warning::Sdp, std::move(content.warnings));
  save();
  if (request.method != "INVITE") retire();
}

void Session::apply(const Ack& ack) {
  if (!offer_answer_.waits_for_answer() || ack.request.body.empty()) return;
  auto carried = read_body(ack.request);
  auto* content = std::get_if<Carried>(&carried);
  if (content == nullptr || !content->offer) {
    offer_answer_.take_no_answer();
    return notes_.warn(Warning::Sdp, "the ACK carries no answer to our offer");
  }
  const auto known = document_.warnings.size();
  auto taken = offer_answer_.take_answer(*content->offer);
  notes_.tell_since(Warning::Sdp, known);
  if (!taken) notes_.warn(Warning::Media, taken.error().text);
  note_hold();
  if (forked_side_) attribute_side(document_);
  take_metadata(*content);
  save();
  retire();
}

std::variant<sip::Response, Refused> Session::answer(const sip::Request& request,
                                                     const Carried& carried) {
  const auto known = document_.warnings.size();
  auto answered = offer_answer_.answer(request, carried);
  notes_.tell_since(Warning::Sdp, known);
  return answered;
}

// What a label means its own message says: where that carries metadata they come first.
void Session::take_metadata(const Carried& carried) {
  if (carried.metadata) return metadata_.take(carried, room_.tracer.start("siprec.parse", span_));
  metadata_.attribute();
}

void Session::note_hold() {
  const bool hold = media_.all_on_hold();
  if (!silence_.set_hold(hold, wall_now())) return;
  notes_.note(hold ? "hold" : "resume");
  log_.info(hold ? "session_hold" : "session_resume");
}

// From here on metadata.json says that media came: where a crash takes the capture too, nobody
// shall take this for a call without media.
void Session::note_media() {
  if (heard_ || !had_media()) return;
  heard_ = true;
  media_.report(document_);
  save();
}

// Something else came into the place of our directory before the first packet did. Everything that
// is written from now on goes where the capture is.
void Session::follow_capture() {
  const auto moved = capture_->moved_to();
  if (moved.empty() || moved == directory_) return;
  const auto day_of = [](const auto& directory) { return directory.parent_path().filename(); };
  notes_.warn(Warning::Capture, "its directory took no files any more: the recording went on in " +
                                    day_of(moved).string() +
                                    ", and what had been written before is in " +
                                    day_of(directory_).string());
  log_.error("recording_moved", {{"directory", moved.string()}, {"from", directory_.string()}});
  room_.archive.move(directory_, moved);
  directory_ = moved;
  if (live_) live_->move(directory_);
  save();
}

void Session::check(WallTime now) {
  if (!ended_) {
    follow_capture();
    note_media();
  }
  if (const auto reason =
          silence_.end(room_.options, media_.last_arrival(), media_.last_sign(), now))
    stop(*reason);
}

// Between two calls of a phone nothing is lost by it.
void Session::retire() {
  if (media_.worn()) stop(EndReason::MaxStreams);
}

bool Session::stop(EndReason reason) {
  if (ended_) return false;
  ended_ = events_.push(End{reason, true, std::nullopt});
  return ended_;
}

// RFC 3261 §14.2: an SRC waits for one answer before it offers again.
void Session::on_offer(std::shared_ptr<sip::Transaction> transaction) {
  if (events_.push(Offer{transaction}) || ended_) return;
  auto response = sip::refusal(500, std::to_string(kMaxWaitingEvents) +
                                        " requests of this call wait already: wait for an answer "
                                        "before the next offer (RFC 3261 14.2)");
  response.retry_after = kOfferAgainAfter;
  notes_.warn(Warning::Sdp, transaction->request().method + " refused: " + response.warning);
  transaction->respond(response);
}

void Session::on_ack(const sip::Request& ack) {
  if (std::exchange(ack_confirms_, false)) media_.confirm(ack.received, document_);
  if (offer_answer_.waits_for_answer())
    events_.push(Ack{ack});
  else
    retire();
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
