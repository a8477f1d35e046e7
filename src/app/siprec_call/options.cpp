#include "app/siprec_call/options.hpp"

#include <algorithm>

namespace srs::call {

std::size_t concurrent_calls(const Options& options) {
  return std::min(options.calls, options.concurrent.value_or(options.calls));
}

SenderKind sender_kind(const Options& options) {
  if (options.sender != SenderKind::Auto) return options.sender;
  // The bulk sender can neither pause nor press keys.
  if (!options.holds.empty() || !options.presses.empty()) return SenderKind::Ortp;
  return concurrent_calls(options) <= kMaxOrtpCalls ? SenderKind::Ortp : SenderKind::Bulk;
}

}  // namespace srs::call
