#include "tracing/targets.hpp"

#include <srs/util/text.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>

namespace srs::tracing {
namespace {

std::optional<int> hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : std::nullopt;
    const auto low = high ? hex_value(text[i + 2]) : std::nullopt;
    result += low ? static_cast<char>(*high << 4 | *low) : text[i];
    if (low) i += 2;
  }
  return result;
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// `https://collector:4318` and `https://collector:4318/` alike.
std::string below(std::string base, std::string_view path) {
  while (base.ends_with('/')) base.pop_back();
  return base.append(path);
}

HttpHeaders headers_of(const std::vector<std::string>& texts) {
  HttpHeaders headers;
  for (const auto& text : texts) {
    if (auto pair = parse_pair(text)) headers.push_back(std::move(*pair));
  }
  return headers;
}

// Keys of accounts outside of the United States begin with their region: `eu01xx`. Older ones are
// hexadecimal, and begin with none of these.
std::string new_relic_base(const Options::NewRelic& options) {
  if (!options.endpoint.empty()) return options.endpoint;
  const auto& key = options.license_key;
  if (key.starts_with("eu")) return "https://otlp.eu01.nr-data.net";
  if (key.starts_with("jp")) return "https://otlp.jp.nr-data.net";
  if (key.starts_with("gov")) return "https://gov-otlp.nr-data.net";  // FedRAMP
  return "https://otlp.nr-data.net";
}

Endpoint new_relic(const Options& options, std::string_view path) {
  return {below(new_relic_base(options.new_relic), path),
          {{"api-key", options.new_relic.license_key}},
          options.otlp.timeout,
          options.new_relic.ca_file,
          true};
}

// Where OpenTelemetry's libraries send what no endpoint is named for.
constexpr const char* kUsualCollector = "http://localhost:4318";

Endpoint otlp(const Options::Otlp& options) {
  const auto& whole = options.traces_endpoint;
  const auto base = options.endpoint.empty() ? std::string(kUsualCollector) : options.endpoint;
  return {whole.empty() ? below(base, "/v1/traces") : whole, headers_of(options.headers),
          options.timeout, options.ca_file};
}

}  // namespace

std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view text) {
  const auto equals = text.find('=');
  const auto name = trim(text.substr(0, equals));
  if (equals == std::string_view::npos || name.empty()) return std::nullopt;
  return std::pair(percent_decoded(name), percent_decoded(trim(text.substr(equals + 1))));
}

Resource make_resource(const Options& options, const std::string& service) {
  Resource resource{service,
                    {{"service.version", SRS_VERSION},
                     {"service.instance.id", host_name() + ":" + std::to_string(::getpid())},
                     {"host.name", host_name()},
                     {"process.pid", ::getpid()},
                     {"telemetry.sdk.name", "siprec-server"},
                     {"telemetry.sdk.language", "cpp"},
                     {"telemetry.sdk.version", SRS_VERSION}}};
  for (const auto& text : options.resource_attributes) {
    auto pair = parse_pair(text);
    if (!pair || pair->first == "service.name") continue;  // that has an option of its own
    std::erase_if(resource.attributes, [&](const auto& known) { return known.key == pair->first; });
    resource.attributes.push_back({std::move(pair->first), pair->second});
  }
  return resource;
}

std::vector<std::unique_ptr<Exporter>> make_exporters(const Options& options) {
  std::vector<std::unique_ptr<Exporter>> all;
  if (!is_on(options)) return all;
  if (exports_to(options, "otlp")) {
    all.push_back(
        make_otlp("otlp", otlp(options.otlp), make_resource(options, options.service_name)));
  }
  if (exports_to(options, "jaeger")) {
    all.push_back(make_jaeger({options.jaeger.endpoint, {}, options.otlp.timeout, {}},
                              make_resource(options, options.service_name)));
  }
  if (exports_to(options, "newrelic")) {
    all.push_back(make_otlp("newrelic", new_relic(options, "/v1/traces"),
                            make_resource(options, options.new_relic.app_name)));
  }
  return all;
}

std::optional<Endpoint> metrics_endpoint(const Options& options) {
  if (options.new_relic.license_key.empty() || options.new_relic.metrics_interval.count() == 0) {
    return std::nullopt;
  }
  return new_relic(options, "/v1/metrics");
}

bool exports_to(const Options& options, std::string_view name) {
  const auto& named = options.exporters;
  const auto is_named = [&](std::string_view one) {
    return std::find(named.begin(), named.end(), one) != named.end();
  };
  if (is_named("none") || (!named.empty() && !is_named(name))) return false;
  if (name == "jaeger") return !options.jaeger.endpoint.empty();
  if (name == "newrelic") return !options.new_relic.license_key.empty();
  return !named.empty() || !options.otlp.endpoint.empty() || !options.otlp.traces_endpoint.empty();
}

bool has_exporter(const Options& options) {
  return exports_to(options, "otlp") || exports_to(options, "jaeger") ||
         exports_to(options, "newrelic");
}

bool is_on(const Options& options) {
  return options.enabled != Enabled::No && has_exporter(options);
}

}  // namespace srs::tracing
