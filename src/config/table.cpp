#include "config/table.hpp"

#include "config/make_key.hpp"
#include "config/rules.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace srs::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;
constexpr std::uint64_t kGiB = 1024 * kMiB;
constexpr std::uint64_t kTiB = 1024 * kGiB;

std::vector<Key> server_keys() {
  return {
      SRS_KEY(server.drain_timeout, duration<seconds>(seconds(0), hours(24)),
              "How long running calls, and requests to speech-to-text, may go on after SIGTERM."),
  };
}

std::vector<Key> sip_keys() {
  return {
      SRS_KEY(
          sip.listen, list_of(text("", sip_listener), "udp:, tcp: or tls:ADDRESS:PORT"),
          "Where SIP is awaited; port 0 takes any free one. `[::]` is IPv6 alone: name 0.0.0.0 as "
          "well."),
      SRS_KEY(
          sip.external_address, text("an address or host name, or empty", host_or_empty),
          "What Contact, Via and SDP name instead of our own address where NAT stands between."),
      SRS_KEY(sip.tls_directory, text("a path, or empty", printable),
              "Holds agent.pem (certificate, its chain, key) and cafile.pem for tls: listeners."),
      SRS_KEY(sip.user_agent, text("printable text", printable),
              "How we name ourselves in the Server header of our answers."),
      SRS_KEY(sip.max_message_size, size<std::size_t>(4 * kKiB, kMiB),
              "The largest SIP message that is read; larger ones are answered with 513."),
      SRS_KEY(
          sip.tls_verify_client, yes_or_no(),
          "Takes TLS calls only from clients with a certificate of cafile.pem (RFC 7866 §12.1)."),
      SRS_KEY(sip.max_dialogs, number<std::size_t>(1, 1'000'000),
              "Calls at the same time; further ones are answered with 503."),
      SRS_KEY(sip.max_connections, number<std::size_t>(1, 1'000'000),
              "TCP and TLS connections; beyond, idle ones without calls are cut."),
      // RFC 4028 §5: Min-SE is never less than 90 seconds.
      SRS_KEY(sip.min_session_expires, duration<seconds>(seconds(90), hours(24)),
              "The shortest session timer that is accepted; below it 422 (RFC 4028)."),
      SRS_KEY(sip.udp_receive_buffer, size<int>(64 * kKiB, kGiB),
              "The kernel's receive buffer of each UDP listener."),
      SRS_KEY(sip.t1, duration<milliseconds>(milliseconds(10), seconds(10)),
              "The round-trip estimate T1 of RFC 3261 §17.1.1.1."),
  };
}

std::vector<Key> rtp_keys() {
  return {
      SRS_KEY(rtp.bind_address, text("a numeric address", numeric_address),
              "Where media is received; `::` takes IPv4 and IPv6."),
      SRS_KEY(rtp.port_min, number<std::uint16_t>(1, 65534),
              "The first port of the range, rounded up to an even one."),
      SRS_KEY(rtp.port_max, number<std::uint16_t>(2, 65535),
              "The last port of the range; each stream takes an even and the next odd port."),
      SRS_KEY(rtp.engine, one_of<std::string>({{"sweep", "sweep"}}),
              "How datagrams are read from the kernel."),
      SRS_KEY(rtp.sweep_interval, duration<milliseconds>(milliseconds(1), seconds(1)),
              "How often each socket is emptied; arrival times are the kernel's all the same."),
      SRS_KEY(
          rtp.quarantine, duration<milliseconds>(milliseconds(0), hours(1)),
          "How long a freed port pair rests, so that late packets meet no new call; less where no "
          "other is left."),
      SRS_KEY(rtp.idle_pairs, number<std::size_t>(0, 32'768),
              "Freed port pairs that stay bound for the next calls."),
      SRS_KEY(rtp.receive_buffer, size<int>(0, kGiB),
              "The kernel's receive buffer of each media socket; 0 leaves the kernel's default."),
      SRS_KEY(rtp.allowed_sources, list_of(text("", network), "networks, such as 192.0.2.0/24"),
              "Networks whose media is taken; an empty list takes all."),
      SRS_KEY(rtp.rtcp_interval, duration<milliseconds>(milliseconds(0), hours(1)),
              "How often receiver reports are sent (RFC 7866 §8.1.1); 0 sends none."),
  };
}

using recording::Accept;
using recording::KeepCapture;

std::vector<Key> recording_keys() {
  return {
      SRS_KEY(recording.directory, path("a path", false),
              "Where recordings are kept; it is made where it is missing."),
      SRS_KEY(
          recording.accept,
          one_of<Accept>(
              {{"strict", Accept::Strict}, {"tolerant", Accept::Tolerant}, {"any", Accept::Any}}),
          "Which INVITEs open a recording: with +sip.src and Require: siprec; with either, "
          "metadata or Cisco's x-nearend; any with audio."),
      SRS_KEY(recording.max_streams, number<std::size_t>(2, 128),
              "Audio streams recorded in one session; further ones are refused with port 0."),
      SRS_KEY(recording.no_media_timeout, duration<seconds>(seconds(0), hours(24)),
              "Ends a session in which no media came since the answer; 0 never does."),
      SRS_KEY(recording.inactivity_timeout, duration<seconds>(seconds(0), hours(24)),
              "Ends a session from which neither media nor RTCP comes any more, except on hold; 0 "
              "never does."),
      SRS_KEY(recording.hold_timeout, duration<seconds>(seconds(0), hours(24 * 7)),
              "Ends a session that has been on hold, with every stream inactive; 0 never does."),
      SRS_KEY(recording.max_duration, duration<seconds>(seconds(0), hours(24 * 7)),
              "Ends a session after this time; 0 never does."),
      SRS_KEY(recording.min_free_space, size<std::uint64_t>(0, 1024 * kTiB),
              "Free disk space below which no new calls are taken, looked at every 5 seconds: more "
              "than "
              "all calls write meanwhile, and than the largest audio.wav."),
      SRS_KEY(recording.keep_capture,
              one_of<KeepCapture>(
                  {{"when_needed", KeepCapture::WhenNeeded}, {"always", KeepCapture::Always}}),
              "Keeps capture.pcapng after rendering: only where not all of it could be decoded "
              "for sure, or always."),
      SRS_KEY(recording.keep_rs_metadata, yes_or_no(),
              "Keeps each metadata document as it was received (RFC 7865 §10)."),
      SRS_KEY(recording.render_threads, number<std::size_t>(1, 256),
              "Threads that render captures into audio files."),
      SRS_KEY(recording.render_queue, number<std::size_t>(1, 1'000'000),
              "Ended recordings that wait in memory to be rendered; more wait on disk."),
      SRS_KEY(recording.capture.block_size, size<std::size_t>(4 * kKiB, 16 * kMiB),
              "Bytes gathered for one write to a capture."),
      // A packet waits at most twice this long, and never longer than a second.
      SRS_KEY(recording.capture.flush_interval,
              duration<milliseconds>(milliseconds(10), milliseconds(500)),
              "How often captures are written out; a crash loses at most twice this time."),
      SRS_KEY(recording.capture.max_pending, size<std::size_t>(kMiB, kTiB),
              "Bytes of all calls that may wait for a slow disk; beyond, packets are dropped and "
              "counted, and new calls are refused meanwhile."),
      SRS_KEY(recording.render.comfort_noise, yes_or_no(),
              "Renders noise where the sender announced comfort noise (RFC 3389), else silence."),
  };
}

std::vector<Key> http_keys() {
  return {
      SRS_KEY(http.listen, text("ADDRESS:PORT", endpoint),
              "Where /metrics, /health, /ready and /live are served; port 0 takes any free one."),
      SRS_KEY(http.max_connections, number<std::size_t>(1, 100'000),
              "Connections at the same time; a further one takes the place of one that idles, or "
              "else of "
              "one whose request is half sent; where all are being answered it gets 503."),
      SRS_KEY(http.max_header_bytes, size<std::size_t>(kKiB, kMiB),
              "The largest request header; larger ones are answered with 431."),
      SRS_KEY(http.max_body_bytes, size<std::size_t>(0, 64 * kMiB),
              "The largest request body; larger ones are answered with 413."),
      SRS_KEY(http.request_timeout, duration<milliseconds>(milliseconds(100), hours(1)),
              "How long a request may take to arrive and an answer to leave; beyond it 408."),
      SRS_KEY(http.idle_timeout, duration<milliseconds>(milliseconds(100), hours(24)),
              "How long a connection may stay open between requests."),
      secret(SRS_KEY(http.admin_token,
                     text("printable text without spaces, or empty", bearer_token),
                     "The bearer token of requests that change something, such as PUT /log/level; "
                     "empty refuses them.")),
      SRS_KEY(
          http.admin_token_file, text("a path, or empty", printable),
          "The file whose first line is that token, read again when it is replaced; it wins over "
          "http.admin_token."),
      secret(SRS_KEY(http.transcript_token,
                     text("printable text without spaces, or empty", bearer_token),
                     "The bearer token of requests that read what was said, such as GET "
                     "/recordings/{id}/transcript; empty refuses them.")),
      SRS_KEY(
          http.transcript_token_file, text("a path, or empty", printable),
          "The file whose first line is that token, read again when it is replaced; it wins over "
          "http.transcript_token."),
  };
}

using log::Format;
using log::Level;

std::vector<Key> log_keys() {
  return {
      SRS_KEY(log.level,
              one_of<Level>({{"trace", Level::Trace},
                             {"debug", Level::Debug},
                             {"info", Level::Info},
                             {"warning", Level::Warning},
                             {"error", Level::Error},
                             {"off", Level::Off},
                             {"warn", Level::Warning}}),
              "The least severe lines that are written."),
      SRS_KEY(log.format, one_of<Format>({{"text", Format::Text}, {"json", Format::Json}}),
              "Lines for people, or one JSON object a line (Elastic Common Schema)."),
      SRS_KEY(log.file, path("a path, or empty", true),
              "The file to write to, reopened at SIGHUP; empty writes to stderr."),
      SRS_KEY(log.max_file_size, size<std::uint64_t>(64 * kKiB, kTiB),
              "The size at which the file is rotated."),
      SRS_KEY(log.max_files, number<std::size_t>(1, 1000), "Rotated files that are kept."),
      SRS_KEY(
          log.sip_filter, text("all, or texts separated by commas, or empty", printable),
          "SIP messages that are logged whatever the level: all, or those with this in Call-ID, "
          "From, To or the peer's address."),
      SRS_KEY(log.mask_numbers, yes_or_no(),
              "Keeps only the last three digits of phone numbers in every line of the log."),
      SRS_KEY(log.queue, number<std::size_t>(16, 1'000'000),
              "Lines that wait for a slow disk or terminal; beyond, the oldest are dropped and "
              "counted."),
  };
}

std::vector<Key> make_table() {
  std::vector<Key> all;
  for (auto* part : {server_keys, sip_keys, rtp_keys, recording_keys, http_keys, log_keys,
                     tracing_keys, stt_keys}) {
    for (auto& key : part()) all.push_back(std::move(key));
  }
  return all;
}

}  // namespace

const std::vector<Key>& table() {
  static const std::vector<Key> all = make_table();
  return all;
}

const Key* find(std::string_view name) {
  const auto& all = table();
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const Key& k) { return k.name == name; });
  return at == all.end() ? nullptr : &*at;
}

std::string environment_name(std::string_view key) {
  std::string name;
  for (const char c : key) {
    name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

Key secret(Key key) {
  key.secret = true;
  return key;
}

Texts shown(const Key& key, const Settings& settings) {
  auto texts = key.get(settings);
  for (auto& text : texts) {
    text = key.secret && !text.empty() ? std::string(kMask) : without_credentials(std::move(text));
  }
  return texts;
}

}  // namespace srs::config
