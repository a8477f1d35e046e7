// What /health looks at.
#pragma once

#include "app/components.hpp"

namespace srs::app {

// Adds every check to components.health; the components outlive it.
void add_checks(Components& components);

// /metrics, /health, /ready and /live.
void add_routes(Components& components);

}  // namespace srs::app
