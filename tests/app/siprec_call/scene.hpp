// Two legs of audio on disk and how to call with them.
#pragma once

#include "app/siprec_call/caller_process.hpp"
#include "app/siprec_call/recorder.hpp"
#include "app/siprec_call/wav_file.hpp"
#include "support/temp_dir.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace srs::test {

// A caller and a callee whose audio can't be mistaken for each other's.
struct TwoLegs {
  explicit TwoLegs(double seconds = 0.6)
      : caller(chirp(200, 1500, seconds)), callee(chirp(2500, 700, seconds)) {
    write_wav(directory / "caller.wav", 8000, {caller});
    write_wav(directory / "callee.wav", 8000, {callee});
  }

  // `siprec-call TARGET --json --audio caller.wav callee.wav MORE...`
  std::vector<std::string> call(const Recorder& recorder,
                                std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {recorder.target(), "--json", "--audio",
                                          (directory / "caller.wav").string(),
                                          (directory / "callee.wav").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  TempDir directory;
  std::vector<std::int16_t> caller;
  std::vector<std::int16_t> callee;
};

// Without audio files and, unless `more` says otherwise, ready at once.
inline std::vector<std::string> plain_call(const Recorder& recorder,
                                           std::vector<std::string> more = {}) {
  more.insert(more.begin(), {recorder.target(), "--json"});
  return more;
}

}  // namespace srs::test
