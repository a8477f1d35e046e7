#include "app/siprec_call/summary.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <iomanip>
#include <sstream>

namespace srs::call {
namespace {

double ms(std::chrono::nanoseconds value) {
  return std::round(std::chrono::duration<double, std::milli>(value).count() * 1000) / 1000;
}

std::string percentiles(const Latencies& latencies) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1);
  out << "p50 " << ms(latencies.percentile(50)) << " ms   p90 " << ms(latencies.percentile(90))
      << " ms   p99 " << ms(latencies.percentile(99)) << " ms   max "
      << ms(latencies.percentile(100)) << " ms";
  return out.str();
}

std::string by_status(const std::map<int, std::size_t>& counts) {
  std::ostringstream out;
  for (const auto& [status, count] : counts) {
    out << (out.tellp() > 0 ? ", " : "") << (status == 0 ? "none" : std::to_string(status)) << ": "
        << count;
  }
  return out.str();
}

void write_media(std::ostream& out, const Summary& summary) {
  out << "media        " << summary.packets << " packets in " << summary.streams << " streams, "
      << summary.bytes << " bytes of audio";
  if (summary.refused_packets > 0)
    out << ", " << summary.refused_packets << " refused by our kernel";
  if (summary.reports > 0) out << ", " << summary.reports << " receiver reports came back";
  out << "\nlateness     RTP mean " << ms(summary.media_mean_late) << " ms, max "
      << ms(summary.media_max_late) << " ms; INVITE mean " << ms(summary.placing.mean())
      << " ms, max " << ms(summary.placing.max()) << " ms\n";
}

void write_tally(std::ostream& out, const char* title, const Tally& tally) {
  for (const auto& [text, count] : tally.counts()) {
    out << title << count << " × " << text << '\n';
  }
}

nlohmann::json to_json(const Latencies& latencies) {
  return {{"count", latencies.count()},
          {"p50_ms", ms(latencies.percentile(50))},
          {"p90_ms", ms(latencies.percentile(90))},
          {"p99_ms", ms(latencies.percentile(99))},
          {"max_ms", ms(latencies.percentile(100))}};
}

nlohmann::json to_json(const std::map<int, std::size_t>& counts) {
  auto object = nlohmann::json::object();
  for (const auto& [status, count] : counts) object[std::to_string(status)] = count;
  return object;
}

nlohmann::json to_json(const Outcome& call) {
  auto streams = nlohmann::json::array();
  for (const auto& leg : call.legs) {
    streams.push_back({{"label", leg.label},
                       {"destination", leg.destination},
                       {"local_port", leg.sent.local_port},
                       {"ssrc", leg.sent.ssrc},
                       {"packets", leg.sent.packets},
                       {"reports", leg.sent.reports}});
  }
  return {{"call_id", call.call_id},
          {"status", call.status},
          {"latency_ms", ms(call.latency)},
          {"bye_latency_ms", ms(call.bye_latency)},
          {"streams", streams},
          {"success", call.success()},
          {"faults", call.faults},
          {"notes", call.notes}};
}

}  // namespace

std::string to_text(const Summary& summary) {
  std::ostringstream out;
  out << "calls        " << summary.placed << " placed, " << summary.answered << " answered, "
      << summary.failed << " failed, in " << std::fixed << std::setprecision(1)
      << std::chrono::duration<double>(summary.elapsed).count() << " s\n";
  if (summary.calls.size() == 1) out << "Call-ID      " << summary.calls.front().call_id << '\n';
  out << "answers      " << by_status(summary.answers) << '\n';
  if (!summary.reanswers.empty()) out << "re-INVITE    " << by_status(summary.reanswers) << '\n';
  if (summary.invite.count() > 0) out << "INVITE→200   " << percentiles(summary.invite) << '\n';
  if (summary.bye.count() > 0) out << "BYE→200      " << percentiles(summary.bye) << '\n';
  if (summary.streams > 0) write_media(out, summary);
  write_tally(out, "note         ", summary.notes);
  write_tally(out, "fault        ", summary.faults);
  out << summary.verdict() << '\n';
  return out.str();
}

std::string to_json(const Summary& summary) {
  nlohmann::ordered_json json;
  json["schema"] = "siprec-call/1";
  json["success"] = summary.success();
  json["verdict"] = summary.verdict();
  json["calls"] = {{"wanted", summary.wanted},
                   {"placed", summary.placed},
                   {"answered", summary.answered},
                   {"failed", summary.failed}};
  json["interrupted"] = summary.interrupted;
  json["elapsed_seconds"] = std::chrono::duration<double>(summary.elapsed).count();
  json["answers"] = to_json(summary.answers);
  json["reanswers"] = to_json(summary.reanswers);
  json["ends"] = summary.ends;
  json["invite_latency"] = to_json(summary.invite);
  json["bye_latency"] = to_json(summary.bye);
  json["media"] = {{"packets", summary.packets},
                   {"bytes", summary.bytes},
                   {"streams", summary.streams},
                   {"reports", summary.reports},
                   {"refused_packets", summary.refused_packets}};
  json["lateness"] = {{"rtp_mean_ms", ms(summary.media_mean_late)},
                      {"rtp_max_ms", ms(summary.media_max_late)},
                      {"invite_mean_ms", ms(summary.placing.mean())},
                      {"invite_max_ms", ms(summary.placing.max())}};
  json["faults"] = summary.faults.counts();
  json["notes"] = summary.notes.counts();
  auto list = nlohmann::json::array();
  for (const auto& call : summary.calls) list.push_back(to_json(call));
  json["list"] = std::move(list);
  // A Warning header of the other side may hold anything.
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace srs::call
