// What the recorder answered, and whether it may.
#pragma once

#include "app/siprec_call/options.hpp"

#include <srs/rtp/packet.hpp>
#include <srs/sip/caller.hpp>
#include <srs/util/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace srs::call {

// Where one stream goes.
struct Destination {
  rtp::Endpoint rtp;
  rtp::Endpoint rtcp;
};

struct ReadAnswer {
  // One for each offered stream; nothing where the answer refuses it.
  std::vector<std::optional<Destination>> destinations;
  // Where the answer departs from the RFCs and the call can go on all the same.
  std::vector<std::string> notes;
};

// Reads a 200 to an offer of `labels`, one m-line each. An error where media can't be sent: no
// SDP, other m-lines than offered, no address.
Result<ReadAnswer> read_answer(const sip::Answer& answer, const std::vector<std::string>& labels,
                               Codec codec, bool held);

}  // namespace srs::call
