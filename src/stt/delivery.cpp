// Sending a finished transcript to the configured webhook.
#include "stt/backoff.hpp"
#include "stt/core.hpp"
#include "stt/crypto.hpp"
#include "stt/files.hpp"
#include "stt/notice.hpp"
#include "stt/signature.hpp"

#include <ctime>
#include <utility>

namespace srs::stt {
namespace {

constexpr std::uint64_t kMaxTranscript = 512 << 20;

// Blocks: reads the transcript and the secret.
Outcome<HttpRequest> make_request(const Options& options, const Job& job) {
  auto text = read_text(job.directory / kTranscriptFile, kMaxTranscript);
  if (!text) return Failure{Reason::Audio, text.error().text};
  return delivery_of(options, "transcript.finished", job.recording_id, std::move(*text));
}

}  // namespace

Outcome<HttpRequest> delivery_of(const Options& options, std::string_view event,
                                 std::string_view recording_id, std::string body) {
  auto secret =
      secret_of(options.delivery.secret, options.delivery.secret_file, "stt.delivery.secret_file");
  if (!secret) return secret.error();
  HttpRequest out{.method = "POST", .url = options.delivery.url};
  out.headers = {{"Content-Type", "application/json"},
                 {"X-Siprec-Event", std::string(event)},
                 {"X-Siprec-Recording", std::string(recording_id)},
                 // The same for each try of the same text: receivers take it once.
                 {"Idempotency-Key", hex(sha256(std::string(recording_id) + body)).substr(0, 32)}};
  if (!secret->empty()) sign(out.headers, *secret, body, std::time(nullptr));
  out.body = std::move(body);
  return out;
}

std::string host_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const auto at = url.rfind('@');
  return std::string(at == std::string_view::npos ? url : url.substr(at + 1));
}

boost::asio::awaitable<PoolCore::Step> PoolCore::deliver(EntryPointer entry, Exchange& exchange) {
  auto& record = entry->state.delivery;
  begin_span(*entry, "stt.deliver");
  entry->span.set("stt.attempt", record.failures + 1);
  exchange.read_complaint = common_complaint;
  exchange.traceparent = tracing::traceparent(entry->span.context());
  const auto outcome =
      co_await exchange.ask([&] { return make_request(options_, entry->state.job); },
                            [&](std::string_view) -> Outcome<bool> {
                              remove_job(entry->state.job.directory);
                              return true;
                            });
  if (!outcome) entry->span.fail(outcome.error().text);
  entry->span = {};
  if (stopped_ || entry->forgotten) co_return Step::Leave;
  if (outcome) {
    metrics_.delivered("delivered");
    log_of(entry->state.job)
        .info("transcript_delivered",
              {{"receiver", host_of(options_.delivery.url)}, {"attempts", record.failures + 1}});
    if (listener != nullptr)
      listener->transcript_delivered(
          {entry->state.job.directory, entry->state.job.recording_id, wall_now()});
    co_return Step::Next;
  }
  const auto& failure = outcome.error();
  if (failure.reason == Reason::Cancelled) co_return Step::Leave;
  metrics_.delivered("failed");
  ++record.failures;
  record.reason = failure.reason;
  record.text = failure.text;
  log_of(entry->state.job)
      .warning("transcript_not_delivered", {{"reason", to_string(failure.reason)},
                                            {"error", failure.text},
                                            {"failures", record.failures}});
  if (remedy_of(failure.reason) == Remedy::Never)
    co_return co_await give_up(entry, exchange, Phase::Parked, "delivery", failure.reason,
                               failure.text);
  if (is_overdue(*entry))
    co_return co_await give_up(entry, exchange, Phase::Failed, "delivery", failure.reason,
                               failure.text);
  entry->pause = pause_after(record.failures, options_.retry, chance(), failure.retry_after);
  record.not_before = wall_now() + entry->pause;
  co_return co_await keep_and_wait(entry, exchange);
}

}  // namespace srs::stt
