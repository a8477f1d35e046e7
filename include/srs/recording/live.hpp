// Who listens while a call runs.
#pragma once

#include <srs/recording/document.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

namespace srs::recording {

// Hears one call, on the io_context. What it does may not wait nor throw. Destroyed with the
// session, after end() where that came about.
class LiveListener {
 public:
  virtual ~LiveListener() = default;
  // The call is known better now: after each offer and each metadata document.
  virtual void update(const Document& document) = 0;
  // The recording lies there from now on.
  virtual void move(const std::filesystem::path& directory) = 0;
  // Samples of one channel, mono, that were spoken from `at` on (since started_at). Late packets
  // are left out, lost ones are gaps: the file that is rendered later knows better.
  virtual void hear(unsigned channel, std::uint32_t sample_rate, std::chrono::milliseconds at,
                    std::span<const std::int16_t> samples) = 0;
  // The call is over; all was heard.
  virtual void end() = 0;
};

// Asked for each session that begins; null: nobody listens to this one.
using LiveListeners = std::function<std::unique_ptr<LiveListener>(
    const std::filesystem::path& directory, const Document&)>;

}  // namespace srs::recording
