#include "xml_repair.hpp"

#include "vocabulary.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <vector>

namespace srs::siprec {
namespace {

constexpr std::size_t kDepth = 256;
constexpr auto npos = std::string_view::npos;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_name_start(char c) {
  return is_name_char(c) && c != '-' && c != '.' && !(c >= '0' && c <= '9');
}

bool all_of(std::string_view text, std::string_view set) {
  return !text.empty() && text.find_first_not_of(set) == npos;
}

// Whether `text` begins with a reference that needs no declaration (XML 1.0 §4.1, §4.6).
bool begins_reference(std::string_view text) {
  const auto end = text.substr(0, 12).find(';');
  if (end == npos) return false;
  const auto body = text.substr(1, end - 1);
  if (body.starts_with("#x")) return all_of(body.substr(2), "0123456789abcdefABCDEF");
  if (body.starts_with("#")) return all_of(body.substr(1), "0123456789");
  return body == "lt" || body == "gt" || body == "amp" || body == "quot" || body == "apos";
}

// One change to the text: `length` bytes at `at` become `text`.
struct Edit {
  std::size_t at;
  std::size_t length;
  std::string text;
};

class Repair {
 public:
  // Each search that finds nothing costs what it looked at: a text made of such searches is given
  // up.
  explicit Repair(std::string_view text) : text_(text), budget_(8 * text.size() + 4096) {}

  std::optional<std::string> run();

 private:
  struct Open {
    std::size_t at;  // of its `<`
    std::string_view name;
    bool closable;  // an end tag may be put in for it; otherwise it was text
  };

  std::size_t at_markup(std::size_t at);
  std::size_t at_declaration(std::size_t at);
  std::size_t at_end_tag(std::size_t at);
  std::size_t at_start_tag(std::size_t at);
  std::size_t doctype_end(std::size_t at);
  std::size_t tag_end(std::size_t at);
  std::size_t search(std::string_view what, std::size_t from);
  void escape(std::size_t at) { edits_.push_back({at, 1, text_[at] == '<' ? "&lt;" : "&amp;"}); }
  void escape_inside(std::size_t begin, std::size_t end);
  void close_above(std::size_t keep, std::size_t at);
  std::string apply();

  std::string_view text_;
  std::size_t budget_;
  bool given_up_ = false;
  std::vector<Open> open_;
  std::vector<Edit> edits_;
};

std::optional<std::string> Repair::run() {
  std::size_t at = 0;
  while (at < text_.size() && !given_up_) {
    const char c = text_[at];
    if (c == '<') {
      at = at_markup(at);
      continue;
    }
    if (c == '&' && !begins_reference(text_.substr(at))) escape(at);
    if (static_cast<unsigned char>(c) < 0x20 && !is_space(c)) edits_.push_back({at, 1, ""});
    ++at;
  }
  if (given_up_) return std::nullopt;
  return apply();
}

// The position of `what` at or behind `from`.
std::size_t Repair::search(std::string_view what, std::size_t from) {
  const auto found = text_.find(what, from);
  const auto cost = found == npos ? text_.size() - std::min(from, text_.size()) : 0;
  given_up_ = given_up_ || cost > budget_;
  budget_ -= std::min(cost, budget_);
  return found;
}

// Each of these is at a `<` and returns where to go on.
std::size_t Repair::at_markup(std::size_t at) {
  const auto rest = text_.substr(at);
  if (rest.starts_with("<!") || rest.starts_with("<?")) return at_declaration(at);
  if (rest.starts_with("</")) return at_end_tag(at);
  return at_start_tag(at);
}

std::size_t Repair::at_declaration(std::size_t at) {
  const auto rest = text_.substr(at);
  std::string_view end;
  if (rest.starts_with("<!--")) end = "-->";
  if (rest.starts_with("<![CDATA[")) end = "]]>";
  if (rest.starts_with("<?")) end = "?>";
  if (!end.empty()) {
    const auto found = search(end, at + 2);
    if (found != npos) return found + end.size();
  } else if (istarts_with(rest, "<!doctype")) {
    const auto found = doctype_end(at);
    if (found != npos) {
      edits_.push_back({at, found - at, ""});
      return found;
    }
  }
  escape(at);
  return at + 1;
}

std::size_t Repair::doctype_end(std::size_t at) {
  auto end = search(">", at);
  const auto subset = text_.substr(at, end == npos ? npos : end - at).find('[');
  if (subset != npos) {
    const auto close = search("]", at + subset);
    end = close == npos ? npos : search(">", close);
  }
  return end == npos ? npos : end + 1;
}

std::size_t Repair::at_end_tag(std::size_t at) {
  std::size_t end = at + 2;
  while (end < text_.size() && is_name_char(text_[end])) ++end;
  const auto name = text_.substr(at + 2, end - at - 2);
  while (end < text_.size() && is_space(text_[end])) ++end;
  if (name.empty() || end == text_.size() || text_[end] != '>') {
    escape(at);
    return at + 1;
  }
  const auto match = std::find_if(open_.rbegin(), open_.rend(),
                                  [&](const Open& open) { return open.name == name; });
  if (match == open_.rend()) {
    edits_.push_back({at, end + 1 - at, ""});
  } else {
    close_above(static_cast<std::size_t>(open_.rend() - match), at);
    open_.pop_back();
  }
  return end + 1;
}

// Closes at `at` what is open above the first `keep` elements, or makes it the text that it was.
void Repair::close_above(std::size_t keep, std::size_t at) {
  for (; open_.size() > keep; open_.pop_back()) {
    const Open& top = open_.back();
    if (top.closable) {
      edits_.push_back({at, 0, "</" + std::string(top.name) + ">"});
    } else {
      escape(top.at);
    }
  }
}

std::size_t Repair::at_start_tag(std::size_t at) {
  std::size_t end = at + 1;
  while (end < text_.size() && is_name_char(text_[end])) ++end;
  const auto name = text_.substr(at + 1, end - at - 1);
  const bool named = !name.empty() && is_name_start(name[0]) && end < text_.size() &&
                     (is_space(text_[end]) || text_[end] == '>' || text_[end] == '/');
  const auto close = named ? tag_end(end) : npos;
  if (close == npos) {
    escape(at);
    return at + 1;
  }
  escape_inside(at + 1, close);
  if (text_[close - 1] == '/') return close + 1;
  if (open_.size() == kDepth) given_up_ = true;
  const bool with_attributes = text_.substr(end, close - end).find('=') != npos;
  const bool closable =
      with_attributes || name.find(':') != npos || is_known_element(plain_name(name));
  open_.push_back({at, name, closable});
  return close + 1;
}

// The `>` that ends a tag whose name ends at `at`; npos where another `<` comes first.
std::size_t Repair::tag_end(std::size_t at) {
  const std::size_t begin = at;
  while (at < text_.size() && text_[at] != '>' && text_[at] != '<') {
    const bool value = (text_[at] == '"' || text_[at] == '\'') && at > begin;
    const auto quote = value ? search(text_.substr(at, 1), at + 1) : at;
    if (quote == npos) return npos;
    at = quote + 1;
  }
  if (at < text_.size() && text_[at] == '>') return at;
  given_up_ = given_up_ || at - begin > budget_;
  budget_ -= std::min(at - begin, budget_);
  return npos;
}

void Repair::escape_inside(std::size_t begin, std::size_t end) {
  for (std::size_t at = begin; at < end; ++at) {
    const char c = text_[at];
    if (c == '<' || (c == '&' && !begins_reference(text_.substr(at)))) escape(at);
    if (static_cast<unsigned char>(c) < 0x20 && !is_space(c)) edits_.push_back({at, 1, ""});
  }
}

std::string Repair::apply() {
  std::stable_sort(edits_.begin(), edits_.end(),
                   [](const Edit& a, const Edit& b) { return a.at < b.at; });
  std::string out;
  out.reserve(text_.size() + edits_.size() * 4);
  std::size_t done = 0;
  for (const auto& edit : edits_) {
    if (edit.at < done) continue;  // inside of what was left out
    out.append(text_.substr(done, edit.at - done)).append(edit.text);
    done = edit.at + edit.length;
  }
  out.append(text_.substr(std::min(done, text_.size())));
  return out;
}

}  // namespace

std::optional<std::string> repair_xml(std::string_view text) {
  return Repair(text).run();
}

}  // namespace srs::siprec
