// Who may change the running server.
#pragma once

#include "app/components.hpp"

#include <optional>

namespace srs::app {

// The answer to a request without the admin token, told in the log; nothing where it has it.
std::optional<http::Response> refuse_admin(Components& components, const http::Request& request);

}  // namespace srs::app
