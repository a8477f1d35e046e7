#include "recording/offer_answer.hpp"

#include "recording/negotiation.hpp"

#include <string>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::size_t kOfferedLines = 2;  // in our own offer: caller and callee

}  // namespace

OfferAnswer::OfferAnswer(const Service::MediaAddress& media_address, MediaLines& media,
                         Document& document, std::string session_id)
    : media_address_(media_address),
      media_(media),
      document_(document),
      session_id_(std::move(session_id)) {}

std::variant<sip::Response, Refused> OfferAnswer::answer(const sip::Request& request,
                                                         const Carried& carried) {
  if (carried.offer) return answer_offer(request, *carried.offer);
  if (request.method == "INVITE") return make_offer(request);
  return sip::Response{};  // metadata alone, or a session refresh
}

std::variant<sip::Response, Refused> OfferAnswer::answer_offer(const sip::Request& request,
                                                               const sdp::Session& offer) {
  const auto plan = media_.plan(offer);
  // A first offer must give us something to record. A later one may take everything away (port 0),
  // and not put something else in its place that nobody could record: the SRC would go on sending.
  if (!takes_any(plan) && (document_.streams.empty() || refuses_any(plan))) {
    return refuse(Refusal::NoAudio, "no audio stream that can be recorded: " + refusals(plan));
  }
  const auto lines = media_.apply(offer, plan, document_);
  if (!lines) return refuse(Refusal::Ports, lines.error().text);
  agreed_ = offer;
  first_ = false;
  sip::Response response;
  response.content_type = "application/sdp";
  response.body = sdp::write_answer(by_our_preference(offer), *lines,
                                    next_version(media_peer(offer, request.source)));
  return response;
}

std::variant<sip::Response, Refused> OfferAnswer::make_offer(const sip::Request& request) {
  // An INVITE without offer, Cisco's built-in bridge: we offer, the ACK answers (RFC 3264 §4). In a
  // re-INVITE we offer what there is, line by line (§8).
  if (agreed_.media.empty()) {
    if (auto opened = media_.open(kOfferedLines, document_); !opened)
      return refuse(Refusal::Ports, opened.error().text);
    agreed_ = sdp::own_lines(kOfferedLines);
  }
  sip::Response response;
  response.content_type = "application/sdp";
  response.body = sdp::write_offer(agreed_, media_.ours(), next_version(request.source));
  waits_for_answer_ = true;
  return response;
}

Result<void> OfferAnswer::take_answer(sdp::Session answer) {
  waits_for_answer_ = false;
  complete(answer);
  const auto applied = media_.apply(answer, media_.plan(answer), document_);
  if (!applied) return applied.error();
  if (std::exchange(first_, false)) media_.forget_refused(document_);
  agreed_ = std::move(answer);
  return {};
}

// Answers are often poorer than the offer: what they don't say stays as we offered it.
void OfferAnswer::complete(sdp::Session& answer) {
  const auto ours = media_.ours();
  if (answer.media.size() != agreed_.media.size()) {
    document_.warn("the answer to our offer has " + std::to_string(answer.media.size()) +
                   " m-lines instead of " + std::to_string(agreed_.media.size()) +
                   " (RFC 3264 §6)");
    for (auto i = answer.media.size(); i < agreed_.media.size(); ++i)
      answer.media.push_back(agreed_.media[i]);
  }
  for (std::size_t i = 0; i < answer.media.size(); ++i) {
    auto& line = answer.media[i];
    // What we did not offer is nowhere: the SRC knows no port for it.
    if (i >= ours.size() || ours[i].port == 0) line.port = 0;
    if (i >= agreed_.media.size()) continue;
    if (line.label.empty()) line.label = agreed_.media[i].label;
    if (line.mid.empty()) line.mid = agreed_.media[i].mid;
  }
}

sdp::AnswerOptions OfferAnswer::next_version(std::string_view peer) {
  sdp::AnswerOptions options;
  options.address = media_address_(peer);
  options.session_id = session_id_;
  options.version = ++version_;
  return options;
}

}  // namespace srs::recording
