#include "aor.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <utility>

namespace srs::siprec {
namespace {

// Escapes that were escaped once more: `&amp;lt;sip:...` in the document is `&lt;sip:...` here.
std::string unescape(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kEscapes[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto* const found =
        std::find_if(std::begin(kEscapes), std::end(kEscapes),
                     [&](const auto& escape) { return text.substr(i).starts_with(escape.first); });
    const bool escaped = found != std::end(kEscapes);
    result += escaped ? found->second : text[i];
    i += escaped ? found->first.size() : 1;
  }
  return result;
}

std::string_view unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return trim(text.substr(1, text.size() - 2));
  }
  return text;
}

bool has_scheme(std::string_view uri) {
  static constexpr std::string_view kSchemes[] = {
      "sip:", "sips:", "tel:", "urn:", "im:", "pres:", "xmpp:", "h323:", "mailto:"};
  return std::any_of(std::begin(kSchemes), std::end(kSchemes),
                     [&](std::string_view scheme) { return istarts_with(uri, scheme); });
}

std::string with_scheme(std::string_view uri) {
  const bool bare = !has_scheme(uri) && uri.find('@') != std::string_view::npos;
  return (bare ? "sip:" : "") + std::string(uri);
}

}  // namespace

Address read_address(std::string_view text) {
  const std::string plain = unescape(trim(text));
  const std::string_view whole = plain;
  const auto open = whole.rfind('<');  // a quoted display name may hold one
  if (open == std::string_view::npos) return {with_scheme(unquoted(whole)), {}};
  const auto inside = whole.substr(open + 1);
  return {with_scheme(trim(inside.substr(0, inside.find('>')))),
          std::string(unquoted(whole.substr(0, open)))};
}

}  // namespace srs::siprec
