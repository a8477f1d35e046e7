// A file of libsndfile's, and its end.
#pragma once

#include <srs/util/result.hpp>

#include <sndfile.h>

#include <filesystem>
#include <memory>

namespace srs::stt {

struct CloseSound {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, CloseSound>;

// Reads `info`, or writes what it says. An error names the path.
Result<SoundFile> open_sound(const std::filesystem::path& path, SF_INFO& info, int mode = SFM_READ);

}  // namespace srs::stt
