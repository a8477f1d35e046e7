// What is being said, over HTTP.
#pragma once

#include "app/components.hpp"

namespace srs::app {

// GET /events/transcriptions (server-sent events) and GET /ws/transcriptions (WebSocket), both with
// ?recording=ID for one call alone; for those who have the transcript token, in `Authorization` or,
// for browsers, as ?access_token= (RFC 6750 §2.3).
void add_live_routes(Components& components);

}  // namespace srs::app
