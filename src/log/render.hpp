// How a record becomes a line.
#pragma once

#include "log/mask.hpp"

#include <srs/log/logger.hpp>
#include <srs/util/time.hpp>

#include <string>

namespace srs::log {

// `2026-11-22T11:09:45.123Z info [sip] session_started call_id=abc reason="two words"`. Values
// are in_quotes() where they hold anything but printable ASCII without spaces and quotes, so that
// one record is always one line.
std::string render_text(WallTime time, Level level, std::string_view logger, std::string_view event,
                        const Fields& bound, std::initializer_list<Field> fields,
                        const Masking& masking = {});

// One JSON object with the names of the Elastic Common Schema: `@timestamp`, `log.level`, `message`
// (the event and the line's own fields, for people), `event.action` (the event), `log.logger`,
// `service.*`, and each field under json_key(). ASCII.
std::string render_json(WallTime time, Level level, std::string_view logger, std::string_view event,
                        const Fields& bound, std::initializer_list<Field> fields,
                        const Masking& masking = {});

// Where a field stands in the JSON: our own under `siprec.` (`siprec.call_id`), those that the
// schema knows under its names (`error.message`, `trace.id`); a key with a dot is one of these.
std::string json_key(std::string_view key);

}  // namespace srs::log
