// The last step: what was heard becomes files. Blocks.
#pragma once

#include "stt/job_file.hpp"
#include "stt/job_parts.hpp"
#include "stt/redact.hpp"

#include <srs/stt/pool.hpp>

namespace srs::stt {

struct Assembled {
  Finished finished;
  std::vector<Redaction> redactions;
  std::vector<std::string> untimed;  // providers, of each place without usable times
};

// Stitches, redacts, writes transcript.json, .vtt, .txt and where it is wanted audio.redacted.wav.
Result<Assembled> assemble(const JobState& state, const Progress& progress, const Options& options,
                           const Redactor& redactor);

// The same of the final lines in transcript.live.jsonl, for a job that has `live`.
Result<Assembled> assemble_live(const Job& job, const Options& options, const Redactor& redactor);

// Redacts `transcript` and writes the files beside job.audio. The places of redactions are widened
// on both sides: where a word begins and ends nobody knows to the millisecond.
Result<Assembled> publish(Transcript transcript, const Job& job, const Options& options,
                          const Redactor& redactor);

}  // namespace srs::stt
