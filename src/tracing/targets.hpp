// Options as endpoints and exporters.
#pragma once

#include "tracing/exporter.hpp"

#include <srs/tracing/options.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace srs::tracing {

// Of this process. `service` is its name.
Resource make_resource(const Options& options, const std::string& service);

std::vector<std::unique_ptr<Exporter>> make_exporters(const Options& options);

// Where metrics go; nothing without a key, or with an interval of 0.
std::optional<Endpoint> metrics_endpoint(const Options& options);

// `name=value` with a percent-encoded value, as OTEL_EXPORTER_OTLP_HEADERS and
// OTEL_RESOURCE_ATTRIBUTES have it. Nothing where it is none.
std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view text);

}  // namespace srs::tracing
