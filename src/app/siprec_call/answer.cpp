#include "app/siprec_call/answer.hpp"

#include "app/siprec_call/offer.hpp"

#include <srs/sdp/session.hpp>
#include <srs/siprec/multipart.hpp>
#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::call {
namespace {

bool has_format(const sdp::Media& media, std::uint8_t type) {
  return std::any_of(media.formats.begin(), media.formats.end(),
                     [&](const auto& format) { return format.payload_type == type; });
}

void check_contact(const sip::Answer& answer, std::vector<std::string>& notes) {
  for (const auto& [name, value] : answer.headers) {
    if (iequals(name, "Contact") && to_lower(value).find("+sip.srs") != std::string::npos) return;
  }
  notes.emplace_back("Contact of the 200 lacks +sip.srs (RFC 7866 §6.2)");
}

void check_line(const sdp::Media& media, const std::string& label, Codec codec, bool held,
                std::vector<std::string>& notes) {
  if (media.label != label) {
    notes.push_back("a=label:" + label +
                    " is not echoed in the answer; some SRCs drop such a stream (RFC 7866 §7.2, "
                    "Figure 6)");
  }
  const auto wanted = held ? sdp::Direction::Inactive : sdp::Direction::RecvOnly;
  if (media.direction != wanted && media.direction != sdp::Direction::Inactive) {
    notes.push_back("the answer says " + std::string(to_string(media.direction)) + " where " +
                    std::string(to_string(wanted)) + " is due (RFC 7866 §7.2)");
  }
  if (!has_format(media, payload_type(codec))) {
    notes.push_back("the answer lacks " + std::string(encoding(codec)) + ", which we send");
  }
  if (!has_format(media, kEventPayloadType)) {
    notes.emplace_back("the answer lacks telephone-event; some SRCs hang up for that");
  }
}

Result<std::optional<Destination>> destination(const sdp::Media& media) {
  if (media.port == 0) return std::optional<Destination>{};
  const auto rtp = rtp::Endpoint::from(media.connection, media.port);
  // RFC 3605: the next port unless a=rtcp says otherwise.
  const auto rtcp_port =
      media.rtcp_port != 0 ? media.rtcp_port : static_cast<std::uint16_t>(media.port + 1);
  const auto rtcp = rtp::Endpoint::from(media.connection, rtcp_port);
  if (!rtp || !rtcp) {
    return Error{"the SDP answer names no usable address: c= is '" + media.connection + "'"};
  }
  return std::optional<Destination>{Destination{*rtp, *rtcp}};
}

Error unusable(const std::string& why) {
  return Error{"the 200 " + why};
}

Result<sdp::Session> find_sdp(const sip::Answer& answer) {
  const auto parts = siprec::split_body(answer.content_type, answer.body);
  if (!parts) return unusable("has a body that can't be read: " + parts.error().text);
  const auto body = siprec::classify(*parts);
  if (body.sdp.empty()) return unusable("has no SDP answer");
  auto session = sdp::parse(body.sdp);
  if (!session) return unusable("has an SDP answer that can't be read: " + session.error().text);
  return session;
}

}  // namespace

Result<ReadAnswer> read_answer(const sip::Answer& answer, const std::vector<std::string>& labels,
                               Codec codec, bool held) {
  const auto session = find_sdp(answer);
  if (!session) return session.error();
  if (session->media.size() != labels.size()) {
    return Error{"the SDP answer has " + std::to_string(session->media.size()) + " m-lines for " +
                 std::to_string(labels.size()) + " offered (RFC 3264 §6)"};
  }
  ReadAnswer result;
  check_contact(answer, result.notes);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto& media = session->media[i];
    auto where = destination(media);
    if (!where) return where.error();
    if (*where)
      check_line(media, labels[i], codec, held, result.notes);
    else
      result.notes.push_back("the answer refuses the stream with label " + labels[i]);
    result.destinations.push_back(*where);
  }
  return result;
}

}  // namespace srs::call
