// From the capture to the audio file.
#pragma once

#include <srs/recording/document.hpp>
#include <srs/util/result.hpp>
#include <srs/util/time.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace srs::recording {

struct RenderOptions {
  bool comfort_noise = true;  // noise where the sender said so (RFC 3389); false: silence
};

// A file that was put on the disk, and how long the disk took for it: flushed and under its name.
struct Stored {
  std::string name;
  std::uint64_t bytes = 0;
  WallTime begun{};
  WallTime ended{};
};

// Renders <directory>/capture.pcapng into <directory>/audio.wav: one channel per entry of
// document.streams, 16-bit PCM (RF64 past 4 GiB), from started_at to ended_at on one wall-clock
// timeline. Returns the document with what the capture says: every stream's statistics, codec,
// SSRCs, digits, `audio`, `files` with sizes and SHA-256, `warnings`. Where ended_at is missing (a
// crash), the last packet's arrival is taken. No capture: silence of the call's length. A damaged
// tail is rendered up to the damage, with a warning. A capture in which no RTP is to be found makes
// no audio file; where some should be, the figures stay as they were given. The audio file appears
// under its name only when it is complete and on disk. Blocks: for a worker thread.
//
// Packets are ordered by extended sequence number, placed by RTP timestamp and arrival time;
// duplicates are dropped, lost ones concealed up to 60 ms and then silent; streams of codecs that
// can't be decoded yet stay silent with a warning, and need their capture kept (needs_capture).
//
// An error is the recording's own and stays; where the disk did not take audio.wav `refused` says
// why, nothing was left behind, and the same call may succeed later.
struct Rendered {
  Document document;
  bool needs_capture = false;
  std::string refused;
  std::optional<Stored> audio;  // empty: no audio.wav was made
  bool damaged = false;         // the capture; without audio nothing of it was to be had
};
Result<Rendered> render(const std::filesystem::path& directory, Document document,
                        const RenderOptions& options);

}  // namespace srs::recording
