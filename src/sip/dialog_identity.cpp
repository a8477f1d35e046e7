#include "sip/dialog_identity.hpp"

#include "sip/convert.hpp"

namespace srs::sip {
namespace {

std::string route_of(const sip_t& sip) {
  std::string result;
  for (const sip_record_route_t* it = sip.sip_record_route; it != nullptr; it = it->r_next) {
    result += (result.empty() ? "<" : ", <") + to_text(*it->r_url) + ">";
  }
  return result;
}

}  // namespace

DialogIdentity identity_of(const sip_t& invite, const std::string& local_tag) {
  DialogIdentity identity;
  identity.call_id = invite.sip_call_id->i_id;
  identity.local = "<" + to_text(*invite.sip_to->a_url) + ">;tag=" + local_tag;
  identity.remote = "<" + to_text(*invite.sip_from->a_url) + ">";
  if (invite.sip_from->a_tag != nullptr)
    identity.remote += std::string(";tag=") + invite.sip_from->a_tag;
  identity.record_route = route_of(invite);
  return identity;
}

}  // namespace srs::sip
