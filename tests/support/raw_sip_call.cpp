#include "support/raw_sip_call.hpp"

#include <unistd.h>

namespace srs::test {

RawSipCall::RawSipCall(RawSipPeer& peer) : peer_(&peer) {
  static int made = 0;
  id = "call-" + std::to_string(++made) + "-" + std::to_string(::getpid()) + "@" + peer.local();
  from_tag = "src" + std::to_string(made);
}

std::string RawSipCall::request(const std::string& method, int number, const std::string& body,
                                const std::string& more) const {
  std::string text = method + " " + uri() + " SIP/2.0\r\n";
  text += "Via: SIP/2.0/" + std::string(peer_->via_transport()) + " " + peer_->local() +
          ";branch=z9hG4bK" + from_tag + method + std::to_string(number) + "\r\n";
  text += "Max-Forwards: 70\r\nFrom: <sip:src@" + peer_->local() + ">;tag=" + from_tag + "\r\n";
  text += "To: <" + uri() + ">" + (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\n";
  text += "Call-ID: " + id + "\r\nCSeq: " + std::to_string(number) + " " + method + "\r\n";
  if (method != "ACK" && method != "CANCEL") {
    text += "Contact: <sip:src@" + peer_->local() + (peer_->tcp() ? ";transport=tcp" : "") + ">" +
            contact_params + "\r\n";
  }
  text += extra + more;
  if (!body.empty()) text += "Content-Type: " + content_type + "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string RawSipCall::invite(const std::string& body) const {
  return request("INVITE", cseq, body, "Require: siprec\r\n");
}

RawSipMessage RawSipCall::establish(const std::string& body) {
  peer_->send(invite(body));
  auto answer = wait_for_own("INVITE", 200);
  to_tag = answer.to_tag();
  peer_->send(request("ACK", cseq));
  return answer;
}

RawSipMessage RawSipCall::bye() {
  peer_->send(request("BYE", ++cseq));
  return wait_for_own("BYE", 0);
}

std::string RawSipCall::response(const RawSipMessage& request, const std::string& status) {
  std::string text = "SIP/2.0 " + status + "\r\n";
  for (const char* name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
    text += std::string(name) + ": " + request.header(name) + "\r\n";
  }
  return text + "Content-Length: 0\r\n\r\n";
}

std::string RawSipCall::offer() {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
         "m=audio 30000 RTP/AVP 0\r\na=label:1\r\na=sendonly\r\n";
}

RawSipMessage RawSipCall::wait_for_own(const std::string& method, int status) {
  return peer_->wait_for(
      [&](const RawSipMessage& m) {
        return m.status() >= 200 && (status == 0 || m.status() == status) && m.method() == method &&
               m.header("Call-ID") == id;
      },
      "final response to " + method + " of " + id);
}

}  // namespace srs::test
