// How a record becomes a line.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/util/time.hpp>

#include <string>

namespace srs::log {

// `2026-11-22T11:09:45.123Z info [sip] session_started call_id=abc reason="two words"`. Values
// are quoted and escaped where they hold anything but printable ASCII without spaces and quotes,
// so that one record is always one line.
std::string render_text(WallTime time, Level level, std::string_view logger, std::string_view event,
                        const Fields& bound, std::initializer_list<Field> fields);

// One JSON object with the Elastic Common Schema's names: `@timestamp`, `log.level`,
// `log.logger`, `message` (the event), `service.name`, and each field under its own key. ASCII.
std::string render_json(WallTime time, Level level, std::string_view logger, std::string_view event,
                        const Fields& bound, std::initializer_list<Field> fields);

}  // namespace srs::log
