#include "log/mask.hpp"

#include "log/mask_numbers.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace srs::log {
namespace {

constexpr std::string_view kMask = "***";
constexpr std::size_t kLongestUser = 512;

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

// Replaces [from, to) by the mask; returns where the text goes on.
std::size_t blank(std::string& text, std::size_t from, std::size_t to) {
  text.replace(from, to - from, kMask);
  return from + kMask.size();
}

std::size_t end_of_line(std::string_view text, std::size_t from) {
  return std::min(text.find_first_of("\r\n", from), text.size());
}

// Where the user part begins in `text` that ends before an @: after the last sip: or sips:, after
// the // of another URI; nothing where there is no URI.
std::optional<std::size_t> begin_of_user(std::string_view text) {
  for (std::size_t at = text.size(); at-- > 0;) {
    const auto rest = text.substr(at);
    if (istarts_with(rest, "sip:")) return at + 4;
    if (istarts_with(rest, "sips:")) return at + 5;
  }
  return std::nullopt;
}

// `user:password@`: what stands between the user's colon and the @.
void mask_passwords(std::string& text) {
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    // Looks back so far only: a text of nothing but @ must not cost its square.
    const auto window = at > kLongestUser ? at - kLongestUser : 0;
    const auto before = std::string_view(text).substr(window, at - window);
    const auto separator = before.find_last_of(" \t\r\n<>\"'/@");
    const auto begin = window + (separator == std::string_view::npos ? 0 : separator + 1);
    const auto user = std::string_view(text).substr(begin, at - begin);
    const bool authority = begin >= 2 && text.compare(begin - 2, 2, "//") == 0;
    const auto from = authority ? std::optional<std::size_t>(0) : begin_of_user(user);
    if (!from) continue;
    const auto colon = user.find(':', *from);
    if (colon == std::string_view::npos || begin + colon + 1 == at) continue;
    at = blank(text, begin + colon + 1, at);
  }
}

// Header names that carry credentials, in lower case.
bool names_a_secret(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kWords = {
      "auth", "cookie", "passw", "pwd", "secret", "token", "key", "jwt", "credential", "signature"};
  const auto lower = to_lower(name);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// `stt.openai.api_key_file: open ...: no such file`, `/etc/siprec/tls.key: ...`: what is wrong with
// a file that holds a secret. No header has such a name.
bool is_about_a_file(std::string_view name) {
  const bool setting = name.find('.') != std::string_view::npos &&
                       (name.ends_with("_file") || name.ends_with(".credentials"));
  return setting || name.starts_with('/');
}

void mask_header(std::string& text, std::size_t begin, std::size_t end) {
  const auto colon = text.find(':', begin);
  if (colon == std::string::npos || colon >= end) return;
  const auto name = trim(std::string_view(text).substr(begin, colon - begin));
  if (name.empty() || name.size() > 64 || name.find_first_of(" \"<>{}") != std::string_view::npos) {
    return;
  }
  if (!names_a_secret(name) || is_about_a_file(name)) return;
  // A folded value goes on where the next line begins with white space.
  for (auto next = text.find('\n', end);
       next != std::string::npos && next + 1 < text.size() && is_one_of(text[next + 1], " \t");
       next = text.find('\n', end)) {
    end = end_of_line(text, next + 1);
  }
  if (colon + 1 < end) text.replace(colon + 1, end - colon - 1, " " + std::string(kMask));
}

// Lines of a SIP or HTTP message, and those of an SDP body.
void mask_lines(std::string& text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = end_of_line(text, begin);
    const auto line = std::string_view(text).substr(begin, end - begin);
    if (istarts_with(line, "a=ice-pwd:"))
      blank(text, begin + 10, end);
    else if (istarts_with(line, "k="))
      blank(text, begin + 2, end);
    else
      mask_header(text, begin, end);
    const auto next = text.find('\n', begin);
    if (next == std::string::npos) break;
    begin = next + 1;
  }
}

// What follows `word` up to one of `ends`.
void mask_after(std::string& text, std::string_view word, std::string_view ends) {
  for (std::size_t at = 0; at + word.size() < text.size(); ++at) {
    if (!istarts_with(std::string_view(text).substr(at), word)) continue;
    const auto from = at + word.size();
    const auto to = std::min(text.find_first_of(ends, from), text.size());
    if (to > from) at = blank(text, from, to) - 1;
  }
}

bool is_name_of_parameter(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           is_one_of(c, "-_.[]");
  });
}

// `https://host/path?access_token=...&amp;sig=...`: parameters of addresses, wherever these stand.
void mask_parameters(std::string& text) {
  constexpr std::size_t kLongestName = 64;
  for (std::size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 1)) {
    const auto window = at > kLongestName ? at - kLongestName : 0;
    const auto before = std::string_view(text).substr(window, at - window);
    const auto separator = before.find_last_of("?&;");
    if (separator == std::string_view::npos) continue;
    const auto name = before.substr(separator + 1);
    if (!is_name_of_parameter(name) || !(names_a_secret(name) || iequals(name, "sig"))) continue;
    const auto end = std::min(text.find_first_of("&;,#<>\"' \t\r\n", at + 1), text.size());
    if (end > at + 1) at = blank(text, at + 1, end) - 1;
  }
}

}  // namespace

std::string masked(std::string_view text, const Masking& masking) {
  std::string result(text);
  if (text.find('@') != std::string_view::npos) mask_passwords(result);
  if (text.find_first_of(":=") != std::string_view::npos) mask_lines(result);
  if (text.find('=') != std::string_view::npos) mask_parameters(result);
  if (text.find(':') != std::string_view::npos) mask_after(result, "inline:", "|; \t\r\n\"");
  if (text.find(' ') != std::string_view::npos) mask_after(result, "bearer ", " ,;\t\r\n\"");
  if (masking.numbers) mask_phone_numbers(result);
  return result;
}

}  // namespace srs::log
