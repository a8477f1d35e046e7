#include <srs/rtp/metrics.hpp>

namespace srs::rtp {
namespace {

struct Row {
  const char* name;
  const char* help;
  std::uint64_t Totals::*value;
};

constexpr Row rows[] = {
    {"rtp_packets_received_total", "RTP packets accepted, duplicates included",
     &Totals::packets_received},
    {"rtp_packets_sent_total", "Datagrams sent from media ports: RTCP reports",
     &Totals::packets_sent},
    {"rtp_bytes_received_total", "Bytes of accepted RTP packets, headers included",
     &Totals::bytes_received},
    {"rtp_bytes_sent_total", "Bytes of the datagrams sent from media ports", &Totals::bytes_sent},
    {"rtp_rtcp_received_total", "RTCP datagrams accepted", &Totals::rtcp_received},
    {"rtp_packets_invalid_total", "Datagrams at media ports that were neither RTP nor RTCP",
     &Totals::invalid},
    {"rtp_keepalives_received_total", "Empty datagrams and STUN at media ports",
     &Totals::keep_alives},
    {"rtp_packets_refused_total", "Datagrams from outside the allowed sources",
     &Totals::refused_source},
    {"rtp_packets_unknown_payload_total", "RTP packets of payload types that SDP did not name",
     &Totals::unknown_payload},
    {"rtp_packets_expected_total",
     "RTP packets that should have come, counted together with rtp_packets_lost_total",
     &Totals::expected},
    {"rtp_packets_lost_total",
     "RTP packets expected and not received, a few seconds after they should have come",
     &Totals::lost},
    {"rtp_packets_duplicate_total", "RTP packets that came more than once", &Totals::duplicates},
    {"rtp_packets_reordered_total", "RTP packets that came after a later one", &Totals::reordered},
    {"rtp_packets_late_total",
     "RTP packets later than a live player with a delay of 100 ms could use", &Totals::late},
    {"rtp_source_changes_total", "Changes of a stream's source address or SSRC",
     &Totals::source_changes},
};

}  // namespace

std::shared_ptr<prometheus::Collectable> expose(metrics::Registry& registry, const Totals& totals) {
  return metrics::computed(registry, [&totals](std::vector<prometheus::MetricFamily>& families) {
    for (const auto& row : rows) {
      families.push_back(metrics::family(row.name, row.help, prometheus::MetricType::Counter,
                                         {{{}, static_cast<double>(totals.*row.value)}}));
    }
    families.push_back(totals.stream_loss.family(
        "rtp_stream_loss_ratio", "Share of lost packets of each stream, at its end"));
    families.push_back(totals.stream_late.family(
        "rtp_stream_late_ratio",
        "Share of each stream's packets that were late for a live player, at its end"));
    families.push_back(totals.stream_jitter.family(
        "rtp_stream_jitter_seconds", "Interarrival jitter of each stream, at its end"));
  });
}

}  // namespace srs::rtp
