#include <srs/tracing/span.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <variant>

namespace srs::tracing {
namespace {

// Valid UTF-8 of at most kMaxTextBytes, as collectors demand it.
std::string bounded_text(std::string_view text) {
  if (text.size() <= kMaxTextBytes) return to_utf8(text);
  std::size_t end = kMaxTextBytes;
  // Not in the middle of a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return to_utf8(text.substr(0, end));
}

log::Value bounded_value(log::Value value) {
  if (const auto* text = std::get_if<std::string>(&value.data())) return bounded_text(*text);
  return value;
}

std::size_t size_of(const Attributes& attributes) {
  std::size_t sum = 0;
  for (const auto& [key, value] : attributes) {
    const auto* text = std::get_if<std::string>(&value.data());
    sum += sizeof(log::Field) + key.size() + (text == nullptr ? 0 : text->size());
  }
  return sum;
}

}  // namespace

std::size_t SpanData::size() const {
  std::size_t sum = sizeof(SpanData) + name.size() + status_text.size() +
                    context.trace_state.size() + link.trace_state.size() + size_of(attributes);
  for (const auto& event : events) {
    sum += sizeof(Event) + event.name.size() + size_of(event.attributes);
  }
  return sum;
}

Span& Span::operator=(Span&& other) noexcept {
  if (this != &other) {
    end();
    context_ = std::move(other.context_);
    data_ = std::move(other.data_);
    sink_ = std::move(other.sink_);
  }
  return *this;
}

void Span::put(std::string_view key, log::Value value) {
  auto& all = data_->attributes;
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& a) { return a.key == key; });
  if (at != all.end()) {
    at->value = bounded_value(std::move(value));
  } else if (all.size() < kMaxAttributes) {
    all.push_back({bounded_text(key), bounded_value(std::move(value))});
  } else {
    ++data_->dropped_attributes;
  }
}

void Span::add(std::string_view name, std::initializer_list<log::Field> attributes, WallTime at) {
  if (data_->events.size() >= kMaxEvents) {
    ++data_->dropped_events;
    return;
  }
  Event event{bounded_text(name), at, {}};
  for (const auto& [key, value] : attributes) {
    if (event.attributes.size() == kMaxAttributes) break;
    event.attributes.push_back({bounded_text(key), bounded_value(value)});
  }
  data_->events.push_back(std::move(event));
}

void Span::finish(Status status, std::string_view why) {
  data_->status = status;
  data_->status_text = bounded_text(why);
}

void Span::hand_over(WallTime at) {
  data_->end = std::max(at, data_->start);  // clocks are set back now and then
  const auto data = std::move(data_);
  sink_->take(std::move(*data));
}

}  // namespace srs::tracing
