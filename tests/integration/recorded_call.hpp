// Checks that hold for every call that was played to the server and recorded.
#pragma once

#include "support/call_player.hpp"
#include "support/recording_on_disk.hpp"
#include "support/server_process.hpp"
#include "support/speech_match.hpp"
#include "support/timed_call.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace srs::test {

// What one m-line of a call carries.
struct Leg {
  std::string label;
  std::filesystem::path spoken;  // WAV, 8 kHz, mono
  std::string aor;               // of the one who speaks
  std::string dtmf;              // digits in order
  std::size_t duplicates = 0;    // packets that are sent twice
};

struct ExpectedCall {
  TimedCall call;
  std::string codec;                  // `PCMU`
  std::vector<Leg> legs;              // in the order of the m-lines
  std::vector<std::string> metadata;  // documents in order, as they must be kept
};

// The answers: every offer got all its m-lines back with its payload types and its label, the right
// direction and the same port each time, from an SRS that says that it is one.
void check_answers(const ExpectedCall& expected, const Played& played);

// Counters, digits, participants and documents in metadata.json and beside it.
void check_metadata(const ExpectedCall& expected, const Played& played,
                    const RecordingOnDisk& recording);

// The sound: each channel is its speaker, at the right time against the other, silent on hold.
void check_audio(const ExpectedCall& expected, const RecordingOnDisk& recording);

// Plays the call, waits until its recording is complete, and checks all of the above.
void play_and_check(const ExpectedCall& expected, ServerProcess& server);

}  // namespace srs::test
