// The dialogs that go on, found by what requests carry.
#pragma once

#include "sip/sofia.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace srs::sip {

class ServerDialog;

// Ours and not sofia's legs: sofia answers requests of a leg that are out of order by itself, and
// where that answer can't be sent, the ACK that follows fails an assertion and ends the process.
class DialogTable {
 public:
  void add(std::shared_ptr<ServerDialog> dialog);
  void remove(const ServerDialog& dialog);
  std::size_t size() const { return dialogs_.size(); }

  // The dialog of a request with a To tag (RFC 3261 §12.2.2); nullptr where there is none.
  std::shared_ptr<ServerDialog> find(const sip_t& sip) const;
  // The dialog that the same INVITE made before, by another path or once more (RFC 3261 §8.2.2.2).
  std::shared_ptr<ServerDialog> made_by(const sip_t& sip) const;

  template <class F>
  void for_each(F f) const {
    for (const auto& [call_id, dialog] : dialogs_) f(*dialog);
  }

 private:
  // The keys are the dialogs' own Call-IDs.
  std::unordered_multimap<std::string_view, std::shared_ptr<ServerDialog>> dialogs_;
};

}  // namespace srs::sip
