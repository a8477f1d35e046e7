// Recording metadata as values (RFC 7865).
#pragma once

#include <srs/util/result.hpp>
#include <srs/util/time.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::siprec {

struct MetadataLimits {
  std::size_t bytes = 1 << 20;
  std::size_t depth = 64;
  std::size_t elements = 20000;  // in one document
  std::size_t entities = 512;    // sessions, participants, streams, groups: each, after merging too
  std::size_t extensions = 256;  // kept key/value pairs, after merging too
  std::size_t text_bytes = 4096;  // of one kept text; longer ones are cut with a warning
};

enum class DataMode { Complete, Partial };

// Where a time stood in the document, its text is kept too: SRCs write dates nobody can read.
struct Instant {
  std::string text;
  std::optional<WallTime> time;
};

struct Name {
  std::string text;
  std::string language;
};

// RFC 7865 §6.5
struct Participant {
  std::string id;
  std::string aor;  // `sip:alice@example.com`; from the nameID, without <> and escapes
  std::vector<Name> names;
  // From participantsessionassoc, per session id: a participant may join and leave several times.
  struct Presence {
    std::string session_id;
    Instant joined;
    Instant left;
  };
  std::vector<Presence> presence;
  // Stream ids, from participantstreamassoc or inside <participant>; after merge() also those that
  // it was the last to send: on hold an SRC takes the association back, the voice stays whose it
  // was.
  std::vector<std::string> sends;
  std::vector<std::string> receives;
};

// RFC 7865 §6.7
struct Stream {
  std::string id;
  std::string session_id;
  std::string label;  // a=label of the m-line that carries it
  std::string mode;   // `separate` or `mixed` where the SRC says so (Oracle, BroadWorks)
};

// RFC 7865 §6.3
struct CommunicationSession {
  std::string id;
  std::string sip_session_id;  // RFC 7989, first one
  std::string group_id;
  std::string reason;
  Instant started;
  Instant stopped;
};

// RFC 7865 §6.2
struct Group {
  std::string id;
  Instant associated;
  Instant disassociated;
};

// One vendor element or attribute that RFC 7865 does not define: its path below the root without
// namespaces (`session/ac:AvayaUCID`, prefix as written; `extensiondata/@parent`) and its text.
struct Extension {
  std::string key;
  std::string value;
  std::string owner = {};  // id of the session, group, participant or stream it stands in
};

struct Metadata {
  DataMode mode = DataMode::Complete;
  std::vector<CommunicationSession> sessions;
  std::vector<Group> groups;
  std::vector<Participant> participants;
  std::vector<Stream> streams;
  std::vector<Extension> extensions;
  bool well_formed = true;  // false: read as far as it could be
  std::vector<std::string> warnings;

  const Participant* participant(std::string_view id) const;
  const Stream* stream_of_label(std::string_view label) const;
  // Who speaks on the m-line with this label, nullptr where the document does not say or names
  // several, as it does of a mixed stream.
  const Participant* sender_of_label(std::string_view label) const;
  std::vector<const Participant*> senders_of_label(std::string_view label) const;
};

// Reads one document in any of the field's dialects (IETF, Oracle, Sonus, Metaswitch, BroadWorks,
// Avaya, AudioCodes, Cisco), by local names, whatever the namespace. XML that is not well-formed is
// read as far as possible and says so in `warnings`. Entities, DTDs and the network are off. An
// error only where nothing at all can be read or a limit is passed; the raw text is kept by the
// caller either way.
Result<Metadata> parse_metadata(std::string_view xml, std::string_view charset = {},
                                const MetadataLimits& limits = {});

// `current` after the document `update` (RFC 7866 §9.2): a complete one replaces it, except for
// what has ended (participants who left stay known, behind those who are there); a partial one
// changes and adds by id. What an update leaves empty keeps its value. A label belongs to the
// stream that was given it last. `warnings` are those of all documents. Bounded by `limits`.
Metadata merge(const Metadata& current, const Metadata& update, const MetadataLimits& limits = {});

}  // namespace srs::siprec
