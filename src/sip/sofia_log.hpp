// What sofia-sip tells in the lines of its log alone.
#pragma once

#include "sip/sofia.hpp"

#include <srs/log/folded.hpp>
#include <srs/log/logger.hpp>

#include <cstdarg>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace srs::sip {

// sofia writes to one place for the whole process; the newest SofiaLog hears it.
class SofiaLog {
 public:
  explicit SofiaLog(log::Logger log);
  ~SofiaLog();
  SofiaLog(const SofiaLog&) = delete;
  SofiaLog& operator=(const SofiaLog&) = delete;

  // Told of what is no SIP message, while sofia delivers it. `source`: `tcp/192.0.2.1:5060`.
  void set_on_garbage(std::function<void(std::string_view source)> on_garbage) {
    on_garbage_ = std::move(on_garbage);
  }
  // Connections that sofia closed because a message on them had no end within NTATAG_MAXSIZE.
  std::uint64_t overflows() const { return overflows_; }
  // Requests that sofia dropped, for their Via names another transport.
  std::uint64_t dropped() const { return dropped_; }
  // Connections whose TLS handshake failed, of either side's making.
  std::uint64_t handshakes_failed() const { return handshakes_failed_; }
  // One that sofia tells nothing of: we ended it.
  void add_overdue_handshake(const std::string& source);

 private:
  static void write(void* self, const char* format, va_list arguments);
  void hear(std::string_view line);
  void hear_overflow();
  void hear_dropped(std::string_view line);
  void hear_bad_request(msg_t* message);
  void hear_certificate(std::string_view line);
  void hear_failed_handshake(const tport_t& connection);

  log::Logger log_;
  std::function<void(std::string_view)> on_garbage_;
  std::uint64_t overflows_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t handshakes_failed_ = 0;
  std::string certificate_;  // what is wrong with the one that was looked at last
  log::Folded overflow_lines_{log_, log::Level::Warning, "sip_connection_overflowed"};
  log::Folded dropped_lines_{log_, log::Level::Warning, "sip_request_dropped"};
  log::Folded bad_request_lines_{log_, log::Level::Warning, "sip_request_malformed"};
  log::Folded handshake_lines_{log_, log::Level::Warning, "sip_tls_handshake_failed"};
};

}  // namespace srs::sip
