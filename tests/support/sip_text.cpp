#include "support/sip_text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace srs::test {
namespace {

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

std::uint32_t number(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

std::size_t SipText::head_size() const {
  const auto at = bytes_.find("\r\n\r\n");
  return at == std::string::npos ? bytes_.size() : at + 4;
}

std::string_view SipText::start_line() const {
  return std::string_view(bytes_).substr(0, bytes_.find("\r\n"));
}

std::string_view SipText::method() const {
  const auto line = is_request() ? start_line() : trimmed(header("CSeq"));
  const auto space = line.find(' ');
  return is_request() ? line.substr(0, space) : trimmed(line.substr(space + 1));
}

int SipText::status() const {
  return is_request() ? 0 : static_cast<int>(number(start_line().substr(8, 3)));
}

std::uint32_t SipText::cseq() const {
  return number(header("CSeq"));
}

std::vector<std::string_view> SipText::headers(std::string_view name) const {
  std::vector<std::string_view> out;
  const auto head = std::string_view(bytes_).substr(0, head_size());
  for (const auto line : split(head, '\n')) {
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && same(trimmed(line.substr(0, colon)), name))
      out.push_back(trimmed(line.substr(colon + 1)));
  }
  return out;
}

std::string_view SipText::header(std::string_view name) const {
  const auto all = headers(name);
  return all.empty() ? std::string_view{} : all.front();
}

std::string_view SipText::body() const {
  return std::string_view(bytes_).substr(head_size());
}

std::string_view SipText::uri(std::string_view value) {
  const auto open = value.find('<');
  if (open == std::string_view::npos) return trimmed(value.substr(0, value.find(';')));
  return value.substr(open + 1, value.find('>', open) - open - 1);
}

std::string_view SipText::parameter(std::string_view value, std::string_view name) {
  const auto close = value.rfind('>');
  if (close != std::string_view::npos) value.remove_prefix(close + 1);
  for (const auto item : split(value, ';')) {
    const auto equals = item.find('=');
    if (same(trimmed(item.substr(0, equals)), name))
      return equals == std::string_view::npos ? std::string_view{}
                                              : trimmed(item.substr(equals + 1));
  }
  return {};
}

void SipText::set_header(std::string_view name, std::string_view value) {
  const auto found = header(name);
  if (found.data() == nullptr) {
    bytes_.insert(head_size() - 2, std::string(name) + ": " + std::string(value) + "\r\n");
    return;
  }
  bytes_.replace(static_cast<std::size_t>(found.data() - bytes_.data()), found.size(), value);
}

void SipText::set_start_line(std::string_view line) {
  bytes_.replace(0, start_line().size(), line);
}

void SipText::replace_in_headers(std::string_view from, std::string_view to) {
  for (auto at = bytes_.find(from); at != std::string::npos && at < head_size();
       at = bytes_.find(from, at + to.size()))
    bytes_.replace(at, from.size(), to);
}

void SipText::set_body(std::string_view body) {
  bytes_.erase(head_size());
  bytes_ += body;
  set_header("Content-Length", std::to_string(body.size()));
}

std::vector<SdpMedia> read_sdp(std::string_view body) {
  std::vector<SdpMedia> out;
  for (const auto raw : split(body, '\n')) {
    const auto line = trimmed(raw);
    if (line.starts_with("m=")) {
      const auto words = split(line.substr(2), ' ');
      SdpMedia media{std::string(words[0]), 0, {}, {}, {}};
      if (words.size() > 1) media.port = static_cast<std::uint16_t>(number(words[1]));
      for (std::size_t i = 3; i < words.size(); ++i) media.formats.emplace_back(words[i]);
      out.push_back(std::move(media));
    }
    if (out.empty()) continue;
    if (line.starts_with("a=label:")) out.back().label = line.substr(8);
    if (line == "a=sendonly" || line == "a=recvonly" || line == "a=inactive" ||
        line == "a=sendrecv")
      out.back().direction = line.substr(2);
  }
  return out;
}

std::optional<SipText> take_message(std::string& stream) {
  while (stream.starts_with("\r\n")) stream.erase(0, 2);  // RFC 5626 §3.5.1 keep-alives
  const auto end = stream.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const SipText head(stream.substr(0, end + 4));
  const auto size = end + 4 + number(head.header("Content-Length"));
  if (stream.size() < size) return std::nullopt;
  SipText message(stream.substr(0, size));
  stream.erase(0, size);
  return message;
}

}  // namespace srs::test
