// The words of an SRC: offers, rs-metadata and requests of one recording session, as text.
#pragma once

#include "support/sip_text.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace srs::test {

// One m-line and the one who speaks there.
struct OfferedStream {
  std::string label = "1";
  std::string formats = "0 8 101";
  std::string direction = "sendonly";  // empty: none said
  std::string aor = "sip:alice@example.net";
  std::string name = "Alice";
  std::string kind = "audio";
  std::uint16_t port = 40000;
  std::string profile = "RTP/AVP";
};

// An SDP offer with rtpmap lines for PCMU, PCMA and telephone-event where they are offered.
std::string sdp_offer(const std::vector<OfferedStream>& streams);

// A complete rs-metadata document (RFC 7865): one session, one participant per stream who sends it.
std::string rs_metadata(const std::vector<OfferedStream>& streams);

// Body and Content-Type of a request.
struct Body {
  std::string type;
  std::string text;
};
Body sdp_body(const std::vector<OfferedStream>& streams);
Body siprec_body(const std::vector<OfferedStream>& streams);  // SDP and metadata
Body siprec_body(std::string_view sdp, std::string_view metadata);
Body metadata_body(std::string_view metadata);

// Makes the requests of one dialog. Addresses are those that CallPlayer and SrcCall put right.
class SrcDialog {
 public:
  // `name` makes Call-ID and tags; the Call-ID is new each time.
  explicit SrcDialog(std::string_view name, bool tcp = false);

  SipText invite(const Body& body) { return request("INVITE", body); }
  SipText request(std::string_view method, const Body& body = {});  // with the next CSeq
  SipText ack(const SipText& invite) const;
  SipText cancel(const SipText& invite) const;

  const std::string& call_id() const { return call_id_; }

  static constexpr std::string_view kSrs = "127.0.0.1:5590";
  static constexpr std::string_view kSrc = "127.0.0.20:5060";

 private:
  SipText make(std::string_view method, std::uint32_t cseq, std::string_view branch,
               const Body& body) const;

  std::string call_id_;
  std::string tag_;
  bool tcp_;
  std::uint32_t cseq_ = 0;
};

}  // namespace srs::test
