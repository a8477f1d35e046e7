// The recording floor's settings.
#pragma once

#include <srs/recording/capture.hpp>
#include <srs/recording/renderer.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace srs::recording {

// When an INVITE opens a recording session (RFC 7866 §6.2).
enum class Accept {
  Strict,    // `+sip.src` in Contact and `siprec` in Require
  Tolerant,  // either of them, or an rs-metadata part
  Any,       // any INVITE with audio (network-based recording without metadata)
};

// What becomes of capture.pcapng when its audio has been rendered, verified and synced.
enum class KeepCapture {
  WhenNeeded,  // kept only where a stream could not be rendered yet
  Always,
};

struct Options {
  std::filesystem::path directory = "./recordings";
  Accept accept = Accept::Tolerant;
  std::size_t max_streams = 16;               // audio m-lines recorded in one session
  std::chrono::seconds no_media_timeout{60};  // from the answer; 0: never
  std::chrono::seconds inactivity_timeout{
      300};                                 // since the last packet, while not on hold; 0: never
  std::chrono::seconds hold_timeout{3600};  // the same while every stream is inactive; 0: never
  std::chrono::seconds max_duration{0};     // 0: unlimited
  std::uint64_t min_free_space = std::uint64_t{1} << 30;  // bytes; below: no new calls
  KeepCapture keep_capture = KeepCapture::WhenNeeded;
  bool keep_rs_metadata = true;  // RFC 7865 §10
  std::size_t render_threads = 1;
  std::size_t render_queue = 10000;  // recordings that wait; more wait on disk
  CaptureOptions capture;
  RenderOptions render;
};

}  // namespace srs::recording
