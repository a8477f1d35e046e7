// Telling the receiver of transcripts which of them will not come.
#include "stt/notice.hpp"

#include "stt/backoff.hpp"
#include "stt/core.hpp"
#include "stt/json.hpp"
#include "stt/on_exit.hpp"

#include <utility>

namespace srs::stt {
namespace {

constexpr std::string_view kSchema = "siprec-transcript-unfinished/1";

std::string to_json(const Unfinished& unfinished, WallTime at) {
  const nlohmann::ordered_json json{{"schema", kSchema},
                                    {"recording_id", unfinished.recording_id},
                                    {"at", to_rfc3339(at)},
                                    {"state", to_string(unfinished.state)},
                                    {"provider", unfinished.provider},
                                    {"reason", unfinished.reason},
                                    {"error", unfinished.text}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

// Where it is the delivery that ended the receiver knows, or hears nothing.
void PoolCore::tell_unfinished(const Entry& entry, Unfinished unfinished) {
  if (!options_.delivery.url.empty() && !unfinished.written) {
    const auto now = wall_now();
    const auto& job = entry.state.job;
    notices_.push_back({unfinished.recording_id, to_json(unfinished, now),
                        tracing::traceparent(trace_of(job)), log_of(job), now + options_.deadline});
    if (notices_.size() > options_.queue) give_up_oldest_notice();
    if (!std::exchange(notices_are_sent_, true)) spawn("stt.notices", send_notices());
  }
  if (listener != nullptr) listener->transcript_unfinished(unfinished);
}

void PoolCore::give_up_oldest_notice() {
  metrics_.delivered("failed");
  notices_.front().log.warning("transcript_notice_not_delivered",
                               {{"reason", to_string(Reason::Busy)},
                                {"error", "more than stt.queue notices wait"},
                                {"failures", notices_.front().failures}});
  notices_.pop_front();
}

// One after the other: they have one receiver, and are of no hurry.
boost::asio::awaitable<void> PoolCore::send_notices() {
  const OnExit ended([this] { notices_are_sent_ = false; });
  Exchange exchange(http_, workers_, options_, notices_end_);
  while (!notices_.empty() && !draining_) {
    auto notice = std::move(notices_.front());
    notices_.pop_front();
    const bool over = co_await send(notice, exchange);
    if (stopped_) co_return;
    if (over) continue;
    const auto pause = pause_after(notice.failures, options_.retry, chance(), {});
    notices_.push_back(std::move(notice));
    if (!co_await exchange.pause(pause)) co_return;
  }
}

boost::asio::awaitable<bool> PoolCore::send(Notice& notice, Exchange& exchange) {
  exchange.traceparent = notice.traceparent;
  const auto taken = co_await exchange.ask(
      [&] {
        return delivery_of(options_, "transcript.unfinished", notice.recording_id, notice.body);
      },
      [](std::string_view) -> Outcome<bool> { return true; });
  if (stopped_) co_return true;
  metrics_.delivered(taken ? "delivered" : "failed");
  if (taken) {
    notice.log.info("transcript_notice_delivered", {{"receiver", host_of(options_.delivery.url)},
                                                    {"attempts", notice.failures + 1}});
    co_return true;
  }
  const auto& failure = taken.error();
  ++notice.failures;
  notice.log.warning("transcript_notice_not_delivered", {{"reason", to_string(failure.reason)},
                                                         {"error", failure.text},
                                                         {"failures", notice.failures}});
  co_return remedy_of(failure.reason) == Remedy::Never || wall_now() >= notice.until;
}

}  // namespace srs::stt
