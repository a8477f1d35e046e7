#include "recording/offer_answer.hpp"

#include "recording/negotiation.hpp"

#include <utility>
#include <vector>

namespace srs::recording {
namespace {

constexpr std::size_t kOfferedLines = 2;  // in our own offer: caller and callee

}  // namespace

OfferAnswer::OfferAnswer(OfferAnswerSettings settings, MediaLines& media, Document& document,
                         std::string session_id)
    : settings_(settings), media_(media), document_(document), session_id_(std::move(session_id)) {}

std::variant<sip::Response, Refused> OfferAnswer::answer(const sip::Request& request,
                                                         const Carried& carried) {
  if (carried.offer) return answer_offer(request, *carried.offer);
  if (request.method == "INVITE") return make_offer(request);
  return sip::Response{};  // metadata alone, or a session refresh
}

std::variant<sip::Response, Refused> OfferAnswer::answer_offer(const sip::Request& request,
                                                               const sdp::Session& offer) {
  const auto plan = plan_lines(offer, settings_.max_streams);
  // A first offer must give us something to record. A later one may take everything away (port 0),
  // and not put something else in its place that nobody could record: the SRC would go on sending.
  if (!takes_any(plan) && (document_.streams.empty() || refuses_any(plan))) {
    return refuse(Refusal::NoAudio, "no audio stream that can be recorded: " + refusals(plan));
  }
  const auto lines = media_.apply(offer, settings_.max_streams, document_);
  if (!lines) return refuse(Refusal::Ports, lines.error().text);
  sip::Response response;
  response.content_type = "application/sdp";
  response.body = sdp::write_answer(by_our_preference(offer), *lines, next_version(request));
  return response;
}

std::variant<sip::Response, Refused> OfferAnswer::make_offer(const sip::Request& request) {
  // An INVITE without offer, Cisco's built-in bridge: we offer, the ACK answers (RFC 3264 §4).
  sip::Response response;
  response.content_type = "application/sdp";
  std::vector<std::uint16_t> ports;
  if (document_.streams.empty()) {
    auto opened = media_.open(kOfferedLines, document_);
    if (!opened) return refuse(Refusal::Ports, opened.error().text);
    ports = std::move(*opened);
  } else {
    ports = media_.ports();
  }
  response.body = sdp::write_offer(ports, next_version(request));
  waits_for_answer_ = true;
  return response;
}

Result<void> OfferAnswer::take_answer(const sdp::Session& answer) {
  waits_for_answer_ = false;
  const auto applied = media_.apply(answer, settings_.max_streams, document_);
  if (!applied) return applied.error();
  return {};
}

sdp::AnswerOptions OfferAnswer::next_version(const sip::Request& request) {
  sdp::AnswerOptions options;
  options.address = settings_.media_address(request.source);
  options.session_id = session_id_;
  options.version = ++version_;
  return options;
}

}  // namespace srs::recording
