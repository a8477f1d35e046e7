#include "recording/media_warnings.hpp"

#include <string>

namespace srs::recording {
namespace {

// One leg of a call that was to send and never did: its fork fails, or a firewall is in its way.
bool warn_of_silent(const Document& document, const std::vector<unsigned>& channels,
                    SessionNotes& notes) {
  bool one_sided = false;
  for (const auto channel : channels) {
    const auto& stream = document.streams[channel];
    if (stream.packets_received > 0) continue;
    one_sided = true;
    notes.warn(Warning::Media, "stream " + std::to_string(channel + 1) + " (label \"" +
                                   stream.label + "\"): " + std::string(kNoMediaWarning));
  }
  return one_sided;
}

}  // namespace

void warn_of_media(const MediaLines& media, const Document& document,
                   const std::vector<unsigned>& silent, SessionNotes& notes, Metrics& metrics) {
  if (media.packets() == 0) notes.warn(Warning::Media, std::string(kNoMediaWarning));
  if (media.packets() > 0 && warn_of_silent(document, silent, notes)) metrics.one_sided();
  if (const auto truncated = media.truncated(); truncated > 0) {
    notes.warn(Warning::Media,
               std::to_string(truncated) + " datagrams were longer than " +
                   std::to_string(rtp::kLongestDatagram) +
                   " bytes and are not recorded: the SRC should send shorter packets (a=ptime)");
  }
  if (const auto drops = media.kernel_drops(); drops > 0) {
    notes.warn(Warning::Media, std::to_string(drops) +
                                   " datagrams were lost in front of this server: the kernel "
                                   "found the receive buffers of its ports full "
                                   "(rtp.receive_buffer)");
  }
}

}  // namespace srs::recording
