// The last step of a recording.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/recording/document.hpp>
#include <srs/recording/options.hpp>
#include <srs/recording/service.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace srs::recording {

// What there was of a recording's capture.
enum class Evidence {
  Whole,
  None,     // no media came, and no file was made
  Gone,     // media came, and the file is not there
  Damaged,  // what can be read of it was rendered; where that is nothing the recording has failed
};

// What a finished render leaves: the final document, written; the capture deleted where it may be.
// Without a capture there was no media, and no audio file is made. Where the disk refused a file
// `refused` says why, and the document is the one that was given. A directory that somebody removed
// is no such refusal: the recording has failed, and so it has where something was thrown. Blocks:
// for a worker thread.
struct Completed {
  Document document;
  std::string refused;
  std::vector<Stored> stored;  // in that order
  Evidence evidence = Evidence::Whole;
};
Completed complete(const std::filesystem::path& directory, Document document,
                   const Options& options, const log::Logger& log, const AfterRender& after = {});

// The same for a recording of which `deaths` processes have ended: it is not rendered, it has
// failed, and its capture is kept.
Completed given_up(const std::filesystem::path& directory, Document document, unsigned deaths,
                   const log::Logger& log);

}  // namespace srs::recording
