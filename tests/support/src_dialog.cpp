#include "support/src_dialog.hpp"

#include <unistd.h>

#include <atomic>
#include <sstream>

namespace srs::test {
namespace {

constexpr std::string_view kBoundary = "unique-boundary-1";

std::string unique(std::string_view name) {
  static std::atomic<unsigned> count{0};
  return std::string(name) + "-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

void write_media(std::ostream& out, const OfferedStream& stream) {
  out << "m=" << stream.kind << " " << stream.port << " " << stream.profile << " " << stream.formats
      << "\r\n";
  const auto formats = " " + stream.formats + " ";
  if (formats.find(" 0 ") != std::string::npos) out << "a=rtpmap:0 PCMU/8000\r\n";
  if (formats.find(" 8 ") != std::string::npos) out << "a=rtpmap:8 PCMA/8000\r\n";
  if (formats.find(" 101 ") != std::string::npos)
    out << "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n";
  if (!stream.label.empty()) out << "a=label:" << stream.label << "\r\n";
  if (!stream.direction.empty()) out << "a=" << stream.direction << "\r\n";
}

std::string id(std::string_view kind, std::size_t index) {
  return std::string(kind) + "-" + std::to_string(index + 1);
}

}  // namespace

std::string sdp_offer(const std::vector<OfferedStream>& streams) {
  std::ostringstream out;
  out << "v=0\r\no=SRC 2890844526 2890844526 IN IP4 127.0.0.20\r\ns=-\r\nc=IN IP4 "
         "127.0.0.20\r\nt=0 0\r\n";
  for (const auto& stream : streams) write_media(out, stream);
  return out.str();
}

std::string rs_metadata(const std::vector<OfferedStream>& streams) {
  std::ostringstream out;
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
         "<recording xmlns=\"urn:ietf:params:xml:ns:recording:1\">\r\n"
         "  <datamode>complete</datamode>\r\n"
         "  <session session_id=\"cs-1\"><sipSessionID>cs-1;remote=0</sipSessionID></session>\r\n";
  for (std::size_t i = 0; i < streams.size(); ++i)
    out << "  <participant participant_id=\"" << id("participant", i) << "\"><nameID aor=\""
        << streams[i].aor << "\"><name>" << streams[i].name << "</name></nameID></participant>\r\n"
        << "  <stream stream_id=\"" << id("stream", i) << "\" session_id=\"cs-1\"><label>"
        << streams[i].label << "</label></stream>\r\n"
        << "  <participantsessionassoc participant_id=\"" << id("participant", i)
        << "\" "
           "session_id=\"cs-1\"><associate-time>2026-11-22T10:00:00Z</associate-time></"
           "participantsessionassoc>\r\n"
        << "  <participantstreamassoc participant_id=\"" << id("participant", i) << "\"><send>"
        << id("stream", i) << "</send></participantstreamassoc>\r\n";
  out << "</recording>\r\n";
  return out.str();
}

Body sdp_body(const std::vector<OfferedStream>& streams) {
  return {"application/sdp", sdp_offer(streams)};
}

Body siprec_body(const std::vector<OfferedStream>& streams) {
  return siprec_body(sdp_offer(streams), rs_metadata(streams));
}

Body siprec_body(std::string_view sdp, std::string_view metadata) {
  std::ostringstream out;
  out << "--" << kBoundary << "\r\nContent-Type: application/sdp\r\n\r\n"
      << sdp << "\r\n--" << kBoundary
      << "\r\nContent-Type: application/rs-metadata+xml\r\nContent-Disposition: "
         "recording-session\r\n\r\n"
      << metadata << "\r\n--" << kBoundary << "--\r\n";
  return {"multipart/mixed;boundary=" + std::string(kBoundary), out.str()};
}

Body metadata_body(std::string_view metadata) {
  return {"application/rs-metadata+xml", std::string(metadata)};
}

SrcDialog::SrcDialog(std::string_view name, bool tcp)
    : call_id_(unique(name) + "@src.example.net"), tag_(unique("tag")), tcp_(tcp) {}

SipText SrcDialog::request(std::string_view method, const Body& body) {
  ++cseq_;
  return make(method, cseq_, std::string(method) + std::to_string(cseq_), body);
}

SipText SrcDialog::ack(const SipText& invite) const {
  return make("ACK", invite.cseq(), "ack" + std::to_string(invite.cseq()), {});
}

SipText SrcDialog::cancel(const SipText& invite) const {
  return make("CANCEL", invite.cseq(), "INVITE" + std::to_string(invite.cseq()), {});
}

SipText SrcDialog::make(std::string_view method, std::uint32_t cseq, std::string_view branch,
                        const Body& body) const {
  const std::string transport = tcp_ ? ";transport=tcp" : "";
  std::ostringstream out;
  out << method << " sip:srs@" << kSrs << transport << " SIP/2.0\r\n"
      << "Via: SIP/2.0/" << (tcp_ ? "TCP " : "UDP ") << kSrc << ";branch=z9hG4bK" << tag_ << branch
      << "\r\n"
      << "Max-Forwards: 70\r\n"
      << "From: <sip:src@" << kSrc << ">;tag=" << tag_ << "\r\n"
      << "To: <sip:srs@" << kSrs << ">\r\n"
      << "Call-ID: " << call_id_ << "\r\n"
      << "CSeq: " << cseq << " " << method << "\r\n"
      << "User-Agent: srs-test\r\n";
  if (method != "ACK" && method != "CANCEL" && method != "BYE")
    out << "Contact: <sip:src@" << kSrc << transport << ">;+sip.src\r\n";
  if (method == "INVITE") out << "Require: siprec\r\n";
  if (!body.type.empty()) out << "Content-Type: " << body.type << "\r\n";
  out << "Content-Length: " << body.text.size() << "\r\n\r\n" << body.text;
  return SipText(out.str());
}

}  // namespace srs::test
