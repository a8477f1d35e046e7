#include "app/siprec_call/outcome.hpp"

#include <algorithm>

namespace srs::call {
namespace {

std::string refusal(const Outcome& outcome) {
  auto text = "INVITE was answered " + std::to_string(outcome.status) + " " + outcome.phrase;
  if (!outcome.warning.empty()) text += " (Warning: " + outcome.warning + ")";
  return text;
}

std::string wrong_end(const Outcome& outcome) {
  if (!outcome.end) return "the call did not end: BYE got no answer";
  switch (*outcome.end) {
    case sip::CallEnd::Bye:
      return {};
    case sip::CallEnd::PeerBye:
      return "the recorder hung up before we did";
    case sip::CallEnd::ByeTimeout:
      return "BYE was not answered, or not with 2xx";
    case sip::CallEnd::Rejected:
    case sip::CallEnd::Lost:
      break;
  }
  return "the dialog could not be set up from the answer";
}

}  // namespace

void judge_outcome(Outcome& outcome, bool media) {
  if (outcome.status == 0) return;  // no answer: said already
  if (!outcome.answered()) {
    outcome.faults.push_back(refusal(outcome));
    return;
  }
  if (auto text = wrong_end(outcome); !text.empty()) outcome.faults.push_back(std::move(text));
  const bool sent = std::any_of(outcome.legs.begin(), outcome.legs.end(),
                                [](const LegOutcome& leg) { return leg.sent.packets > 0; });
  if (media && !sent && outcome.faults.empty()) outcome.faults.emplace_back("no media was sent");
}

}  // namespace srs::call
