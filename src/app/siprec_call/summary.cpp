#include "app/siprec_call/summary.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace srs::call {
namespace {

constexpr std::size_t kMostTexts = 100;

std::string_view name(const std::optional<sip::CallEnd>& end) {
  if (!end) return "unknown";
  switch (*end) {
    case sip::CallEnd::Rejected:
      return "rejected";
    case sip::CallEnd::PeerBye:
      return "peer_bye";
    case sip::CallEnd::Bye:
      return "bye";
    case sip::CallEnd::ByeTimeout:
      return "bye_timeout";
    case sip::CallEnd::Lost:
      return "lost";
  }
  return "unknown";
}

}  // namespace

std::chrono::nanoseconds Latencies::percentile(double percent) const {
  if (values_.empty()) return {};
  std::sort(values_.begin(), values_.end());
  const auto rank = std::ceil(percent / 100 * static_cast<double>(values_.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return values_[std::min(index, values_.size() - 1)];
}

void Tally::add(const std::string& text) {
  const bool room = counts_.size() < kMostTexts || counts_.contains(text);
  ++counts_[room ? text : "others"];
}

void Summary::add(Outcome outcome) {
  ++ended;
  ++answers[outcome.status];
  for (const int status : outcome.reanswers) ++reanswers[status];
  if (outcome.answered()) {
    ++answered;
    invite.add(outcome.latency);
    ++ends[std::string(name(outcome.end))];
  }
  if (outcome.end == sip::CallEnd::Bye) bye.add(outcome.bye_latency);
  if (!outcome.success()) ++failed;
  for (const auto& leg : outcome.legs) {
    packets += leg.sent.packets;
    bytes += leg.sent.bytes;
    reports += leg.sent.reports;
    streams += leg.sent.packets > 0 ? 1 : 0;
  }
  for (const auto& text : outcome.faults) faults.add(text);
  for (const auto& text : outcome.notes) notes.add(text);
  if (calls.size() < kMostListed) calls.push_back(std::move(outcome));
}

bool Summary::success() const {
  if (failed > 0 || ended != placed || placed == 0 || refused_packets > 0) return false;
  return interrupted || placed == wanted;
}

std::string Summary::verdict() const {
  if (success()) {
    return "success: " + std::to_string(answered) + " of " + std::to_string(placed) +
           " calls answered, recorded and ended properly" +
           (interrupted ? " (interrupted by you)" : "");
  }
  if (placed == 0) return "FAILED: no call was placed";
  if (ended != placed) {
    return "FAILED: " + std::to_string(placed - ended) + " calls were given up in mid-call";
  }
  if (failed > 0) {
    const auto worst =
        std::max_element(faults.counts().begin(), faults.counts().end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return "FAILED: " + std::to_string(failed) + " of " + std::to_string(placed) +
           " calls: " + worst->first;
  }
  if (refused_packets > 0) return "FAILED: our own kernel refused packets";
  return "FAILED: " + std::to_string(wanted - placed) + " calls were not placed";
}

}  // namespace srs::call
