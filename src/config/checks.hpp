// What settings must be together.
#pragma once

#include <srs/config/config.hpp>

namespace srs::config {

// Adds the faults and warnings that only several keys together can have. Keys that are faulty
// already are left alone, so that one mistake is named once.
void check(Loaded& loaded, const Origins& origins);

}  // namespace srs::config
