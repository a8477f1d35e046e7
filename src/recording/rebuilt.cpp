#include "recording/rebuilt.hpp"

#include "recording/files/mapped_file.hpp"
#include "recording/files/pcapng_reader.hpp"

#include <srs/rtp/packet.hpp>

#include <algorithm>
#include <set>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxStreams = 64;

// 2026-11-22T17:23:05.273Z of 20261122T172305273Z-d57564275f7554ea.
std::optional<WallTime> begin_of(const std::string& id) {
  if (id.size() < 20 || id[8] != 'T' || id[18] != 'Z' || id[19] != '-') return std::nullopt;
  const auto part = [&id](std::size_t at, std::size_t size) { return id.substr(at, size); };
  return from_rfc3339(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(9, 2) + ":" +
                      part(11, 2) + ":" + part(13, 2) + "." + part(15, 3) + "Z");
}

// Payload types whose meaning needs no SDP.
std::vector<PayloadEntry> well_known_payloads() {
  return {{0, "PCMU", 8000, 1, ""}, {8, "PCMA", 8000, 1, ""}};
}

struct Media {
  std::set<std::uint16_t> ports;
  std::optional<WallTime> last;
};

Media media_of(Bytes capture) {
  Media media;
  PcapngReader reader(capture);
  while (const auto record = reader.next()) {
    const auto& udp = record->udp;
    if (rtp::looks_like_rtcp(udp.payload) || !rtp::parse_packet(udp.payload)) continue;
    media.last = std::max(media.last, std::optional(record->arrival));
    if (media.ports.size() < kMaxStreams) media.ports.insert(udp.destination_port);
  }
  return media;
}

}  // namespace

Result<Document> rebuilt_from_name(const std::filesystem::path& directory) {
  Document document;
  document.recording_id = directory.filename().string();
  const auto begin = begin_of(document.recording_id);
  if (!begin) return Error{"the directory's name is no recording id"};
  document.started_at = *begin;
  document.state = State::Rendering;
  document.end_reason = EndReason::Crashed;
  return document;
}

Result<Document> rebuilt_from_capture(const std::filesystem::path& directory) {
  auto rebuilt = rebuilt_from_name(directory);
  if (!rebuilt) return rebuilt;
  auto& document = *rebuilt;
  const auto file = MappedFile::open(directory / kCaptureFile);
  if (!file) return file.error();
  const auto media = media_of(file->bytes());
  if (media.ports.empty()) return Error{"its capture holds no RTP"};
  document.ended_at = media.last;
  for (const auto port : media.ports) {
    StreamEntry stream;
    stream.channel = static_cast<unsigned>(document.streams.size());
    stream.local_port = port;
    stream.payloads = well_known_payloads();
    document.streams.push_back(std::move(stream));
  }
  document.warn(
      "metadata.json was lost: streams are in the order of their ports, without labels and "
      "participants, and only G.711 is known");
  return rebuilt;
}

}  // namespace srs::recording
