// tracing.*
#include "config/make_key.hpp"
#include "config/rules.hpp"

#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using tracing::Enabled;
using tracing::Sampler;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

std::string url_or_empty(std::string_view text) {
  const bool web = istarts_with(text, "http://") || istarts_with(text, "https://");
  if (text.empty() || (web && is_plain(text) && text.size() > text.find("//") + 2)) return "";
  return in_quotes(text) + " is no URL: write it as https://collector.example.com:4318";
}

std::string pair(std::string_view text) {
  if (auto wrong = printable(text); !wrong.empty()) return wrong;
  const auto equals = text.find('=');
  if (equals != std::string_view::npos && equals > 0) return "";
  return in_quotes(text) + " is no pair: write it as name=value";
}

std::string otlp_protocol(std::string_view text) {
  if (text == "http/protobuf") return "";
  return in_quotes(text) +
         " is not spoken here: write http/protobuf, and in the endpoint the port "
         "for it, mostly 4318";
}

std::string exporter(std::string_view text) {
  for (const auto* known : {"otlp", "jaeger", "newrelic", "none"})
    if (text == known) return "";
  return in_quotes(text) + " is none of: otlp, jaeger, newrelic, none";
}

Kind<Enabled> enabled() {
  return one_of<Enabled>({{"auto", Enabled::Auto},
                          {"true", Enabled::Yes},
                          {"false", Enabled::No},
                          {"yes", Enabled::Yes},
                          {"no", Enabled::No},
                          {"on", Enabled::Yes},
                          {"off", Enabled::No},
                          {"1", Enabled::Yes},
                          {"0", Enabled::No}});
}

Kind<Sampler> sampler() {
  return one_of<Sampler>({{"parentbased_traceidratio", Sampler::ParentRatio},
                          {"parentbased_always_on", Sampler::ParentAlwaysOn},
                          {"parentbased_always_off", Sampler::ParentAlwaysOff},
                          {"traceidratio", Sampler::Ratio},
                          {"always_on", Sampler::AlwaysOn},
                          {"always_off", Sampler::AlwaysOff}});
}

std::vector<Key> general() {
  return {
      SRS_KEY(tracing.enabled, enabled(),
              "Sends spans of every recording; auto: where an endpoint or a key below is set."),
      SRS_KEY(tracing.exporters, list_of(text("", exporter), "otlp, jaeger, newrelic or none"),
              "Where spans go; an empty list: each that has an endpoint or a key below."),
      SRS_KEY(tracing.service_name, text("printable text", printable),
              "How traces name this service."),
      SRS_KEY(
          tracing.resource_attributes, list_of(text("", pair), "name=value, percent-encoded"),
          "What traces say of this process besides, such as deployment.environment=production."),
      SRS_KEY(tracing.sampler, sampler(),
              "Which traces are recorded; parentbased ones do as the caller's trace says."),
      SRS_KEY(tracing.sampling_ratio, fraction(0, 1),
              "The share of traces that is recorded where the sampler is a ratio."),
      SRS_KEY(tracing.queue_size, number<std::size_t>(1, 100'000),
              "Spans that wait for each collector; beyond, they are dropped and counted."),
      SRS_KEY(tracing.batch_size, number<std::size_t>(1, 10'000), "Spans sent in one request."),
      SRS_KEY(tracing.batch_delay, duration<milliseconds>(milliseconds(10), hours(1)),
              "How long a span waits for others."),
  };
}

std::vector<Key> collectors() {
  return {
      SRS_KEY(
          tracing.otlp.endpoint, text("a URL, or empty", url_or_empty),
          "The base URL of an OTLP/HTTP collector (Jaeger, Tempo, the OpenTelemetry Collector)."),
      SRS_KEY(tracing.otlp.traces_endpoint, text("a URL, or empty", url_or_empty),
              "The whole URL for traces; it wins over tracing.otlp.endpoint."),
      SRS_KEY(tracing.otlp.protocol, text("http/protobuf", otlp_protocol),
              "How OTLP is spoken; gRPC is not."),
      secret(
          SRS_KEY(tracing.otlp.headers, list_of(text("", pair), "name=value, percent-encoded"),
                  "Headers of requests to the OTLP collector, such as authorization=Bearer%20x.")),
      SRS_KEY(tracing.otlp.timeout, duration<milliseconds>(milliseconds(10), hours(1)),
              "How long a request to any collector may take."),
      SRS_KEY(tracing.otlp.ca_file, path("a path, or empty", true),
              "PEM file of the authorities that the OTLP collector's certificate may come from; "
              "empty takes the system's."),
      SRS_KEY(tracing.jaeger.endpoint, text("a URL, or empty", url_or_empty),
              "Jaeger's collector (Thrift over HTTP): http://jaeger:14268/api/traces."),
      secret(SRS_KEY(tracing.new_relic.license_key, text("a key, or empty", bearer_token),
                     "Sends traces and metrics to New Relic, in the region that the key begins "
                     "with (eu, jp, gov; else "
                     "the US).")),
      SRS_KEY(tracing.new_relic.app_name, text("printable text", printable),
              "The name of the application in New Relic."),
      SRS_KEY(tracing.new_relic.endpoint, text("a URL, or empty", url_or_empty),
              "New Relic's base URL; empty: by the region of the key."),
      SRS_KEY(tracing.new_relic.metrics_interval, duration<seconds>(seconds(0), hours(1)),
              "How often metrics are sent to New Relic; 0 sends none."),
      SRS_KEY(tracing.new_relic.ca_file, path("a path, or empty", true),
              "PEM file of the authorities for New Relic's certificate; empty takes the system's."),
  };
}

}  // namespace

std::vector<Key> tracing_keys() {
  auto all = general();
  for (auto& key : collectors()) all.push_back(std::move(key));
  return all;
}

}  // namespace srs::config
