#include "vocabulary.hpp"

#include <algorithm>
#include <iterator>

namespace srs::siprec {

bool is_known_element(std::string_view plain) {
  static constexpr std::string_view kNames[] = {
      "aor",
      "associatetime",
      "calldata",
      "callid",
      "datamode",
      "disassociatetime",
      "extensiondata",
      "fromhdr",
      "group",
      "groupref",
      "id",
      "label",
      "mediastream",
      "mode",
      "name",
      "nameid",
      "participant",
      "participantsessionassoc",
      "participantstreamassoc",
      "reason",
      "recording",
      "recordingmetadata",
      "recv",
      "send",
      "session",
      "sessionrecordingassoc",
      "sipsessionid",
      "starttime",
      "stoptime",
      "stream",
      "tohdr",
      "uri",
  };
  return std::find(std::begin(kNames), std::end(kNames), plain) != std::end(kNames);
}

}  // namespace srs::siprec
