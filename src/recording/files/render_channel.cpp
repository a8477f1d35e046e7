#include "recording/files/render_channel.hpp"

#include <algorithm>

namespace srs::recording {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// A packet's sound may lie this many seconds before its arrival, at most: the timeline's window.
constexpr std::int64_t kLatest = 10;

}  // namespace

void RenderChannel::render(std::int64_t begin, std::span<std::int32_t> chunk) {
  start_sources(begin + static_cast<std::int64_t>(chunk.size()));
  heard_.assign(playing_.size() > 1 ? chunk.size() : 0, false);
  for (const auto& playing : playing_) play(*playing, begin, chunk);
  retire();
}

void RenderChannel::start_sources(std::int64_t end) {
  const auto& sources = stream_.sources();
  const std::int64_t seconds = end / settings_.sample_rate + 1 + kLatest;
  while (next_source_ < sources.size() &&
         sources[next_source_].first_arrival() / kSecond <= seconds) {
    playing_.push_back(std::make_unique<Playing>(
        MediaPlayer(sources[next_source_++], stream_.payloads(), settings_)));
  }
}

void RenderChannel::play(Playing& playing, std::int64_t begin, std::span<std::int32_t> chunk) {
  const std::int64_t end = begin + static_cast<std::int64_t>(chunk.size());
  while (playing.sound && playing.sound->begin < end) {
    add(*playing.sound, begin, chunk);
    if (playing.sound->begin + playing.sound->frames > end) return;
    playing.sound = playing.player.next();
  }
}

void RenderChannel::add(const Sound& sound, std::int64_t begin, std::span<std::int32_t> chunk) {
  const std::int64_t first = std::max(sound.begin, begin);
  const std::int64_t last =
      std::min(sound.begin + sound.frames, begin + static_cast<std::int64_t>(chunk.size()));
  if (last <= first) return;
  const auto part = chunk.subspan(static_cast<std::size_t>(first - begin),
                                  static_cast<std::size_t>(last - first));
  if (sound.samples.empty()) return noise_.add(part, sound.noise);
  const auto* samples = sound.samples.data() + (first - sound.begin);
  for (std::size_t i = 0; i < part.size(); ++i) part[i] += samples[i];
  end_ = std::max(end_, last);
  if (!heard_.empty()) count_overlap(static_cast<std::size_t>(first - begin), part.size());
}

void RenderChannel::count_overlap(std::size_t from, std::size_t count) {
  for (std::size_t i = from; i < from + count; ++i) {
    if (heard_[i]) ++overlap_;
    heard_[i] = true;
  }
}

void RenderChannel::retire() {
  std::erase_if(playing_, [this](const auto& playing) {
    if (playing->sound) return false;
    concealed_ += playing->player.concealed();
    cut_ += playing->player.cut();
    return true;
  });
}

}  // namespace srs::recording
