#include "recording/media_lines.hpp"

#include "recording/call_time.hpp"
#include "recording/files/same_codec.hpp"

#include <algorithm>
#include <utility>

namespace srs::recording {
namespace {

// Lines closed and opened again get new channels: this many times the maximum of streams, all told.
constexpr std::size_t kReopenFactor = 16;
// After so many a session in which nothing is open had better begin anew: an SRC may keep one for
// all calls of a phone (RFC 7866 §7.1.1), and all its channels stand in one file.
constexpr std::size_t kWornFactor = 2;
constexpr std::size_t kMaxFormerPayloads = 128;  // of one stream
// What we answer does not reach the SRC at once, and what it sent before then takes its way too: a
// guess until its ACK tells.
constexpr std::int64_t kAnswerTakesMs = 10;

// An SRC next door answers within the millisecond in which its line opened.
std::int64_t passed_ms(const Document& document) {
  return ms_from_start(document, wall_now());
}

// Other parameters of the same codec are no other codec, but read what came otherwise.
bool same_meaning(const PayloadEntry& a, const PayloadEntry& b) {
  return same_codec(a, b) && a.fmtp == b.fmtp;
}

std::string name_of(const PayloadEntry& entry) {
  return entry.encoding + "/" + std::to_string(entry.clock_rate);
}

// Types that a re-INVITE does not name any more keep what they meant. It may also map them anew
// (RFC 3264 §8.3.2): what came so far is read as it was meant.
void remember_payloads(StreamEntry& entry, std::vector<PayloadEntry> offered, std::int64_t until_ms,
                       Document& document) {
  for (auto& old : entry.payloads) {
    const auto now = std::find_if(offered.begin(), offered.end(),
                                  [&](const PayloadEntry& each) { return each.type == old.type; });
    if (now == offered.end())
      offered.push_back(std::move(old));
    else if (!same_meaning(old, *now) && entry.former_payloads.size() < kMaxFormerPayloads)
      entry.former_payloads.push_back({std::move(old), until_ms});
  }
  entry.payloads = std::move(offered);
  if (const auto* mapped = mapped_anew(entry))
    document.warn("payload type " + std::to_string(mapped->type) + " of label \"" + entry.label +
                  "\" does not mean " + name_of(*mapped) +
                  " any more, which RFC 3264 section 8.3.2 forbids: packets around the change may "
                  "have been read wrongly, and the capture is kept");
}

}  // namespace

MediaLines::MediaLines(const MediaRoom& room, std::size_t max_streams, rtp::StreamSink& sink,
                       log::Logger log)
    : room_(room), max_streams_(max_streams), sink_(sink), log_(std::move(log)) {}

MediaLines::~MediaLines() = default;

Result<void> MediaLines::open_line(Line& line, Document& document) {
  std::vector<std::uint16_t> had;
  for (const auto& stream : document.streams) had.push_back(stream.local_port);
  auto pair = room_.ports.lease(rtp::PortPool::Clock::now(), had);
  if (!pair) return pair.error();
  Receiver receiver;
  receiver.channel = static_cast<unsigned>(document.streams.size());
  StreamEntry entry;
  entry.channel = receiver.channel;
  entry.local_port = (*pair)->port();
  entry.opened_at_ms = passed_ms(document);
  document.streams.push_back(std::move(entry));
  receiver.stream = std::make_unique<rtp::Stream>(room_.executor, room_.options, room_.engine,
                                                  std::move(*pair), sink_, room_.totals, log_);
  line = receivers_.size();
  receivers_.push_back(std::move(receiver));
  return {};
}

void MediaLines::close_line(Line& line, Document& document) {
  if (!line) return;
  auto& receiver = receivers_[*line];
  receiver.stream->close();
  receiver.open = false;
  document.streams[receiver.channel].closed_at_ms = passed_ms(document);
  line.reset();
}

void MediaLines::update(Receiver& receiver, const sdp::Media& media, StreamEntry& entry,
                        Document& document) {
  entry.label = media.label;
  receiver.settled_payloads = entry.former_payloads.size();
  remember_payloads(entry, payload_entries(media), passed_ms(document) + kAnswerTakesMs, document);
  receiver.stream->set_profile(stream_profile(media));
  receiver.hold = on_hold(media);
}

std::vector<LinePlan> MediaLines::plan(const sdp::Session& offer) const {
  return plan_lines(offer, max_streams_);
}

Result<std::vector<sdp::AnswerMedia>> MediaLines::apply(const sdp::Session& offer,
                                                        const std::vector<LinePlan>& plan,
                                                        Document& document) {
  std::vector<sdp::AnswerMedia> answer(plan.size());
  lines_.resize(std::max(lines_.size(), plan.size()));
  std::size_t fresh = 0;
  for (std::size_t i = 0; i < plan.size(); ++i) fresh += plan[i].take && !lines_[i] ? 1U : 0U;
  if (auto room = room_.ports.check_room(fresh, rtp::PortPool::Clock::now()); !room)
    return room.error();
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const std::string name = "m-line " + std::to_string(i + 1);
    if (!plan[i].refusal.empty()) document.warn(name + " refused: " + plan[i].refusal);
    if (!plan[i].take) {
      close_line(lines_[i], document);
      continue;
    }
    if (!lines_[i] && receivers_.size() >= kReopenFactor * max_streams_) {
      document.warn(name + " refused: it was closed and reopened too often");
      continue;
    }
    if (!lines_[i]) {
      if (auto opened = open_line(lines_[i], document); !opened) return opened.error();
    }
    Receiver& receiver = receivers_[*lines_[i]];
    update(receiver, offer.media[i], document.streams[receiver.channel], document);
    if (offer.media[i].direction == sdp::Direction::RecvOnly)
      document.warn(name + " is recvonly: an SRC that shall send says sendonly (RFC 7866 §7.1.1)");
    add_cnames(receiver.cnames, offer, i);
    answer[i].port = receiver.stream->port();
  }
  // RFC 3264 §8: a later offer has at least as many lines. One that has fewer closes the others.
  for (std::size_t i = plan.size(); i < lines_.size(); ++i) close_line(lines_[i], document);
  return answer;
}

Result<void> MediaLines::open(std::size_t lines, Document& document) {
  if (auto room = room_.ports.check_room(lines, rtp::PortPool::Clock::now()); !room)
    return room.error();
  lines_.resize(lines);
  for (auto& line : lines_) {
    if (auto opened = open_line(line, document); !opened) return opened.error();
  }
  return {};
}

void MediaLines::confirm(WallTime acknowledged, Document& document) {
  const auto at = ms_from_start(document, acknowledged);
  for (auto& receiver : receivers_) {
    auto& former = document.streams[receiver.channel].former_payloads;
    for (auto i = receiver.settled_payloads; i < former.size(); ++i) former[i].until_ms = at;
    receiver.settled_payloads = former.size();
  }
}

void MediaLines::forget_refused(Document& document) {
  while (!receivers_.empty() && !receivers_.back().open &&
         receivers_.back().stream->stats().packets == 0) {
    receivers_.pop_back();
    document.streams.pop_back();
  }
}

std::vector<sdp::AnswerMedia> MediaLines::ours() const {
  std::vector<sdp::AnswerMedia> media(lines_.size());
  for (std::size_t i = 0; i < media.size(); ++i)
    if (lines_[i]) media[i].port = receivers_[*lines_[i]].stream->port();
  return media;
}

void MediaLines::close() {
  for (auto& receiver : receivers_) {
    receiver.stream->close();
    receiver.open = false;
  }
  lines_.clear();
}

void MediaLines::report(Document& document) const {
  for (const auto& receiver : receivers_) {
    const auto& stats = receiver.stream->stats();
    auto& entry = document.streams[receiver.channel];
    entry.packets_lost = stats.lost();
    entry.packets_duplicate = stats.duplicates();
    entry.jitter_ms = stats.jitter_ms();
    entry.packets_received = 0;
    entry.ssrcs.clear();
    for (const auto& source : stats.sources) {
      entry.packets_received += source.packets;
      entry.ssrcs.push_back(source.ssrc);
    }
    if (stats.first_arrival)
      entry.first_packet_offset_ms = ms_from_start(document, *stats.first_arrival);
  }
}

Cnames MediaLines::cnames() const {
  Cnames cnames;
  for (const auto& receiver : receivers_) {
    cnames.resize(std::max<std::size_t>(cnames.size(), receiver.channel + 1));
    cnames[receiver.channel] = receiver.cnames;
  }
  return cnames;
}

bool MediaLines::worn() const {
  return receivers_.size() >= kWornFactor * max_streams_ &&
         std::none_of(receivers_.begin(), receivers_.end(),
                      [](const Receiver& receiver) { return receiver.open; });
}

bool MediaLines::all_on_hold() const {
  return std::all_of(receivers_.begin(), receivers_.end(),
                     [](const Receiver& receiver) { return !receiver.open || receiver.hold; });
}

std::vector<unsigned> MediaLines::silent() const {
  std::vector<unsigned> channels;
  for (const auto& receiver : receivers_) {
    if (receiver.open && !receiver.hold && receiver.stream->stats().packets == 0)
      channels.push_back(receiver.channel);
  }
  return channels;
}

std::uint64_t MediaLines::packets() const {
  std::uint64_t packets = 0;
  for (const auto& receiver : receivers_) packets += receiver.stream->stats().packets;
  return packets;
}

std::uint64_t MediaLines::kernel_drops() const {
  std::uint64_t drops = 0;
  for (const auto& receiver : receivers_) drops += receiver.stream->stats().kernel_drops;
  return drops;
}

std::uint64_t MediaLines::truncated() const {
  std::uint64_t truncated = 0;
  for (const auto& receiver : receivers_) truncated += receiver.stream->stats().truncated;
  return truncated;
}

std::uint64_t MediaLines::late() const {
  std::uint64_t late = 0;
  for (const auto& receiver : receivers_) late += receiver.stream->stats().late();
  return late;
}

std::optional<WallTime> MediaLines::last_arrival() const {
  std::optional<WallTime> last;
  for (const auto& receiver : receivers_) {
    last = std::max(last, receiver.stream->stats().last_arrival);
  }
  return last;
}

std::optional<WallTime> MediaLines::last_sign() const {
  auto last = last_arrival();
  for (const auto& receiver : receivers_) {
    if (receiver.open) last = std::max(last, receiver.stream->stats().last_sign);
  }
  return last;
}

}  // namespace srs::recording
