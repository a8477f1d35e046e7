// Spans kept in a list, and options for tests.
#pragma once

#include <srs/tracing/tracer.hpp>

#include <utility>
#include <vector>

namespace srs::tracing::test {

struct KeptSpans final : SpanSink {
  std::vector<SpanData> all;
  void take(SpanData span) override { all.push_back(std::move(span)); }
};

inline const log::Value* find(const Attributes& attributes, std::string_view key) {
  for (const auto& [name, value] : attributes) {
    if (name == key) return &value;
  }
  return nullptr;
}

inline std::string text_of(const Attributes& attributes, std::string_view key) {
  const auto* value = find(attributes, key);
  return value == nullptr ? "" : std::get<std::string>(value->data());
}

}  // namespace srs::tracing::test
