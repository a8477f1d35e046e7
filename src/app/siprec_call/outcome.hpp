// How one call went.
#pragma once

#include "app/siprec_call/media.hpp"

#include <srs/sip/caller.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace srs::call {

struct LegOutcome {
  std::string label;
  std::string destination;  // `127.0.0.1:10000`; empty: refused
  SentLeg sent;
};

struct Outcome {
  std::string call_id;
  int status = 0;  // of the final response to INVITE; 0: none came
  std::string phrase;
  std::string warning;
  std::chrono::nanoseconds latency{};      // INVITE to final response
  std::chrono::nanoseconds bye_latency{};  // BYE to its answer
  std::optional<sip::CallEnd> end;
  std::vector<LegOutcome> legs;
  std::vector<int> reanswers;       // statuses of the re-INVITEs' responses
  std::vector<std::string> faults;  // why this call is no success; empty: it is one
  std::vector<std::string> notes;   // odd, but no failure

  bool answered() const { return status >= 200 && status < 300; }
  bool success() const { return faults.empty(); }
};

// Adds a fault for each promise of a good call that was not kept: a 2xx answer, an end by our BYE
// and its answer, packets on at least one stream where there is `media`.
void judge_outcome(Outcome& outcome, bool media);

}  // namespace srs::call
