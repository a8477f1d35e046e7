#include "sip/bad_request.hpp"

#include <sofia-sip/sip_util.h>

#include <string_view>
#include <utility>

namespace srs::sip {

std::string fault_of(const sip_t& sip) {
  if (sip.sip_request == nullptr) return {};
  const std::pair<std::string_view, bool> wanted[] = {{"Via", sip.sip_via != nullptr},
                                                      {"From", sip.sip_from != nullptr},
                                                      {"To", sip.sip_to != nullptr},
                                                      {"Call-ID", sip.sip_call_id != nullptr},
                                                      {"CSeq", sip.sip_cseq != nullptr}};
  for (const auto& [name, there] : wanted) {
    if (!there) return "no " + std::string(name) + ", or none that can be read";
  }
  const auto* request = sip.sip_request;
  if (request->rq_method != sip.sip_cseq->cs_method)
    return "CSeq names another method than the first line";
  if (sip_sanity_check(&sip) < 0) return "the Request-URI or a mandatory header can't be read";
  return {};
}

void tell_of_bad_request(msg_t* message, const sip_t& sip) {
  if (!fault_of(sip).empty())
    su_llog(su_log_default, 0, bad_request_format, static_cast<void*>(message));
}

}  // namespace srs::sip
