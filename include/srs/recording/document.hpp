// metadata.json as values: schema `siprec-recording/1`, docs/recording-format.md.
#pragma once

#include <srs/util/result.hpp>
#include <srs/util/time.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::recording {

enum class State { Recording, Rendering, Complete, Failed };
std::string_view to_string(State state);
// Its files are as they will stay, but for what is made of them later.
constexpr bool is_over(State state) {
  return state == State::Complete || state == State::Failed;
}

// Why a recording ended; the text in `end_reason` and in metric labels.
enum class EndReason {
  Bye,          // bye
  Cancelled,    // cancelled
  NoMedia,      // no_media: none came within the limit
  Inactivity,   // inactivity: it stopped coming
  Expired,      // session_expired: RFC 4028
  MaxDuration,  // max_duration
  MaxStreams,   // max_streams: between two calls, so that the next one gets a recording of its own
  Shutdown,     // shutdown: we stopped before the call did
  Crashed,      // crashed: our process died in mid-call
  Failed,       // failed: our own error, see warnings
};
std::string_view to_string(EndReason reason);
std::optional<EndReason> end_reason(std::string_view text);

// One payload type of a stream as the offers named it.
struct PayloadEntry {
  std::uint8_t type = 0;
  std::string encoding;
  std::uint32_t clock_rate = 8000;
  std::uint8_t channels = 1;
  std::string fmtp;
};

// What a payload type meant before an offer mapped it anew.
struct FormerPayloadEntry {
  PayloadEntry payload;
  std::int64_t until_ms = 0;  // from started_at; packets that arrived before it
};

struct DtmfEntry {
  std::string digit;       // 0-9 * # A-D, or the event's number (RFC 4733 §3.2)
  std::int64_t at_ms = 0;  // from started_at
  std::int64_t duration_ms = 0;
};

// One of those who speak on a stream in turn, as after a transfer.
struct SpeakerEntry {
  std::string participant;                 // id
  std::int64_t from_ms = 0;                // from started_at
  std::optional<std::int64_t> to_ms = {};  // none: to the end
};

struct StreamEntry {
  std::string label;             // a=label, verbatim
  unsigned channel = 0;          // in audio.wav, from 0: the order of the m-lines
  std::string participant;       // id of the one who speaks here, at last; empty: not known
  std::uint16_t local_port = 0;  // our RTP port: the destination port in capture.pcapng
  std::vector<PayloadEntry> payloads;
  std::string codec;  // encoding of most packets, `PCMU`
  std::vector<std::uint32_t> ssrcs;
  std::uint64_t packets_received = 0;  // without duplicates
  std::uint64_t packets_lost = 0;
  std::uint64_t packets_duplicate = 0;
  std::uint64_t packets_undecoded = 0;  // payload types that could not be rendered
  double jitter_ms = 0;
  std::optional<std::int64_t> first_packet_offset_ms;  // from started_at
  std::int64_t concealed_ms = 0;                       // audio made up for lost packets
  std::vector<DtmfEntry> dtmf;
  std::vector<SpeakerEntry> speakers = {};  // in turn; empty: the participant all along
  // When it had its port, ms from started_at: another stream may have had it before or after.
  std::optional<std::int64_t> opened_at_ms = {};
  std::optional<std::int64_t> closed_at_ms = {};         // nothing: open to the end
  std::vector<FormerPayloadEntry> former_payloads = {};  // in order of time
};

// What one of its types meant before it was mapped to another encoding; null: none was.
const PayloadEntry* mapped_anew(const StreamEntry& stream);

struct ParticipantEntry {
  std::string id;
  std::string aor;
  std::string name;
  std::string source;  // `metadata` or `sip`
  std::optional<WallTime> joined_at;
  std::optional<WallTime> left_at;
};

// A vendor element of the metadata, or a SIP header: UCID, Session-ID, ...
struct ExtensionEntry {
  std::string name;  // `participant/extensiondata/apkt:callingParty`, `sip:X-Genesys-CallUUID`
  std::string value;
  std::string owner = {};  // id of the participant, stream, session or group that it was said of
  bool operator==(const ExtensionEntry&) const = default;
};

// What the SRC said about itself and the communication session.
struct SessionEntry {
  std::string src_address;  // `192.0.2.1:5060`
  std::string transport;
  std::string user_agent;
  std::string from;
  std::string to;
  std::string traceparent;  // of the session's span, or the caller's as it came; may be empty
  std::string tracestate;   // the caller's, beside it
  std::vector<std::string> communication_sessions;  // session ids
  std::vector<std::string> groups;
  std::vector<std::string> sip_session_ids;
  std::vector<ExtensionEntry> extensions;  // bounded
};

// What happened, in order: `answered`, `offer`, `hold`, `resume`, `metadata`, ... Bounded.
struct EventEntry {
  std::int64_t at_ms = 0;
  std::string event;
  std::string detail;
};

struct FileEntry {
  std::string name;  // within the recording's directory
  std::string type;  // media type
  std::uint64_t bytes = 0;
  std::string sha256;  // empty while it grows
};

struct AudioFormat {
  std::uint32_t sample_rate = 0;
  unsigned channels = 0;
};

// One speech-to-text engine that was used, and what it cost by the configured price.
struct TranscriptionUse {
  std::string provider;
  std::string model;
  std::uint64_t requests = 0;
  std::int64_t audio_ms = 0;
  double cost = 0;
  std::string currency;  // ISO 4217; empty: no price is configured
};

// What kept a provider from transcribing.
struct TranscriptionIncident {
  std::string provider;
  std::string reason;
  WallTime at{};  // the first time
  std::uint64_t times = 0;
};

// A transcript that has to wait for a provider.
struct TranscriptionWait {
  std::string provider;
  std::string reason;   // `breaker`, `rate_limited`, `cost`, `server`, ...
  std::string message;  // the same for a person
  WallTime next_try_at{};
  std::vector<TranscriptionIncident> incidents;
};

// What became of speech-to-text.
struct TranscriptionEntry {
  std::string state;    // `complete`, `parked`, `failed`, `cancelled`
  std::string reason;   // of the last three: `auth`, `timeout`, ...
  std::string message;  // the same for a person
  std::uint64_t segments = 0;
  std::uint64_t words = 0;
  std::vector<TranscriptionUse> uses;
  std::vector<TranscriptionIncident> incidents;
  std::optional<WallTime> delivered_at;  // when the webhook took it
};

struct Document {
  std::string recording_id;
  std::string call_id;
  State state = State::Recording;
  std::optional<EndReason> end_reason;
  WallTime started_at{};
  std::optional<WallTime> ended_at;
  std::optional<AudioFormat> audio;
  std::vector<StreamEntry> streams;
  std::vector<ParticipantEntry> participants;
  SessionEntry session;
  std::vector<EventEntry> events;
  std::vector<FileEntry> files;
  std::optional<TranscriptionEntry> transcription;       // once there is an outcome
  std::optional<TranscriptionWait> transcription_waits;  // until there is one
  std::vector<TranscriptionUse> live_uses;               // of live text beside that transcription
  std::vector<std::string> warnings;

  // Adds it once; bounded to 100, the last one saying that more were left out.
  void warn(std::string warning);
};

// Whether any stream brought a packet.
bool had_media(const Document& document);
// The warning of a recording where none did.
inline constexpr std::string_view kNoMediaWarning = "no RTP packet was received";

// Indented JSON, UTF-8 whatever came in, keys in the order of docs/recording-format.md, with
// `schema` and `duration_ms`.
std::string to_json(const Document& document);
// Reads what to_json wrote; unknown keys are ignored, wrong types are an error naming the key.
Result<Document> from_json(std::string_view text);

// metadata.json of that recording. Blocks.
Result<Document> load_document(const std::filesystem::path& directory);

inline constexpr std::string_view kMetadataFile = "metadata.json";
inline constexpr std::string_view kCaptureFile = "capture.pcapng";
inline constexpr std::string_view kAudioFile = "audio.wav";

}  // namespace srs::recording
