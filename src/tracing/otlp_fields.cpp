#include "tracing/otlp_fields.hpp"

#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>

#include <variant>

namespace srs::tracing::otlp {
namespace {

using protozero::pbf_reader;
using protozero::pbf_tag_type;
using protozero::pbf_writer;

void write(pbf_writer& any, const std::string& value) {
  any.add_string(any_value::kString, value);
}
void write(pbf_writer& any, std::int64_t value) {
  any.add_int64(any_value::kInt, value);
}
void write(pbf_writer& any, std::uint64_t value) {
  any.add_int64(any_value::kInt, static_cast<std::int64_t>(value));
}
void write(pbf_writer& any, double value) {
  any.add_double(any_value::kDouble, value);
}
void write(pbf_writer& any, bool value) {
  any.add_bool(any_value::kBool, value);
}

// ExportTracePartialSuccess.rejected_spans, ExportMetricsPartialSuccess.rejected_data_points
std::uint64_t rejected_of(pbf_reader partial) {
  while (partial.next()) {
    if (partial.tag() == 1 && partial.wire_type() == protozero::pbf_wire_type::varint) {
      return static_cast<std::uint64_t>(std::max<std::int64_t>(partial.get_int64(), 0));
    }
    partial.skip();
  }
  return 0;
}

}  // namespace

void write_attribute(pbf_writer& parent, pbf_tag_type tag, std::string_view key,
                     const log::Value& value) {
  pbf_writer pair(parent, tag);
  pair.add_string(key_value::kKey, key.data(), key.size());
  pbf_writer any(pair, key_value::kValue);
  std::visit([&](const auto& known) { write(any, known); }, value.data());
}

void write_attributes(pbf_writer& parent, pbf_tag_type tag, const Attributes& attributes) {
  for (const auto& [key, value] : attributes) write_attribute(parent, tag, key, value);
}

std::uint64_t rejected(std::string_view body) {
  try {
    pbf_reader answer(body.data(), body.size());
    while (answer.next()) {
      if (answer.tag() == 1 && answer.wire_type() == protozero::pbf_wire_type::length_delimited) {
        return rejected_of(answer.get_message());
      }
      answer.skip();
    }
  } catch (const protozero::exception&) {
    // Not the answer of an OTLP collector; its status was 200 all the same.
  }
  return 0;
}

}  // namespace srs::tracing::otlp
