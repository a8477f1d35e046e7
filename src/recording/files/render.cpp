#include "recording/files/mapped_file.hpp"
#include "recording/files/media_index.hpp"
#include "recording/files/media_statistics.hpp"
#include "recording/files/render_channel.hpp"
#include "recording/files/wav_writer.hpp"

#include <srs/recording/renderer.hpp>
#include <srs/storage/files.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kChunk =
    10;  // seconds rendered at a time: memory doesn't grow with the call
constexpr std::uint32_t kDefaultRate = 8000;

class Renderer {
 public:
  Renderer(const std::filesystem::path& directory, Document document, const RenderOptions& options)
      : directory_(directory), document_(std::move(document)), options_(options) {}

  Result<Rendered> run() {
    const auto capture = MappedFile::open(directory_ / kCaptureFile);
    if (!capture) return capture.error();
    index(*capture);
    if (capture->exists() && !heard()) return without_sound(capture->bytes());
    describe(*capture);
    if (auto written = write_audio(*capture); !written)
      return Rendered{std::move(document_), true, written.error().text, {}, index_.damaged};
    if (auto listed = list_files(capture->exists()); !listed) return listed.error();
    return Rendered{std::move(document_), needs_capture_, {}, std::move(stored_), index_.damaged};
  }

 private:
  void index(const MappedFile& capture) {
    index_ = index_media(capture.bytes(), document_, document_.ended_at.value_or(latest_arrival()));
    cut_ = capture.failed();
    index_.damaged |= cut_;
    if (!document_.ended_at) {
      document_.ended_at = document_.started_at + std::chrono::nanoseconds(index_.last_arrival);
    }
  }

  bool heard() const {
    return std::any_of(index_.streams.begin(), index_.streams.end(), [](const auto& stream) {
      return !stream.sources().empty() || stream.left_out() > 0;
    });
  }

  // A file of silence would look like a recording. A file appears with its first datagram: one that
  // is empty has lost it.
  Result<Rendered> without_sound(Bytes capture) {
    const bool damaged = index_.damaged || capture.empty() || had_media(document_);
    document_.warn(damaged ? "capture.pcapng holds none of the media that came: " +
                                 std::to_string(index_.readable) + " of its " +
                                 std::to_string(capture.size()) + " bytes can be read"
                           : std::string(kNoMediaWarning));
    if (auto listed = list_files(true); !listed) return listed.error();
    return Rendered{std::move(document_), damaged, {}, {}, damaged};
  }

  void describe(const MappedFile& capture) {
    if (index_.damaged) {
      document_.warn("capture.pcapng is damaged after " + std::to_string(index_.readable) +
                     " bytes: rendered up to there");
      needs_capture_ = true;
    }
    if (!capture.exists()) {
      document_.warn("no media was captured: audio.wav is silent");
      return;
    }
    for (std::size_t i = 0; i < document_.streams.size(); ++i) {
      // Which meaning a packet around the change had is a guess.
      needs_capture_ |= mapped_anew(document_.streams[i]) != nullptr;
      needs_capture_ |= describe_stream(document_, i, index_.streams[i], capture.bytes());
    }
  }

  // Without ended_at nothing but the file says how long the call may have been: a packet that
  // claims to have come an hour after the file was last written is damage.
  WallTime latest_arrival() const {
    std::error_code none;
    const auto written = std::filesystem::last_write_time(directory_ / kCaptureFile, none);
    if (none) return document_.started_at;
    const auto time = std::chrono::file_clock::to_sys(written) + std::chrono::hours(1);
    return std::max(document_.started_at,
                    std::chrono::time_point_cast<std::chrono::nanoseconds>(time));
  }

  // The best rate of what was really sent.
  std::uint32_t sample_rate() const {
    std::uint32_t rate = 0;
    for (const auto& stream : index_.streams) {
      const auto& payloads = stream.payloads();
      for (std::size_t i = 0; i < payloads.size(); ++i) {
        const auto meaning = static_cast<std::uint8_t>(i);
        if (stream.received(meaning) > 0) rate = std::max(rate, payloads[meaning].sample_rate);
      }
    }
    return rate == 0 ? kDefaultRate : rate;
  }

  PlayerSettings settings(Bytes capture, std::int64_t frames) const {
    PlayerSettings settings{capture, document_.audio->sample_rate, 0, 0, options_.comfort_noise};
    for (const auto& stream : index_.streams) {
      settings.lead = std::max(settings.lead, stream.packet_time());
    }
    settings.limit = frames + settings.sample_rate;  // the last packet's sound may go on
    return settings;
  }

  std::int64_t call_frames() const {
    const auto length =
        std::max<std::int64_t>((*document_.ended_at - document_.started_at).count(), 0);
    const std::int64_t rate = document_.audio->sample_rate;
    return length / kSecond * rate + length % kSecond * rate / kSecond;
  }

  unsigned channel_of(std::size_t stream) const {
    const auto channel = document_.streams[stream].channel;
    return channel < document_.streams.size() ? channel : static_cast<unsigned>(stream);
  }

  Result<void> write_audio(const MappedFile& capture) {
    if (document_.streams.empty()) {
      document_.warn("the call had no media stream: there is no audio.wav");
      document_.audio.reset();
      return {};
    }
    document_.audio = AudioFormat{sample_rate(), static_cast<unsigned>(document_.streams.size())};
    const std::int64_t frames = call_frames();
    const auto shared = settings(capture.bytes(), frames);
    std::vector<RenderChannel> channels;
    for (const auto& stream : index_.streams) channels.emplace_back(stream, shared);
    auto writer =
        WavWriter::create(directory_ / kAudioFile, shared.sample_rate, document_.audio->channels,
                          static_cast<std::uint64_t>(shared.limit));
    if (!writer) return writer.error();
    if (auto written = write_chunks(**writer, channels, frames, shared.limit); !written)
      return written;
    // What was there a moment ago may come back, and is looked at once more.
    if (capture.failed() && !cut_)
      return Error{"capture.pcapng: the disk does not give it to its end any more"};
    report(channels);
    return store(**writer);
  }

  Result<void> store(WavWriter& writer) {
    const auto begun = wall_now();
    auto done = writer.commit();
    if (done) stored_ = Stored{std::string(kAudioFile), 0, begun, wall_now()};
    return done;
  }

  // Chunk by chunk to the end of the call, and on to the end of the last sound.
  Result<void> write_chunks(WavWriter& writer, std::vector<RenderChannel>& channels,
                            std::int64_t frames, std::int64_t limit) {
    const std::int64_t step = kChunk * document_.audio->sample_rate;
    for (std::int64_t at = 0; at < limit;) {
      const std::int64_t next = std::min(at + step, at < frames ? frames : limit);
      mix(channels, at, static_cast<std::size_t>(next - at));
      std::int64_t end = frames;
      for (const auto& channel : channels) end = std::max(end, channel.end());
      const auto count = static_cast<std::size_t>(std::min(next, end) - at);
      const std::span<const std::int16_t> samples(interleaved_);
      if (auto written = writer.write(samples.first(count * channels.size())); !written)
        return written;
      at = next;
    }
    return {};
  }

  void mix(std::vector<RenderChannel>& channels, std::int64_t begin, std::size_t count) {
    interleaved_.assign(count * channels.size(), 0);
    for (std::size_t i = 0; i < channels.size(); ++i) {
      mixed_.assign(count, 0);
      channels[i].render(begin, mixed_);
      const std::size_t channel = channel_of(i);
      for (std::size_t frame = 0; frame < count; ++frame) {
        const auto sample = std::clamp<std::int32_t>(mixed_[frame], INT16_MIN, INT16_MAX);
        interleaved_[frame * channels.size() + channel] = static_cast<std::int16_t>(sample);
      }
    }
  }

  void report(const std::vector<RenderChannel>& channels) {
    for (std::size_t i = 0; i < channels.size(); ++i) {
      const auto name = stream_name(document_, i);
      document_.streams[i].concealed_ms = channels[i].concealed() / kMillisecond;
      if (const auto overlap = channels[i].overlap() * 1000 / document_.audio->sample_rate;
          overlap > 0) {
        document_.warn(name + ": two sources sent at the same time for " + std::to_string(overlap) +
                       " ms: both are heard");
      }
      if (channels[i].cut() == 0) continue;
      document_.warn(
          name + ": the sound of " + std::to_string(channels[i].cut()) +
          " packets goes on past the end of the call: not in audio.wav, kept in capture.pcapng");
      needs_capture_ = true;
    }
  }

  Result<void> list_files(bool captured) {
    if (document_.audio) {
      if (auto listed = list_file(kAudioFile, "audio/wav"); !listed) return listed;
    }
    return captured ? list_file(kCaptureFile, "application/x-pcapng") : Result<void>{};
  }

  Result<void> list_file(std::string_view name, std::string_view type) {
    const auto path = directory_ / name;
    // Of what can't be read nobody knows the digest.
    auto digest = cut_ && name == kCaptureFile ? Result<std::string>(boost::system::in_place_value)
                                               : storage::sha256(path);
    if (!digest) return digest.error();
    std::erase_if(document_.files, [&](const auto& file) { return file.name == name; });
    std::error_code none;
    const auto bytes = std::filesystem::file_size(path, none);
    if (none) return storage::file_error("read", path, none.value());
    if (stored_ && name == stored_->name) stored_->bytes = bytes;
    document_.files.push_back({std::string(name), std::string(type), bytes, std::move(*digest)});
    return {};
  }

  const std::filesystem::path& directory_;
  Document document_;
  const RenderOptions& options_;
  MediaIndex index_;
  std::vector<std::int32_t> mixed_;
  std::vector<std::int16_t> interleaved_;
  bool needs_capture_ = false;
  bool cut_ = false;  // the disk did not give all of the capture
  std::optional<Stored> stored_;
};

}  // namespace

Result<Rendered> render(const std::filesystem::path& directory, Document document,
                        const RenderOptions& options) {
  return Renderer(directory, std::move(document), options).run();
}

}  // namespace srs::recording
