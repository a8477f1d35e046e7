#include "log/render.hpp"

#include "log/in_quotes.hpp"

#include <srs/util/text.hpp>

#include <nlohmann/json.hpp>

#include <cstdio>

namespace srs::log {
namespace {

bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '\\' || c == '=' || static_cast<unsigned char>(c) >= 0x7F) {
      return false;
    }
  }
  return true;
}

std::string escaped(std::string_view text) {
  return is_plain(text) ? std::string(text) : in_quotes(text);
}

std::string value_text(const Value& value, const Masking& masking) {
  return std::visit(
      [&masking](const auto& v) -> std::string {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::string>)
          return escaped(masked(v, masking));
        else if constexpr (std::is_same_v<T, bool>)
          return v ? "true" : "false";
        else if constexpr (std::is_same_v<T, double>) {
          char text[32];
          std::snprintf(text, sizeof text, "%.6g", v);
          return text;
        } else
          return std::to_string(v);
      },
      value.data());
}

nlohmann::ordered_json value_json(const Value& value, const Masking& masking) {
  return std::visit(
      [&masking](const auto& v) -> nlohmann::ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string>)
          return to_utf8(masked(v, masking));
        else
          return v;
      },
      value.data());
}

void append(std::string& line, const Field& field, const Masking& masking) {
  line += ' ';
  line += field.key;
  line += '=';
  line += value_text(field.value, masking);
}

// What a log viewer shows of the record: the event and what the line says of its own. Long values
// (a whole SIP message) stand in their field alone.
std::string message_of(std::string_view event, std::initializer_list<Field> fields,
                       const Masking& masking) {
  constexpr std::size_t kLong = 256;
  auto message = to_utf8(event);
  for (const auto& field : fields) {
    const auto* text = std::get_if<std::string>(&field.value.data());
    if (text == nullptr || text->size() <= kLong) append(message, field, masking);
  }
  return message;
}

}  // namespace

std::string render_text(WallTime time, Level level, std::string_view logger, std::string_view event,
                        const Fields& bound, std::initializer_list<Field> fields,
                        const Masking& masking) {
  std::string line = to_rfc3339(time);
  line += ' ';
  line += to_string(level);
  line += " [";
  line += logger;
  line += "] ";
  line += event;
  for (const auto& field : bound) append(line, field, masking);
  for (const auto& field : fields) append(line, field, masking);
  return line;
}

std::string json_key(std::string_view key) {
  if (key == "error") return "error.message";
  if (key == "trace_id") return "trace.id";
  if (key == "span_id") return "span.id";
  if (key.find('.') != std::string_view::npos) return std::string(key);
  return "siprec." + std::string(key);
}

std::string render_json(WallTime time, Level level, std::string_view logger, std::string_view event,
                        const Fields& bound, std::initializer_list<Field> fields,
                        const Masking& masking) {
  nlohmann::ordered_json record;
  record["@timestamp"] = to_rfc3339(time);
  record["log.level"] = to_string(level);
  record["message"] = message_of(event, fields, masking);
  record["ecs.version"] = "8.11.0";
  record["service.name"] = "siprec-server";
  record["service.version"] = SRS_VERSION;
  record["log.logger"] = to_utf8(logger);
  record["event.action"] = to_utf8(event);
  for (const auto& field : bound) record[json_key(field.key)] = value_json(field.value, masking);
  for (const auto& field : fields) record[json_key(field.key)] = value_json(field.value, masking);
  // ASCII only: no line separator and no terminal's control character (U+0085, U+009B) survives.
  return record.dump(-1, ' ', true);
}

}  // namespace srs::log
