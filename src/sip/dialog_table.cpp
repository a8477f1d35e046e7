#include "sip/dialog_table.hpp"

#include "sip/dialog.hpp"

#include <srs/util/text.hpp>

#include <utility>

namespace srs::sip {
namespace {

std::string_view text_of(const char* tag) {
  return tag != nullptr ? tag : "";
}

bool from_same_side(const ServerDialog& dialog, const sip_t& sip) {
  return iequals(dialog.remote_tag(), text_of(sip.sip_from->a_tag));
}

}  // namespace

void DialogTable::add(std::shared_ptr<ServerDialog> dialog) {
  const auto call_id = dialog->call_id();
  dialogs_.emplace(call_id, std::move(dialog));
}

void DialogTable::remove(const ServerDialog& dialog) {
  auto [it, end] = dialogs_.equal_range(dialog.call_id());
  for (; it != end; ++it) {
    if (it->second.get() != &dialog) continue;
    const auto alive = it->second;  // its Call-ID is the key
    dialogs_.erase(it);
    return;
  }
}

std::shared_ptr<ServerDialog> DialogTable::find(const sip_t& sip) const {
  auto [it, end] = dialogs_.equal_range(sip.sip_call_id->i_id);
  for (; it != end; ++it) {
    const auto& dialog = *it->second;
    if (iequals(dialog.local_tag(), text_of(sip.sip_to->a_tag)) && from_same_side(dialog, sip))
      return it->second;
  }
  return nullptr;
}

std::shared_ptr<ServerDialog> DialogTable::made_by(const sip_t& sip) const {
  auto [it, end] = dialogs_.equal_range(sip.sip_call_id->i_id);
  for (; it != end; ++it) {
    if (from_same_side(*it->second, sip) && sip.sip_cseq->cs_seq <= it->second->remote_cseq())
      return it->second;
  }
  return nullptr;
}

}  // namespace srs::sip
