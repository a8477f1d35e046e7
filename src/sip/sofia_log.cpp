#include "sip/sofia_log.hpp"

#include "sip/bad_request.hpp"
#include "sip/convert.hpp"

#include <srs/util/text.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

namespace srs::sip {
namespace {

// All that sofia tells about a connection whose message passed NTATAG_MAXSIZE before it ended.
const std::string& overflow_line() {
  static const std::string line = std::string("nta_agent: tport: ") + std::strerror(ENOBUFS);
  return line;
}

constexpr std::string_view garbage_line = "nta_agent: received garbage from ";
// `tls_connect(0x...): TLS setup failed (...)`: the second argument is the connection.
constexpr std::string_view handshake_format = "%s(%p): TLS setup failed";
// `subject  = /CN=sbc`, then `err 10:certificate has expired`.
constexpr std::string_view subject_line = "subject  = ";
constexpr std::string_view certificate_line = "err ";

// What OpenSSL noted, which sofia's own line does not say. Null where the peer went away without a
// word, as load balancers do to see whether the port is open.
const char* tls_reason() {
  const auto error = ERR_peek_last_error();
  return ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING
             ? nullptr
             : ERR_reason_error_string(error);
}

}  // namespace

SofiaLog::SofiaLog(log::Logger log) : log_(std::move(log)) {
  su_log_redirect(su_log_default, &SofiaLog::write, this);
}

SofiaLog::~SofiaLog() {
  if (su_log_default->log_stream == this)
    su_log_redirect(su_log_default, &SofiaLog::write, nullptr);
}

void SofiaLog::write(void* self, const char* format, va_list arguments) {
  if (self == nullptr) return;
  auto& log = *static_cast<SofiaLog*>(self);
  const std::string_view said = format;
  if (said == bad_request_format) return log.hear_bad_request(va_arg(arguments, msg_t*));
  if (said.starts_with(handshake_format)) {
    va_list copy;
    va_copy(copy, arguments);
    static_cast<void>(va_arg(copy, const char*));
    const auto* connection = static_cast<const tport_t*>(va_arg(copy, const void*));
    va_end(copy);
    if (connection != nullptr) return log.hear_failed_handshake(*connection);
  }
  std::array<char, 512> text;
  const int size = std::vsnprintf(text.data(), text.size(), format, arguments);
  if (size > 0) log.hear(trim(text.data()));
}

void SofiaLog::hear(std::string_view line) {
  if (line == overflow_line()) return hear_overflow();
  if (line.starts_with(garbage_line) && on_garbage_)
    return on_garbage_(line.substr(garbage_line.size()));
  if (line.find("invalid transport") != std::string_view::npos) return hear_dropped(line);
  if (line.starts_with(subject_line) || line.starts_with(certificate_line)) hear_certificate(line);
  log_.debug("sofia", {{"text", line}});
}

void SofiaLog::hear_overflow() {
  ++overflows_;
  overflow_lines_.add(log::Folded::Clock::now(), 1, [] {
    return log::Fields{{"reason", "headers without end: closed"}};
  });
}

void SofiaLog::hear_bad_request(msg_t* message) {
  bad_request_lines_.add(log::Folded::Clock::now(), 1, [message] {
    const auto& sip = *sip_object(message);
    return log::Fields{{"source", source_of(message)},
                       {"method", sip.sip_request->rq_method_name},
                       {"call_id", sip.sip_call_id != nullptr ? sip.sip_call_id->i_id : ""},
                       {"reason", fault_of(sip)}};
  });
}

void SofiaLog::hear_certificate(std::string_view line) {
  if (line.starts_with(subject_line)) {
    certificate_ = line.substr(subject_line.size());
  } else {
    certificate_.append(": ").append(line.substr(line.find(':') + 1));
  }
}

void SofiaLog::hear_failed_handshake(const tport_t& connection) {
  const char* reason = tls_reason();
  if (reason == nullptr) return;
  ++handshakes_failed_;
  handshake_lines_.add(log::Folded::Clock::now(), 1, [this, reason, &connection] {
    const auto* name = tport_name(&connection);
    return log::Fields{{"source", std::string(name->tpn_host) + ":" + name->tpn_port},
                       {"reason", reason},
                       {"certificate", certificate_.empty() ? "none" : certificate_}};
  });
  certificate_.clear();
}

void SofiaLog::add_overdue_handshake(const std::string& source) {
  ++handshakes_failed_;
  handshake_lines_.add(log::Folded::Clock::now(), 1, [&source] {
    return log::Fields{
        {"source", source}, {"reason", "it took too long: closed"}, {"certificate", "none"}};
  });
}

// Such a request is dropped without an answer: nothing else would tell why.
void SofiaLog::hear_dropped(std::string_view line) {
  ++dropped_;
  dropped_lines_.add(log::Folded::Clock::now(), 1, [line] {
    return log::Fields{{"reason", line}};
  });
}

}  // namespace srs::sip
