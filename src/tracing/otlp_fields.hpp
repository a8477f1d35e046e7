// Field numbers of OTLP 1.x (opentelemetry-proto), as far as we write them.
#pragma once

#include "tracing/exporter.hpp"

#include <protozero/pbf_writer.hpp>

#include <string>

namespace srs::tracing::otlp {

// Resource* and Scope* messages of spans and metrics have the same shape.
namespace request {
inline constexpr protozero::pbf_tag_type kResource = 1;  // ResourceSpans, ResourceMetrics
}
namespace resource_items {
inline constexpr protozero::pbf_tag_type kResource = 1;
inline constexpr protozero::pbf_tag_type kScope = 2;  // ScopeSpans, ScopeMetrics
}  // namespace resource_items
namespace resource {
inline constexpr protozero::pbf_tag_type kAttributes = 1;
}
namespace scope_items {
inline constexpr protozero::pbf_tag_type kScope = 1;
inline constexpr protozero::pbf_tag_type kItems = 2;  // spans, metrics
}  // namespace scope_items
namespace scope {
inline constexpr protozero::pbf_tag_type kName = 1;
inline constexpr protozero::pbf_tag_type kVersion = 2;
}  // namespace scope
namespace key_value {
inline constexpr protozero::pbf_tag_type kKey = 1;
inline constexpr protozero::pbf_tag_type kValue = 2;
}  // namespace key_value
namespace any_value {
inline constexpr protozero::pbf_tag_type kString = 1;
inline constexpr protozero::pbf_tag_type kBool = 2;
inline constexpr protozero::pbf_tag_type kInt = 3;
inline constexpr protozero::pbf_tag_type kDouble = 4;
}  // namespace any_value

void write_attribute(protozero::pbf_writer& parent, protozero::pbf_tag_type tag,
                     std::string_view key, const log::Value& value);
void write_attributes(protozero::pbf_writer& parent, protozero::pbf_tag_type tag,
                      const Attributes& attributes);

// The whole request around what `write` puts into one Scope* message.
template <class Write>
std::string envelope(const Resource& from, Write write) {
  std::string body;
  protozero::pbf_writer whole(body);
  protozero::pbf_writer items(whole, request::kResource);
  {
    protozero::pbf_writer resource(items, resource_items::kResource);
    write_attribute(resource, resource::kAttributes, "service.name", from.service_name);
    write_attributes(resource, resource::kAttributes, from.attributes);
  }
  protozero::pbf_writer scoped(items, resource_items::kScope);
  {
    protozero::pbf_writer scope(scoped, scope_items::kScope);
    scope.add_string(scope::kName, "siprec-server");
    scope.add_string(scope::kVersion, SRS_VERSION);
  }
  write(scoped);
  scoped.commit();
  items.commit();
  return body;
}

// What Export*ServiceResponse says was not taken; 0 where the body is none.
std::uint64_t rejected(std::string_view body);

}  // namespace srs::tracing::otlp
