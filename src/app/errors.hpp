// Which figures of the modules are failures.
#pragma once

#include <srs/metrics/registry.hpp>

#include <vector>

namespace srs::app {

// The rows of errors_total that are counted under a name of their own already. Every failure that
// a module counts has one row here, unless another row's figure counts the same event.
std::vector<metrics::ErrorRow> error_rows();

}  // namespace srs::app
