// What is noted while a session runs.
#pragma once

#include "recording/metrics.hpp"

#include <srs/log/logger.hpp>
#include <srs/recording/document.hpp>

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace srs::recording {

// Puts events and warnings into the session's document; each warning is logged and counted too.
// Document and metrics outlive it.
class SessionNotes {
 public:
  SessionNotes(Document& document, Metrics& metrics, log::Logger log);

  // From started_at.
  std::int64_t now_ms() const;
  // Something that happened now.
  void note(std::string event, std::string detail = {});
  void warn(Warning kind, std::string text);
  void warn(Warning kind, std::vector<std::string> texts);
  // Logs and counts the warnings that others put into the document since it had `known` of them.
  void tell_since(Warning kind, std::size_t known);

 private:
  void tell(Warning kind, const std::string& text);

  Document& document_;
  Metrics& metrics_;
  log::Logger log_;
  std::bitset<kWarningKinds> warned_;
};

}  // namespace srs::recording
