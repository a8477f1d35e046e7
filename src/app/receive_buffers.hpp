// What the kernel grants of the receive buffers that the configuration asks for.
#pragma once

#include <srs/config/config.hpp>
#include <srs/log/logger.hpp>

namespace srs::app {

// A warning for each setting that gets less than it asks for (net.core.rmem_max): nobody else
// tells, and it is found out when a burst of calls is dropped.
void warn_of_small_receive_buffers(const config::Settings& settings, log::Logger& log);

}  // namespace srs::app
