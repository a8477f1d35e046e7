// What a provider says of a request that it did not take.
#pragma once

#include "stt/answer.hpp"
#include "stt/json.hpp"

#include <optional>
#include <string>

namespace srs::stt {

struct Complaint {
  std::string words;                  // for a person; empty: none
  std::string code = {};              // the provider's own name for the error, where it gives one
  std::optional<Reason> reason = {};  // where the HTTP status does not tell it
};

// Reads the JSON that a provider's errors come in, whatever it holds.
using ReadComplaint = Complaint (*)(int status, const Json& body);

// The shapes that many share, gateways before them too.
Complaint common_complaint(int status, const Json& body);

}  // namespace srs::stt
