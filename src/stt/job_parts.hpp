// `transcription.parts.jsonl`: what a crash must not forget of a job's pieces, a line for each
// thing that was paid for.
#pragma once

#include "stt/audio.hpp"
#include "stt/stitch.hpp"

#include <srs/stt/pool.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

// What is known about the pieces: how the audio was cut, which of them were answered, and by which
// name a provider knows one that it works on.
struct Progress {
  std::vector<Piece> pieces;
  Millis duration{0};
  std::vector<Part> parts;
  std::map<std::string, std::string> remote;  // `<piece> <provider>` -> the provider's own job
};

// Nobody is to be asked for the piece, or any more.
bool is_done(const Progress& progress, std::size_t number);

std::string plan_line(const Progress& progress);
std::string part_line(const Part& part);
std::string remote_line(const std::string& key, const std::string& id);
// Lines that are torn or not understood are left out; without a plan there is nothing.
std::optional<Progress> progress_from(std::string_view lines);
// Blocks.
std::optional<Progress> load_progress(const std::filesystem::path& directory);
// By provider and model, what was asked for and answered so far. Blocks.
std::vector<Use> paid_for(const std::filesystem::path& directory);

}  // namespace srs::stt
