#include "http/request.hpp"

#include <srs/util/text.hpp>

#include <nlohmann/json.hpp>

#include <optional>

namespace srs::http {
namespace {

constexpr std::size_t kMaxParameters = 64;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing where an escape is not `%` and two hex digits, or stands for a control character.
std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' && plus_is_space ? ' ' : text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) return std::nullopt;
    result += c;
  }
  return result;
}

// The origin form within an absolute one (RFC 9112 §3.2.2).
std::string_view without_authority(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const auto path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

Error bad_escape() {
  return {"the request target has a bad percent escape"};
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  target = without_authority(target);
  target = target.substr(0, target.find('#'));
  const auto question = target.find('?');
  Target result;
  auto path = decode(target.substr(0, question), false);
  if (!path) return bad_escape();
  result.path = path->empty() ? "/" : std::move(*path);
  if (question == std::string_view::npos) return result;

  for (const auto part : split(target.substr(question + 1), '&', kMaxParameters + 1)) {
    if (part.empty()) continue;
    if (result.query.size() == kMaxParameters) {
      return Error{"more than " + std::to_string(kMaxParameters) + " query parameters"};
    }
    const auto equals = part.find('=');
    auto name = decode(part.substr(0, equals), true);
    auto value = decode(equals == std::string_view::npos ? "" : part.substr(equals + 1), true);
    if (!name || !value) return bad_escape();
    result.query.emplace_back(std::move(*name), std::move(*value));
  }
  return result;
}

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (iequals(key, name)) return value;
  }
  return {};
}

Response error_response(int status, std::string_view text) {
  Response response;
  response.status = status;
  response.body = nlohmann::json{{"error", to_utf8(text)}}.dump() + "\n";
  return response;
}

}  // namespace srs::http
