#include "sip/any_method.hpp"

#include "sip/first_line.hpp"
#include "sip/message_arrival.hpp"
#include "sip/own_parser.hpp"

#include <sofia-sip/su_alloc.h>

#include <cstddef>
#include <cstring>
#include <limits>
#include <string_view>

namespace srs::sip {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Writes over a method that sofia does not know what it reads as such, and returns the name that
// stood there; null where it knows it, or it is no token.
const char* disguise(su_home_t* home, char* method) {
  if (sip_method_code(method) > 0) return nullptr;
  std::size_t size = 0;
  while (is_in_token(method[size])) ++size;
  if (size == 0 || (method[size] != '\0' && !is_space(method[size]))) return nullptr;
  const char* name = su_strndup(home, method, static_cast<isize_t>(size));
  if (name != nullptr) std::memset(method, 'x', size);
  return name;
}

// A request as parse_request() makes it. Copies of it are sofia's own, and shorter.
struct TimedRequest {
  sip_request_t line;
  std::chrono::steady_clock::time_point first_byte;
};
static_assert(offsetof(TimedRequest, line) == 0);

// As msg_hclass_s::hc_parse, which see. The header is sofia's own to all who come after.
issize_t parse_request(su_home_t* home, msg_header_t* header, char* text, isize_t size) {
  const auto line = first_line(home, *header, text, size);
  if (line.text == nullptr) return -1;
  const char* name = disguise(home, line.text);
  auto& timed = *reinterpret_cast<TimedRequest*>(header);
  timed.first_byte = first_byte_of_parsed();
  auto& request = timed.line;
  request.rq_common->h_class = sip_request_class;
  const auto done = sip_request_class->hc_parse(home, header, line.text, line.size);
  if (done >= 0 && name != nullptr) request.rq_method_name = name;
  return done;
}

issize_t parse_status(su_home_t* home, msg_header_t* header, char* text, isize_t size) {
  const auto line = first_line(home, *header, text, size);
  if (line.text == nullptr) return -1;
  auto& status = *reinterpret_cast<sip_status_t*>(header);
  status.st_common->h_class = sip_status_class;
  return sip_status_class->hc_parse(home, header, line.text, line.size);
}

issize_t parse_cseq(su_home_t* home, msg_header_t* header, char* text, isize_t size) {
  char* method = text;
  while (*method >= '0' && *method <= '9') ++method;
  while (is_space(*method)) ++method;
  const char* name = disguise(home, method);
  auto& cseq = *reinterpret_cast<sip_cseq_t*>(header);
  cseq.cs_common->h_class = sip_cseq_class;
  const auto done = sip_cseq_class->hc_parse(home, header, text, size);
  if (done >= 0 && name != nullptr) cseq.cs_method_name = name;
  return done;
}

msg_hclass_s timed_request_class() {
  auto result = with_parser(*sip_request_class, parse_request);
  static_assert(sizeof(TimedRequest) <= std::numeric_limits<decltype(result.hc_size)>::max());
  result.hc_size = sizeof(TimedRequest);
  return result;
}

}  // namespace

void take_any_method(msg_mclass_t& message_class) {
  static const auto request = timed_request_class();
  static const auto cseq = with_parser(*sip_cseq_class, parse_cseq);
  static const auto status = with_parser(*sip_status_class, parse_status);
  message_class.mc_request->hr_class = &request;
  message_class.mc_status->hr_class = &status;
  put_before_own(message_class, cseq, *sip_cseq_class);
}

std::chrono::steady_clock::time_point first_byte_read_at(const sip_t& received) {
  return reinterpret_cast<const TimedRequest*>(received.sip_request)->first_byte;
}

}  // namespace srs::sip
