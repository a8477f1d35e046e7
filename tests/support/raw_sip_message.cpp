#include "support/raw_sip_message.hpp"

#include <algorithm>
#include <cctype>

namespace srs::test {

std::string RawSipMessage::method() const {
  return is_response() ? header("CSeq").substr(header("CSeq").find(' ') + 1)
                       : start_line.substr(0, start_line.find(' '));
}

std::string RawSipMessage::header(std::string_view name) const {
  std::string result;
  for (const auto& [key, value] : headers) {
    if (!same(key, name)) continue;
    result += (result.empty() ? "" : ", ") + value;
  }
  return result;
}

bool RawSipMessage::has(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& h) { return same(h.first, name); });
}

std::string RawSipMessage::to_tag() const {
  const auto to = header("To");
  const auto at = to.find(";tag=");
  return at == std::string::npos ? "" : to.substr(at + 5, to.find(';', at + 5) - at - 5);
}

bool RawSipMessage::same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return std::tolower(x) == std::tolower(y); });
}

RawSipMessage RawSipMessage::parse(std::string text) {
  RawSipMessage message;
  const auto head_end = text.find("\r\n\r\n");
  std::string_view head(text.data(), head_end == std::string::npos ? text.size() : head_end);
  if (head_end != std::string::npos) message.body = text.substr(head_end + 4);
  bool first = true;
  while (!head.empty()) {
    const auto line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const auto colon = line.find(':');
    if (std::exchange(first, false)) {
      message.start_line = line;
    } else if (colon != std::string_view::npos) {
      auto value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      message.headers.emplace_back(line.substr(0, colon), value);
    }
  }
  message.text = std::move(text);
  return message;
}

}  // namespace srs::test
