// errors_total: the one place where every module's failures can be seen together.
#pragma once

#include <srs/metrics/registry.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace srs::metrics {

// What was counted for itself, and what `rows` finds in `families`. A row whose family is not
// there, or has no sample yet, stands there with 0 where it names its reason itself.
prometheus::MetricFamily sum_errors(
    const std::map<std::pair<std::string, std::string>, std::atomic<std::uint64_t>>& own,
    const std::vector<ErrorRow>& rows, const std::vector<prometheus::MetricFamily>& families);

}  // namespace srs::metrics
