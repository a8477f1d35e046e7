// Who talks to whom in a dialog.
#pragma once

#include "sip/sofia.hpp"

#include <string>

namespace srs::sip {

// A dialog as our own requests name it.
struct DialogIdentity {
  std::string call_id;
  std::string local;                 // From
  std::string remote;                // To
  std::string record_route;          // as the first INVITE carried it
  std::string target;                // the URI of the peer's Contact
  sip_contact_t* contact = nullptr;  // ours; the agent owns it
};

// That of the dialog which `invite` begins (RFC 3261 §12.1.1), without target and contact.
DialogIdentity identity_of(const sip_t& invite, const std::string& local_tag);

}  // namespace srs::sip
