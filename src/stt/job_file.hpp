// `transcription.json`: what a crash must not forget about a job. Everything here blocks.
#pragma once

#include "stt/answer.hpp"

#include <srs/stt/pool.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

enum class Phase {
  Waiting,  // to be transcribed, or to be delivered
  Parked,
  Failed,
};
std::string_view to_string(Phase phase);

// Where the job's recording stands in its trace; not valid where it is in none.
tracing::SpanContext trace_of(const Job& job);

// What a provider did so far for one job.
struct Record {
  std::size_t failures = 0;  // since the last success
  bool refused = false;      // never again for this job
  Reason reason = Reason::Server;
  std::string text;
  WallTime not_before{};
};

struct JobState {
  Job job;
  Phase phase = Phase::Waiting;
  bool written = false;  // the transcript is on disk; what is left is its delivery
  WallTime submitted_at{};
  WallTime written_at{};  // the transcript; its delivery has a deadline of its own
  std::map<std::string, Record> providers;
  Record delivery;
  std::string last_provider;  // of the last failure
  std::vector<Incident> incidents = {};
};

std::string to_json(const JobState& state);
// `directory` is where the file lies: jobs move with their recordings.
Result<JobState> job_from_json(std::string_view text, const std::filesystem::path& directory);

Result<void> store(const JobState& state);
Result<JobState> load_job(const std::filesystem::path& directory);
void remove_job(const std::filesystem::path& directory);

// Audio of one piece, for a program to read. Unlike other temporary files it holds what was said.
inline constexpr std::string_view kPieceFile = "piece-";
inline constexpr std::string_view kPieceEnding = ".wav.tmp";
// Those that a crash left behind; nobody reads one while its job begins or ends.
void remove_pieces(const std::filesystem::path& directory);

}  // namespace srs::stt
