#include "stt/complaint.hpp"

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

Complaint common_complaint(int, const Json& json) {
  const auto& error = member(json, "error");
  const auto detail = detail_of(json);
  for (const auto& candidate : {text_of(error, "message"), text_of(json, "error_description")})
    if (!candidate.empty()) return {candidate};
  if (const auto text = text_of(error); !text.empty())
    return {detail.empty() ? text : text + ": " + detail};
  for (const auto& candidate : {detail, text_of(json, "message"), text_of(json, "Message")})
    if (!candidate.empty()) return {candidate};
  return {};
}

}  // namespace srs::stt
