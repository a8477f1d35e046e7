// Which spans are recorded, and where they go.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace srs::tracing {

// The samplers of OpenTelemetry. Those that are based on the parent do as it does where there is
// one.
enum class Sampler {
  AlwaysOn,
  AlwaysOff,
  Ratio,
  ParentAlwaysOn,
  ParentAlwaysOff,
  ParentRatio,
};

struct Sampling {
  Sampler sampler = Sampler::ParentRatio;
  double ratio = 1;  // 0 to 1, of the traces that begin here
};

enum class Enabled { Auto, Yes, No };

struct Options {
  Enabled enabled = Enabled::Auto;  // Auto: where an endpoint or a key is set
  // `otlp`, `jaeger`, `newrelic`; `none`; empty: each that has an endpoint or a key below. Named
  // without an endpoint, OTLP goes to a collector on this host.
  std::vector<std::string> exporters;
  std::string service_name = "siprec-server";
  std::vector<std::string> resource_attributes;  // `deployment.environment=production`
  Sampler sampler = Sampler::ParentRatio;
  double sampling_ratio = 1;

  std::size_t queue_size = 2048;  // spans that wait, of each exporter; further ones are dropped
  std::size_t batch_size = 512;   // spans in one request
  std::chrono::milliseconds batch_delay{5000};  // how long a span waits for others

  struct Otlp {
    std::string endpoint;         // base URL; /v1/traces is added
    std::string traces_endpoint;  // whole URL, wins
    std::string protocol = "http/protobuf";
    std::vector<std::string> headers;  // `name=value`, percent-encoded; secret
    std::chrono::milliseconds timeout{10'000};
    std::filesystem::path ca_file;
  } otlp;

  struct Jaeger {
    std::string endpoint;  // whole URL: http://jaeger:14268/api/traces
  } jaeger;

  struct NewRelic {
    std::string license_key;  // secret
    std::string app_name = "siprec-server";
    std::string endpoint;                       // base URL; empty: by the key's region
    std::chrono::seconds metrics_interval{60};  // 0: no metrics
    std::filesystem::path ca_file;
  } new_relic;
};

// Whether spans go there: `otlp`, `jaeger` or `newrelic`.
bool exports_to(const Options& options, std::string_view name);
// Whether they go anywhere.
bool has_exporter(const Options& options);
// True where spans are made at all.
bool is_on(const Options& options);

}  // namespace srs::tracing
