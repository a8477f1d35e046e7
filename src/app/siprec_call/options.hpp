// What the command line of siprec-call asks for.
#pragma once

#include <srs/log/logger.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace srs::call {

enum class Codec { Pcmu, Pcma };

// Who sends the RTP: oRTP in real time, or sendmmsg for many streams. Auto takes oRTP up to
// kMaxOrtpCalls calls at once and wherever a call is held or keys are pressed.
enum class SenderKind { Auto, Ortp, Bulk };
inline constexpr std::size_t kMaxOrtpCalls = 16;

// The communication session is put on hold `at` after the answer, for `length`.
struct Hold {
  std::chrono::milliseconds at{};
  std::chrono::milliseconds length{};
};

// Keys the first leg presses.
struct Press {
  std::string digits;  // 0-9 * # A-D
  std::chrono::milliseconds at{};
};

// A participant of the communication session, as the metadata names it.
struct Person {
  std::string name;  // may be empty
  std::string aor;   // `sip:alice@example.com`
};

struct Options {
  std::string target;  // as given: `sip:HOST:PORT`
  bool tcp = false;
  std::string local;  // our address; empty: the one that routes to the target

  std::vector<std::filesystem::path> audio;  // empty: tones
  std::size_t legs = 2;                      // where there is no audio
  Codec codec = Codec::Pcmu;
  SenderKind sender = SenderKind::Auto;
  std::chrono::microseconds step{100};  // of the bulk sender
  bool media = true;
  std::optional<std::chrono::milliseconds> duration;  // nothing: as long as the audio

  std::size_t calls = 1;
  std::optional<std::size_t> concurrent;  // nothing: all of them
  double rate = 10;                       // calls per second, 0: as fast as `concurrent` allows

  std::vector<Hold> holds;  // in order of time, not overlapping
  std::vector<Press> presses;
  std::filesystem::path metadata;  // empty: written from `from` and `to`
  bool final_metadata = false;     // with the BYE
  Person from{"Alice Caller", "sip:alice@example.com"};
  Person to{"Bob Callee", "sip:bob@example.com"};
  std::vector<std::pair<std::string, std::string>> headers;  // for the INVITE
  std::chrono::milliseconds timeout{32000};                  // for an answer to the INVITE or BYE

  bool json = false;
  bool quiet = false;
  log::Level log_level = log::Level::Error;
};

// How many calls may run at once.
std::size_t concurrent_calls(const Options& options);
// Auto resolved.
SenderKind sender_kind(const Options& options);

}  // namespace srs::call
