#include "reporter.hpp"
#include "settlement.hpp"
#include "source_table.hpp"

#include <srs/log/folded.hpp>
#include <srs/rtp/metrics.hpp>
#include <srs/rtp/stream.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <utility>

namespace srs::rtp {

std::uint64_t StreamStats::lost() const {
  auto sum = others.lost();
  for (const auto& source : sources) sum += source.lost();
  return sum;
}

std::uint64_t StreamStats::duplicates() const {
  auto sum = others.duplicates;
  for (const auto& source : sources) sum += source.duplicates;
  return sum;
}

std::uint64_t StreamStats::expected() const {
  auto sum = others.expected;
  for (const auto& source : sources) sum += source.expected;
  return sum;
}

std::uint64_t StreamStats::late() const {
  auto sum = others.late;
  for (const auto& source : sources) sum += source.late;
  return sum;
}

double StreamStats::jitter_ms() const {
  if (sources.empty() || sources.back().clock_rate == 0) return 0;
  return sources.back().jitter * 1000 / sources.back().clock_rate;
}

struct Stream::Impl {
  Impl(const Options& options, Engine& its_engine, std::unique_ptr<PortPair> its_pair,
       StreamSink& its_sink, Totals& its_totals, log::Logger its_log, StreamStats& its_stats)
      : engine(its_engine),
        pair(std::move(its_pair)),
        sink(its_sink),
        totals(its_totals),
        log(its_log.with("rtp_port", pair->port())),
        stats(its_stats),
        port(pair->port()),
        sources(its_stats),
        reporter(options, *pair) {
    if (auto networks = parse_networks(options.allowed_sources)) allowed = std::move(*networks);
  }

  void take(const Datagram& datagram);
  void take_rtp(const Datagram& datagram);
  void take_rtcp(const Datagram& datagram);
  void count(const Packet& packet, const Datagram& datagram);
  std::size_t source_of(const Packet& packet, const Datagram& datagram);
  std::size_t new_source(const Packet& packet, const Datagram& datagram);
  void adopt(const Rtcp& rtcp, WallTime arrival);
  void keep_early(Rtcp rtcp, WallTime arrival);
  void refuse(const Datagram& datagram);
  void invalid(const Datagram& datagram);
  void source_changed(const char* what, const Datagram& datagram, std::uint32_t ssrc);
  void log_change(const char* what, const Datagram& datagram, std::uint32_t ssrc);
  void look_up(std::uint8_t payload_type);
  bool is_allowed(const Endpoint& source) const;
  void report(bool bye);

  Engine& engine;
  std::unique_ptr<PortPair> pair;
  StreamSink& sink;
  Totals& totals;
  log::Logger log;
  StreamStats& stats;
  const std::uint16_t port;
  SourceTable sources;
  Reporter reporter;
  Settlement settlement;
  std::vector<Network> allowed;
  std::vector<StreamProfile::Payload> payloads;
  // The last packet's payload type and source: the next one mostly has the same.
  std::optional<std::uint8_t> payload_type;
  bool payload_known = true;
  std::uint32_t clock_rate = 8000;
  std::size_t current = 0;
  // RTCP that came before the first packet of its SSRC.
  Rtcp early;
  WallTime early_arrival{};
  // Made at their first line: most streams never have one.
  using Lines = std::unique_ptr<log::Folded>;
  Lines changes, refusals, rubbish;
  log::Folded& lines(Lines& which, log::Level level, const char* event);
};

log::Folded& Stream::Impl::lines(Lines& which, log::Level level, const char* event) {
  if (!which) which = std::make_unique<log::Folded>(log, level, event);
  return *which;
}

bool Stream::Impl::is_allowed(const Endpoint& source) const {
  return allowed.empty() || std::any_of(allowed.begin(), allowed.end(), [&](const auto& network) {
           return network.contains(source);
         });
}

void Stream::Impl::take(const Datagram& datagram) {
  if (!is_allowed(datagram.source)) return refuse(datagram);
  if (datagram.rtcp_port || looks_like_rtcp(datagram.bytes)) return take_rtcp(datagram);
  take_rtp(datagram);
}

void Stream::Impl::take_rtp(const Datagram& datagram) {
  const auto packet = parse_packet(datagram.bytes);
  if (!packet) return invalid(datagram);
  count(*packet, datagram);
  sink.on_datagram(port, datagram);
}

void Stream::Impl::count(const Packet& packet, const Datagram& datagram) {
  ++stats.packets;
  stats.bytes += datagram.bytes.size();
  ++totals.packets_received;
  totals.bytes_received += datagram.bytes.size();
  if (!stats.first_arrival) stats.first_arrival = datagram.arrival;
  stats.last_arrival = datagram.arrival;

  if (packet.header.payload_type != payload_type) look_up(packet.header.payload_type);
  if (!payload_known) {
    ++stats.unknown_payload;
    ++totals.unknown_payload;
  }
  current = source_of(packet, datagram);
  const auto arrival =
      sources.source(current).update(packet, datagram.arrival, clock_rate, sources.stats(current));
  if (arrival == Source::Arrival::Duplicate) ++totals.duplicates;
  if (arrival == Source::Arrival::Reordered) ++totals.reordered;
  if (arrival == Source::Arrival::Restart) log_change("sequence", datagram, packet.header.ssrc);
}

// A payload type that SDP did not name keeps the clock of the last one.
void Stream::Impl::look_up(std::uint8_t type) {
  payload_type = type;
  const auto found = std::find_if(payloads.begin(), payloads.end(),
                                  [&](const auto& payload) { return payload.type == type; });
  payload_known = found != payloads.end() || payloads.empty();
  if (found != payloads.end() && found->clock_rate != 0) clock_rate = found->clock_rate;
}

std::size_t Stream::Impl::source_of(const Packet& packet, const Datagram& datagram) {
  const auto ssrc = packet.header.ssrc;
  auto index = current < sources.size() && sources.stats(current).ssrc == ssrc
                   ? std::optional(current)
                   : sources.find(ssrc);
  if (!index) return new_source(packet, datagram);
  if (sources.source(*index).moved(datagram.source)) {
    reporter.on_media(datagram.source);
    source_changed("address", datagram, ssrc);
  }
  return *index;
}

// RFC 7866 §8.1.3: a change of SSRC is no end of the stream.
std::size_t Stream::Impl::new_source(const Packet& packet, const Datagram& datagram) {
  const auto ssrc = packet.header.ssrc;
  const bool first = sources.size() == 0;
  const auto index = sources.add(ssrc);
  sources.source(index).moved(datagram.source);
  reporter.on_media(datagram.source);
  if (ssrc == reporter.ssrc()) reporter.choose_ssrc();
  if (!first) source_changed("ssrc", datagram, ssrc);
  adopt(early, early_arrival);
  return index;
}

void Stream::Impl::source_changed(const char* what, const Datagram& datagram, std::uint32_t ssrc) {
  ++stats.source_changes;
  ++totals.source_changes;
  log_change(what, datagram, ssrc);
}

void Stream::Impl::log_change(const char* what, const Datagram& datagram, std::uint32_t ssrc) {
  lines(changes, log::Level::Info, "rtp_source_changed").add(datagram.arrival, 1, [&] {
    return log::Fields{{"what", what}, {"source", datagram.source.to_string()}, {"ssrc", ssrc}};
  });
}

void Stream::Impl::take_rtcp(const Datagram& datagram) {
  auto rtcp = parse_rtcp(datagram.bytes);
  if (!rtcp) return invalid(datagram);
  ++totals.rtcp_received;
  stats.last_sign = datagram.arrival;
  reporter.on_rtcp(datagram);
  adopt(*rtcp, datagram.arrival);
  keep_early(std::move(*rtcp), datagram.arrival);
  sink.on_datagram(port, datagram);
}

void Stream::Impl::adopt(const Rtcp& rtcp, WallTime arrival) {
  for (const auto& report : rtcp.sender_reports)
    if (const auto index = sources.find(report.ssrc))
      sources.source(*index).on_sender_report(report.ntp, arrival);
  for (const auto& description : rtcp.descriptions)
    if (const auto index = sources.find(description.ssrc))
      sources.stats(*index).cname = to_utf8(description.cname);
  for (const auto ssrc : rtcp.goodbyes)
    if (const auto index = sources.find(ssrc)) sources.stats(*index).said_bye = true;
}

// Only what concerns sources that have not sent media yet; mostly nothing.
void Stream::Impl::keep_early(Rtcp rtcp, WallTime arrival) {
  const auto known = [&](const auto& item) { return sources.find(item.ssrc).has_value(); };
  std::erase_if(rtcp.sender_reports, known);
  std::erase_if(rtcp.descriptions, known);
  early = {.sender_reports = std::move(rtcp.sender_reports),
           .report_blocks = {},
           .descriptions = std::move(rtcp.descriptions),
           .goodbyes = {}};
  early_arrival = arrival;
}

void Stream::Impl::refuse(const Datagram& datagram) {
  ++totals.refused_source;
  lines(refusals, log::Level::Warning, "rtp_source_refused").add(datagram.arrival, 1, [&] {
    return log::Fields{{"source", datagram.source.to_string()}};
  });
}

void Stream::Impl::invalid(const Datagram& datagram) {
  if (is_keep_alive(datagram.bytes)) {
    ++totals.keep_alives;
    stats.last_sign = datagram.arrival;
    return;
  }
  ++stats.invalid;
  ++totals.invalid;
  lines(rubbish, log::Level::Warning, "rtp_invalid").add(datagram.arrival, 1, [&] {
    return log::Fields{{"source", datagram.source.to_string()},
                       {"bytes", datagram.bytes.size()},
                       {"rtcp_port", datagram.rtcp_port}};
  });
}

// Silent until media came: before that there is nothing to report on.
void Stream::Impl::report(bool bye) {
  if (sources.size() == 0) return;
  const auto blocks = sources.report(wall_now());
  if (!blocks.empty() || bye) reporter.send(blocks, bye, totals);
}

Stream::Stream(boost::asio::any_io_executor, const Options& options, Engine& engine,
               std::unique_ptr<PortPair> pair, StreamSink& sink, Totals& totals, log::Logger log)
    : impl_(std::make_unique<Impl>(options, engine, std::move(pair), sink, totals, std::move(log),
                                   stats_)) {
  engine.add(*impl_->pair, *this);
}

Stream::~Stream() {
  close();
}

std::uint16_t Stream::port() const {
  return impl_->port;
}

void Stream::set_profile(const StreamProfile& profile) {
  impl_->payloads = profile.payloads;
  impl_->payload_type.reset();
  impl_->reporter.set_profile(profile);
}

void Stream::on_datagrams(std::span<const Datagram> datagrams) {
  for (const auto& datagram : datagrams) impl_->take(datagram);
}

void Stream::on_turn(std::chrono::steady_clock::time_point now) {
  if (impl_->reporter.due(now)) impl_->report(false);
  if (impl_->settlement.due(now)) impl_->settlement.check(stats_, impl_->totals);
}

void Stream::close() {
  if (!impl_->pair) return;
  impl_->engine.remove(*impl_->pair);
  impl_->report(true);
  for (auto* lines : {&impl_->changes, &impl_->refusals, &impl_->rubbish})
    if (*lines) (*lines)->flush();
  impl_->settlement.finish(stats_, impl_->totals);
  impl_->pair.reset();
}

}  // namespace srs::rtp
