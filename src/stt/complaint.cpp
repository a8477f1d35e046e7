#include "stt/complaint.hpp"

#include "stt/json.hpp"

namespace srs::stt {
namespace {

// A text, or the first of a list of `{"msg": ...}`, as FastAPI's servers write it.
std::string detail_of(const Json& json) {
  const auto& detail = member(json, "detail");
  if (const auto text = text_of(detail, "message"); !text.empty()) return text;
  const auto& list = elements(json, "detail");
  return list.empty() ? text_of(detail) : text_of(list.front(), "msg");
}

}  // namespace

std::optional<Complaint> common_complaint(int, std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed) return std::nullopt;
  const auto& json = *parsed;
  const auto& error = member(json, "error");
  const auto detail = detail_of(json);
  for (const auto& candidate : {text_of(error, "message"), text_of(json, "error_description")})
    if (!candidate.empty()) return Complaint{candidate};
  if (const auto text = text_of(error); !text.empty())
    return Complaint{detail.empty() ? text : text + ": " + detail};
  for (const auto& candidate : {detail, text_of(json, "message"), text_of(json, "Message")})
    if (!candidate.empty()) return Complaint{candidate};
  return Complaint{};
}

}  // namespace srs::stt
