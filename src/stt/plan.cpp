#include "stt/plan.hpp"

#include "stt/files.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

// What all of the providers take.
struct Reach {
  Millis longest = Millis::max();
  std::uint64_t largest = kLargestSound;
  bool together = false;
};

Reach reach_of(const std::vector<Engine>& engines) {
  Reach reach;
  reach.together = !engines.empty();
  for (const auto& engine : engines) {
    reach.longest = std::min(reach.longest, engine.provider->longest());
    reach.largest = std::min(reach.largest, engine.provider->largest());
    reach.together = reach.together && engine.provider->takes_channels_together();
  }
  return reach;
}

PieceOptions bounds_of(const PieceOptions& options, const AudioFormat& format, const Reach& reach,
                       std::size_t channels) {
  const auto longest = std::min(options.length + options.overlap, reach.longest);
  return within(options, format, reach.together ? channels : 1, longest, reach.largest);
}

// Its channels would be mixed, or it would be refused.
bool is_beyond(const Piece& piece, const PieceOptions& options, const AudioFormat& format,
               const Reach& reach) {
  if (piece.channels.size() > 1 && !reach.together) return true;
  // As if it were to be cut now, but of any length that is taken: so what is cut again is within.
  auto any = options;
  any.length = std::max(options.length, piece.length());
  const auto bounds = within(any, format, piece.channels.size(), reach.longest, reach.largest);
  return piece.length() > bounds.length + bounds.overlap;
}

Failure unreadable(const Error& error) {
  return Failure{Reason::Audio, error.text};
}

Outcome<Progress> planned(Progress progress, const Job& job) {
  if (auto done = append_line(job.directory / kPartsFile, plan_line(progress)); !done)
    return Failure{Reason::Busy, done.error().text};
  return progress;
}

Outcome<Progress> plan(const Job& job, const PieceOptions& options, const Reach& reach) {
  const auto audio = job.directory / job.audio;
  const auto format = read_format(audio);
  if (!format) return unreadable(format.error());
  std::vector<unsigned> channels;
  for (const auto& channel : job.channels) channels.push_back(channel.channel);
  for (unsigned i = 0; job.channels.empty() && i < format->channels; ++i) channels.push_back(i);
  auto pieces = plan_pieces(audio, channels, bounds_of(options, *format, reach, channels.size()),
                            reach.together);
  if (!pieces) return unreadable(pieces.error());
  Progress progress;
  progress.pieces = std::move(*pieces);
  progress.duration = format->duration();
  return planned(std::move(progress), job);
}

// Their numbers are those of answers and of jobs that providers work on: new pieces come behind.
Outcome<Progress> plan_again(Progress progress, const Job& job, const PieceOptions& options,
                             const Reach& reach) {
  const auto audio = job.directory / job.audio;
  const auto format = read_format(audio);
  if (!format) return progress;  // whoever asks for a piece finds out
  std::vector<Piece> beyond;
  std::size_t channels = 1;
  for (std::size_t i = 0; i < progress.pieces.size(); ++i) {
    auto& piece = progress.pieces[i];
    if (is_done(progress, i) || !is_beyond(piece, options, *format, reach)) continue;
    beyond.push_back(piece);
    channels = std::max(channels, piece.channels.size());
    piece.replaced = true;
  }
  if (beyond.empty()) return progress;
  auto made =
      cut_again(audio, beyond, bounds_of(options, *format, reach, channels), reach.together);
  if (!made) return unreadable(made.error());
  std::move(made->begin(), made->end(), std::back_inserter(progress.pieces));
  return planned(std::move(progress), job);
}

}  // namespace

Outcome<Progress> load_or_plan(const Job& job, const PieceOptions& options,
                               const std::vector<Engine>& engines) {
  remove_pieces(job.directory);
  const auto reach = reach_of(engines);
  auto known = load_progress(job.directory);
  if (!known) return plan(job, options, reach);
  return plan_again(std::move(*known), job, options, reach);
}

}  // namespace srs::stt
