// What a collector understands.
#pragma once

#include <srs/tracing/span.hpp>
#include <srs/util/http_client.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::tracing {

// Who sends: attributes of the process, service.name among them.
struct Resource {
  std::string service_name;
  Attributes attributes;  // without service.name
};

using Spans = std::vector<std::shared_ptr<const SpanData>>;

// One collector, as requests and answers.
class Exporter {
 public:
  virtual ~Exporter() = default;
  virtual std::string_view name() const = 0;  // `otlp`, `jaeger`, `newrelic`
  virtual HttpRequest request(const Spans& spans) const = 0;
  // Spans that an answer of status 200 says were not taken after all.
  virtual std::uint64_t rejected(std::string_view body) const = 0;
};

// How requests to one endpoint look.
struct Endpoint {
  std::string url;
  HttpHeaders headers;
  std::chrono::milliseconds timeout{10'000};
  std::filesystem::path ca_file;
  bool gzip = false;
};

std::unique_ptr<Exporter> make_otlp(std::string name, Endpoint endpoint, Resource resource);
std::unique_ptr<Exporter> make_jaeger(Endpoint endpoint, Resource resource);

HttpRequest post(const Endpoint& endpoint, std::string content_type, std::string body);

}  // namespace srs::tracing
