// Our side of the offer/answer exchange of one session (RFC 3264).
#pragma once

#include "recording/admission.hpp"
#include "recording/media_lines.hpp"

#include <srs/recording/document.hpp>
#include <srs/recording/service.hpp>
#include <srs/sdp/answer.hpp>
#include <srs/sip/message.hpp>
#include <srs/util/result.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace srs::recording {

// Opens and closes the session's streams as the SRC's offers ask, and writes our descriptions.
// `media_address`, `media` and `document` outlive it.
class OfferAnswer {
 public:
  // `session_id` goes into our o= line.
  OfferAnswer(const Service::MediaAddress& media_address, MediaLines& media, Document& document,
              std::string session_id);

  // The 200 to an INVITE or UPDATE, or why it is refused. What is odd in the offer becomes warnings
  // of the document.
  std::variant<sip::Response, Refused> answer(const sip::Request& request, const Carried& carried);

  // An INVITE came without offer, Cisco's built-in bridge: ours waits for its answer in the ACK.
  bool waits_for_answer() const { return waits_for_answer_; }
  // The SRC's answer to our own offer, from the ACK's body.
  Result<void> take_answer(sdp::Session answer);
  // The ACK carried none.
  void take_no_answer() { waits_for_answer_ = false; }

 private:
  std::variant<sip::Response, Refused> answer_offer(const sip::Request& request,
                                                    const sdp::Session& offer);
  std::variant<sip::Response, Refused> make_offer(const sip::Request& request);
  sdp::AnswerOptions next_version(std::string_view peer);

  void complete(sdp::Session& answer);

  const Service::MediaAddress& media_address_;
  MediaLines& media_;
  Document& document_;
  std::string session_id_;
  std::uint64_t version_ = 0;
  bool first_ = true;    // nothing was agreed on before
  sdp::Session agreed_;  // the SRC's side of it: its last offer or answer
  bool waits_for_answer_ = false;
};

}  // namespace srs::recording
