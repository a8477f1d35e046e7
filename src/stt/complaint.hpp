// What a provider says of a request that it did not take.
#pragma once

#include "stt/answer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace srs::stt {

struct Complaint {
  std::string words;                  // for a person; empty: none
  std::string code = {};              // the provider's own name for the error, where it gives one
  std::optional<Reason> reason = {};  // where the HTTP status does not tell it
};

// Reads what a provider's errors come in, whatever it holds; nothing where it is of another kind.
using ReadComplaint = std::optional<Complaint> (*)(int status, std::string_view body);

// The shapes of JSON that many share, gateways before them too.
std::optional<Complaint> common_complaint(int status, std::string_view body);

}  // namespace srs::stt
