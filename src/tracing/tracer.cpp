#include <srs/tracing/tracer.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace srs::tracing {
namespace {

std::mt19937_64 seeded() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(),
                     device(), device(), device(), device()};
  return std::mt19937_64(seed);
}

// The last eight bytes as a number, halved: what OpenTelemetry's libraries compare, so that all
// processes on a trace's way decide alike.
bool within(double ratio, const TraceId& id) {
  std::uint64_t low = 0;
  for (std::size_t i = 8; i < id.size(); ++i) low = low << 8 | id[i];
  constexpr double kRange = 9223372036854775808.0;  // 2^63
  return static_cast<double>(low >> 1) < ratio * kRange;
}

}  // namespace

bool decide(const Sampling& sampling, const TraceId& id, const SpanContext& parent) {
  const bool follows = sampling.sampler == Sampler::ParentAlwaysOn ||
                       sampling.sampler == Sampler::ParentAlwaysOff ||
                       sampling.sampler == Sampler::ParentRatio;
  if (follows && parent.valid()) return parent.sampled;
  switch (sampling.sampler) {
    case Sampler::AlwaysOn:
    case Sampler::ParentAlwaysOn:
      return true;
    case Sampler::AlwaysOff:
    case Sampler::ParentAlwaysOff:
      return false;
    default:
      return within(sampling.ratio, id);
  }
}

Tracer::Tracer(Sampling sampling, std::shared_ptr<SpanSink> sink)
    : sampling_(sampling), sink_(std::move(sink)), random_(seeded()) {}

template <std::size_t Size>
std::array<std::uint8_t, Size> Tracer::random_id() {
  std::array<std::uint8_t, Size> id{};
  while (id == std::array<std::uint8_t, Size>{}) {  // all zero is not valid
    for (std::size_t at = 0; at < Size; at += 8) {
      const std::uint64_t number = random_();
      std::memcpy(id.data() + at, &number, 8);
    }
  }
  return id;
}

Span Tracer::begin(std::string_view name, const SpanContext& parent, Kind kind,
                   std::optional<WallTime> at) {
  SpanContext context = parent;
  if (!parent.valid()) context.trace_id = random_id<16>();
  context.span_id = random_id<8>();
  context.sampled = decide(sampling_, context.trace_id, parent);
  const auto parent_id = parent.valid() ? parent.span_id : SpanId{};
  return record(name, std::move(context), parent_id, kind, at.value_or(wall_now()));
}

Span Tracer::stand_in(std::string_view name, const SpanContext& own, Kind kind, WallTime at) {
  if (sink_ == nullptr || !own.valid()) return start(name, own, kind, at);
  return record(name, own, {}, kind, at);
}

Span Tracer::record(std::string_view name, SpanContext context, const SpanId& parent, Kind kind,
                    WallTime at) {
  if (!context.sampled) return Span(std::move(context));
  auto data = std::make_unique<SpanData>();
  data->context = std::move(context);
  data->parent = parent;
  data->name = name.substr(0, kMaxTextBytes);
  data->kind = kind;
  data->start = at;
  return Span(std::move(data), sink_);
}

Span Tracer::start(std::string_view name, const SpanContext& parent,
                   std::initializer_list<log::Field> attributes) {
  Span span = start(name, parent);
  for (const auto& [key, value] : attributes) span.set(key, value);
  return span;
}

}  // namespace srs::tracing
