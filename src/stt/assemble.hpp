// The last step: what was heard becomes files. Blocks.
#pragma once

#include "stt/job_file.hpp"
#include "stt/redact.hpp"

#include <srs/stt/pool.hpp>

namespace srs::stt {

struct Assembled {
  Finished finished;
  std::vector<Redaction> redactions;
  std::vector<std::string> untimed;  // providers, of each place without usable times
};

// Stitches, redacts, writes transcript.json, .vtt, .txt and where it is wanted audio.redacted.wav.
Result<Assembled> assemble(const Job& job, const Progress& progress, const Options& options,
                           const Redactor& redactor);

// The same without stitching: redacts `transcript` and writes the files beside job.audio.
Result<Assembled> publish(Transcript transcript, const Job& job, const Options& options,
                          const Redactor& redactor);

}  // namespace srs::stt
