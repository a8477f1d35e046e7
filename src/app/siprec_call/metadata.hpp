// Recording metadata as an SRC writes it (RFC 7865).
#pragma once

#include "app/siprec_call/options.hpp"

#include <srs/util/result.hpp>
#include <srs/util/time.hpp>

#include <optional>
#include <string>
#include <vector>

namespace srs::call {

// One recorded conversation with ids of its own. With one stream, everybody speaks on it;
// otherwise participant i speaks on stream i and hears all others.
struct CommunicationSession {
  struct Participant {
    std::string id;
    Person person;
  };
  struct Stream {
    std::string id;
    std::string label;
  };
  std::string id;
  std::string sip_session_id;  // RFC 7989 §4.1: `UUID;remote=UUID`
  WallTime started{};
  std::vector<Participant> participants;
  std::vector<Stream> streams;
};

// `from`, `to` and, where there are more labels, further invented participants.
CommunicationSession make_session(const Person& from, const Person& to,
                                  const std::vector<std::string>& labels, WallTime started);

// A complete snapshot, valid by the schema of RFC 7865 §9; with `stopped` everybody has left.
std::string write_metadata(const CommunicationSession& session,
                           std::optional<WallTime> stopped = std::nullopt);

// A document of the user's own and the labels of its streams, in order.
struct OwnMetadata {
  std::string text;
  std::vector<std::string> labels;  // empty where none could be read from it
};
// Fails where the file can't be read or is larger than a megabyte. What it holds may be wrong on
// purpose.
Result<OwnMetadata> read_metadata(const std::filesystem::path& file);

}  // namespace srs::call
