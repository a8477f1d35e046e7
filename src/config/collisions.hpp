// Listeners that can't stand beside each other.
#pragma once

#include <srs/config/config.hpp>

#include <vector>

namespace srs::config {

// A fault for each address of sip.listen and http.listen that another one has taken already: the
// same port of the same kind of socket on the same address, or on a wildcard that holds it. Port 0
// takes any free one and collides with nothing. Texts that are no address are another check's.
std::vector<Fault> collisions(const Settings& settings);

}  // namespace srs::config
