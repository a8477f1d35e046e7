// The figures of speech-to-text; docs/metrics.md.
#pragma once

#include "stt/answer.hpp"

#include <srs/metrics/registry.hpp>
#include <srs/stt/options.hpp>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>

#include <string>
#include <string_view>

namespace srs::stt {

// Label values are names of configured providers, reasons, currencies of the price table, and
// rules: all of them bounded by the configuration. `registry` outlives it.
class Metrics {
 public:
  Metrics(metrics::Registry& registry, const Options& options);

  void asked(std::string_view provider, std::size_t bytes, double audio_seconds);
  void answered(std::string_view provider, double seconds);
  void failed(std::string_view provider, Reason reason);
  void retried(std::string_view provider);
  void charged(std::string_view provider, std::string_view currency, double cost);
  void mended(std::string_view provider);
  // A job had to wait, or take another provider, for a bound that the operator set, or
  // the provider itself (429).
  void held_back(std::string_view provider, std::string_view bound);
  void ended(std::string_view state, double seconds_since_submitted);
  void redacted(std::string_view rule);
  void delivered(std::string_view result);

 private:
  prometheus::Family<prometheus::Histogram>& duration_;
  prometheus::Family<prometheus::Counter>& errors_;
  prometheus::Family<prometheus::Counter>& cost_;
  prometheus::Family<prometheus::Counter>& bytes_;
  prometheus::Family<prometheus::Counter>& audio_;
  prometheus::Family<prometheus::Counter>& retries_;
  prometheus::Family<prometheus::Counter>& mended_;
  prometheus::Family<prometheus::Counter>& held_back_;
  prometheus::Family<prometheus::Counter>& jobs_;
  prometheus::Histogram& job_seconds_;
  prometheus::Family<prometheus::Counter>& redactions_;
  prometheus::Family<prometheus::Counter>& deliveries_;
};

}  // namespace srs::stt
