#include "recording/admission.hpp"

#include "recording/attribution.hpp"

#include <srs/siprec/multipart.hpp>

#include <utility>

namespace srs::recording {
namespace {

constexpr std::chrono::seconds kRetryAfter{10};

int status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::NotSiprec:
      return 403;
    case Refusal::Sip:
    case Refusal::Body:
    case Refusal::Sdp:
      return 400;
    case Refusal::UnknownBody:
      return 415;
    case Refusal::NoAudio:
      return 488;
    case Refusal::Ports:
    case Refusal::Disk:
    case Refusal::Draining:
    case Refusal::Busy:
      break;
  }
  return 503;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string result;
  for (const auto& text : texts) result += (result.empty() ? "" : ", ") + text;
  return result;
}

std::string as_multipart(std::string_view boundary) {
  std::string type = "multipart/mixed;boundary=\"";
  for (const char c : boundary) {
    if (c == '"' || c == '\\') type += '\\';
    type += c;
  }
  return type + '"';
}

// A Content-Type that is lost, or whose boundary is not the body's, costs no call: the body shows
// where its parts begin.
Result<std::vector<siprec::Part>> split(const sip::Request& request,
                                        std::vector<std::string>& warnings) {
  auto parts = siprec::split_body(request.content_type, request.body);
  if (parts && !request.content_type.empty()) return parts;
  if (parts && !request.body.starts_with("--")) return parts;
  const auto boundary = siprec::boundary_in(request.body);
  if (boundary.empty()) return parts;
  auto by_its_own = siprec::split_body(as_multipart(boundary), request.body);
  if (!by_its_own) return parts;
  warnings.push_back("Content-Type does not name the boundary of the body: write " +
                     as_multipart(boundary));
  return by_its_own;
}

}  // namespace

std::string_view to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::Sip:
      return "sip";
    case Refusal::NotSiprec:
      return "not_siprec";
    case Refusal::Body:
      return "body";
    case Refusal::UnknownBody:
      return "unknown_body";
    case Refusal::Sdp:
      return "sdp";
    case Refusal::NoAudio:
      return "no_audio";
    case Refusal::Ports:
      return "ports";
    case Refusal::Disk:
      return "disk";
    case Refusal::Draining:
      return "draining";
    case Refusal::Busy:
      return "busy";
  }
  return "other";
}

Refused refuse(Refusal reason, std::string detail) {
  sip::Response response;
  response.status = status_of(reason);
  response.warning = std::move(detail);
  if (response.status == 503) response.retry_after = kRetryAfter;
  return {reason, std::move(response)};
}

std::variant<Carried, Refused> read_body(const sip::Request& request) {
  Carried carried;
  if (request.body.empty()) return carried;
  const auto parts = split(request, carried.warnings);
  if (!parts) return refuse(Refusal::Body, parts.error().text);
  const auto body = siprec::classify(*parts);
  if (body.sdp.empty() && body.metadata.empty()) {
    if (body.unknown_types.empty())
      return refuse(Refusal::Body,
                    "the body has no part that can be read: is Content-Length right?");
    return refuse(Refusal::UnknownBody,
                  "no application/sdp and no application/rs-metadata+xml, only: " +
                      joined(body.unknown_types));
  }
  for (const auto& type : body.unknown_types)
    carried.warnings.push_back("body part ignored: " + type);
  for (const auto& part : body.encoded) {
    carried.warnings.push_back("body part " + part + " can't be read: send it as it is");
  }
  if (!body.metadata.empty()) {
    carried.metadata = body.metadata;
    carried.metadata_charset = body.metadata_charset;
  }
  if (!body.sdp.empty()) {
    auto offer = sdp::parse(body.sdp);
    if (!offer) {
      const auto hint = body.encoded.empty() ? "" : "; " + carried.warnings.back();
      return refuse(Refusal::Sdp, "SDP: " + offer.error().text + hint);
    }
    for (auto& warning : offer->warnings) carried.warnings.push_back("SDP: " + std::move(warning));
    carried.offer = std::move(*offer);
  }
  return carried;
}

bool is_recording_session(const sip::Request& request, const Carried& carried, Accept accept) {
  switch (accept) {
    case Accept::Strict:
      return request.src_contact && request.requires_siprec;
    case Accept::Tolerant:
      // Half the field sends only one of the two (RFC 7866 §6.2), and Cisco's built-in bridge
      // neither.
      return request.src_contact || request.requires_siprec || request.supports_siprec ||
             carried.metadata.has_value() || is_forked_side(request);
    case Accept::Any:
      break;
  }
  return true;
}

}  // namespace srs::recording
