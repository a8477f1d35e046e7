// One call of a SIP peer, as text.
#pragma once

#include "support/raw_sip_peer.hpp"

#include <string>

namespace srs::test {

// The SRC's side of one dialog, as text. What a test wants different it changes in the text.
class RawSipCall {
 public:
  explicit RawSipCall(RawSipPeer& peer);

  std::string id;
  std::string from_tag;
  std::string to_tag;
  int cseq = 2;       // as OpenSIPS begins
  std::string extra;  // headers of every request, each with its line end
  std::string contact_params = ";+sip.src";
  std::string content_type = "application/sdp";

  std::string uri() const { return "sip:srs@" + peer_->server(); }
  std::string request(const std::string& method, int number, const std::string& body = {},
                      const std::string& more = {}) const;
  std::string invite(const std::string& body = offer()) const;
  // INVITE, 200, ACK.
  RawSipMessage establish(const std::string& body = offer());
  RawSipMessage bye();
  // The SRC's response to a request of ours.
  static std::string response(const RawSipMessage& request, const std::string& status);
  static std::string offer();

 private:
  // The final response to this call, with that status or (0) any; a 200 that came again for another
  // call of the same connection is none.
  RawSipMessage wait_for_own(const std::string& method, int status);

  RawSipPeer* peer_;
};

}  // namespace srs::test
