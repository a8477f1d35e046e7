#include "stt/metrics.hpp"

namespace srs::stt {
namespace {

auto& counter(metrics::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry.native());
}

auto& histogram(metrics::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry.native());
}

std::string text(std::string_view view) {
  return std::string(view);
}

// From a call's last word to its transcript: seconds to a day.
std::vector<double> buckets() {
  return {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400};
}

}  // namespace

Metrics::Metrics(metrics::Registry& registry, const Options& options)
    : duration_(histogram(registry, "stt_transcription_duration_seconds",
                          "Answered requests from our asking to the answer, by provider.")),
      errors_(counter(registry, "stt_transcription_errors_total",
                      "Requests that failed, by provider and reason.")),
      cost_(counter(registry, "stt_transcription_cost_total",
                    "Cost estimated by the configured prices, by provider and currency.")),
      bytes_(counter(registry, "stt_audio_processed_bytes_total",
                     "Bytes of audio sent and answered, by provider.")),
      audio_(counter(registry, "stt_audio_processed_seconds_total",
                     "Seconds of audio sent and answered, by provider.")),
      retries_(counter(registry, "stt_retries_total", "Requests made again, by provider.")),
      mended_(counter(registry, "stt_answers_mended_total",
                      "Answers that were usable only after repair (times, bytes), by provider.")),
      held_back_(
          counter(registry, "stt_held_back_total",
                  "Times that a configured bound made a job wait or take another provider.")),
      jobs_(counter(registry, "stt_jobs_total", "Jobs that ended, by how they ended.")),
      job_seconds_(
          histogram(registry, "stt_job_seconds", "From a job's submission to its transcript.")
              .Add({}, buckets())),
      redactions_(
          counter(registry, "stt_redactions_total", "Places taken out of transcripts, by rule.")),
      deliveries_(counter(registry, "stt_deliveries_total",
                          "Tries to deliver a transcript to the configured webhook.")) {
  for (const auto& provider : options.providers) {
    duration_.Add({{"provider", provider}}, buckets());
    bytes_.Add({{"provider", provider}});
    audio_.Add({{"provider", provider}});
    retries_.Add({{"provider", provider}});
    mended_.Add({{"provider", provider}});
    for (std::size_t i = 0; i < kReasons; ++i)
      errors_.Add({{"provider", provider}, {"reason", text(to_string(static_cast<Reason>(i)))}});
    for (const auto* bound : {"requests", "audio", "cost", "rate_limited"})
      held_back_.Add({{"provider", provider}, {"bound", bound}});
  }
  for (const auto& written : options.prices) {
    if (const auto price = parse_price(written))
      cost_.Add({{"provider", price->provider}, {"currency", price->currency}});
  }
  for (const auto& rule : options.redaction.rules)
    redactions_.Add({{"rule", rule.substr(0, rule.find('='))}});
  for (const auto* state : {"done", "parked", "failed", "cancelled"}) jobs_.Add({{"state", state}});
  for (const auto* result : {"delivered", "failed"}) deliveries_.Add({{"result", result}});
}

void Metrics::asked(std::string_view provider, std::size_t bytes, double audio_seconds) {
  bytes_.Add({{"provider", text(provider)}}).Increment(static_cast<double>(bytes));
  audio_.Add({{"provider", text(provider)}}).Increment(audio_seconds);
}

void Metrics::answered(std::string_view provider, double seconds) {
  duration_.Add({{"provider", text(provider)}}, buckets()).Observe(seconds);
}

void Metrics::failed(std::string_view provider, Reason reason) {
  errors_.Add({{"provider", text(provider)}, {"reason", text(to_string(reason))}}).Increment();
}

void Metrics::retried(std::string_view provider) {
  retries_.Add({{"provider", text(provider)}}).Increment();
}

void Metrics::charged(std::string_view provider, std::string_view currency, double cost) {
  cost_.Add({{"provider", text(provider)}, {"currency", text(currency)}}).Increment(cost);
}

void Metrics::mended(std::string_view provider) {
  mended_.Add({{"provider", text(provider)}}).Increment();
}

void Metrics::held_back(std::string_view provider, std::string_view bound) {
  held_back_.Add({{"provider", text(provider)}, {"bound", text(bound)}}).Increment();
}

void Metrics::ended(std::string_view state, double seconds) {
  jobs_.Add({{"state", text(state)}}).Increment();
  if (state == "done") job_seconds_.Observe(seconds);
}

void Metrics::redacted(std::string_view rule) {
  redactions_.Add({{"rule", text(rule)}}).Increment();
}

void Metrics::delivered(std::string_view result) {
  deliveries_.Add({{"result", text(result)}}).Increment();
}

}  // namespace srs::stt
