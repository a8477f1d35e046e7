#include "app/siprec_call/offer.hpp"

#include "app/siprec_call/ids.hpp"

namespace srs::call {
namespace {

std::string media_lines(const Offer& offer, const OfferedStream& stream) {
  const auto type = std::to_string(payload_type(offer.codec));
  const auto events = std::to_string(kEventPayloadType);
  std::string lines = "m=audio " + std::to_string(stream.port) + " RTP/AVP " + type + " " + events;
  lines += "\r\na=rtpmap:" + type + " " + std::string(encoding(offer.codec)) + "/8000";
  lines += "\r\na=rtpmap:" + events + " telephone-event/8000";
  lines += "\r\na=fmtp:" + events + " 0-15";
  lines += "\r\na=ptime:20";
  // RFC 7866 §7.1.1: the SRC only sends, or nothing at all for the time of a hold.
  lines += offer.held ? "\r\na=inactive" : "\r\na=sendonly";
  lines += "\r\na=label:" + stream.label + "\r\n";
  return lines;
}

std::string part(const std::string& boundary, const std::string& headers, const std::string& body) {
  return "--" + boundary + "\r\n" + headers + "\r\n\r\n" + body + "\r\n";
}

}  // namespace

std::uint8_t payload_type(Codec codec) {
  return codec == Codec::Pcmu ? 0 : 8;
}

std::string_view encoding(Codec codec) {
  return codec == Codec::Pcmu ? "PCMU" : "PCMA";
}

std::string write_sdp(const Offer& offer) {
  const bool v6 = offer.address.find(':') != std::string::npos;
  const auto address = (v6 ? "IN IP6 " : "IN IP4 ") + offer.address;
  std::string sdp = "v=0\r\no=- " + std::to_string(offer.session_id) + " " +
                    std::to_string(offer.version) + " " + address + "\r\n";
  sdp += "s=siprec-call\r\nc=" + address + "\r\nt=0 0\r\n";
  for (const auto& stream : offer.streams) sdp += media_lines(offer, stream);
  return sdp;
}

Body recording_body(const std::string& sdp, const std::string& metadata) {
  // So many random digits don't occur within a part.
  const auto boundary = "siprec-call-" + random_hex(32);
  Body body;
  body.content_type = "multipart/mixed;boundary=" + boundary;
  if (!sdp.empty()) body.text += part(boundary, "Content-Type: application/sdp", sdp);
  if (!metadata.empty()) {
    // RFC 7866 §9.1
    body.text += part(boundary,
                      "Content-Type: application/rs-metadata+xml\r\n"
                      "Content-Disposition: recording-session",
                      metadata);
  }
  body.text += "--" + boundary + "--\r\n";
  return body;
}

}  // namespace srs::call
