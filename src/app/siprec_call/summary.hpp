// What a run's calls came to.
#pragma once

#include "app/siprec_call/lateness.hpp"
#include "app/siprec_call/outcome.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace srs::call {

// Waits of many calls; percentiles by nearest rank.
class Latencies {
 public:
  void add(std::chrono::nanoseconds value) { values_.push_back(value); }
  std::size_t count() const { return values_.size(); }
  // Zero where there are none. `percent` 100 is the maximum.
  std::chrono::nanoseconds percentile(double percent) const;

 private:
  mutable std::vector<std::chrono::nanoseconds> values_;  // sorted where asked
};

// Texts with the number of times they occurred; further ones beyond a hundred count as others.
class Tally {
 public:
  void add(const std::string& text);
  const std::map<std::string, std::size_t>& counts() const { return counts_; }

 private:
  std::map<std::string, std::size_t> counts_;
};

struct Summary {
  static constexpr std::size_t kMostListed = 1000;  // outcomes kept for the JSON summary

  std::size_t wanted = 0;  // calls to place
  std::size_t placed = 0;
  std::size_t ended = 0;
  std::size_t answered = 0;
  std::size_t failed = 0;
  bool interrupted = false;
  std::map<int, std::size_t> answers;    // to INVITE, by status; 0: none
  std::map<int, std::size_t> reanswers;  // to re-INVITE
  std::map<std::string, std::size_t> ends;
  Latencies invite;  // of calls answered with 2xx
  Latencies bye;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t reports = 0;
  std::uint64_t streams = 0;          // that sent something
  std::uint64_t refused_packets = 0;  // by our own kernel
  std::chrono::nanoseconds elapsed{};
  Lateness placing;  // of INVITEs against --rate
  std::chrono::nanoseconds media_mean_late{};
  std::chrono::nanoseconds media_max_late{};
  Tally faults;
  Tally notes;
  std::vector<Outcome> calls;

  void add(Outcome outcome);
  // Every wanted call was placed and is a success, or those placed before Ctrl-C are.
  bool success() const;
  // One clear sentence.
  std::string verdict() const;
};

std::string to_text(const Summary& summary);
// Schema `siprec-call/1`, docs/siprec-call.md.
std::string to_json(const Summary& summary);

}  // namespace srs::call
