#include "xml_repair.hpp"

#include "vocabulary.hpp"
#include "xml_edits.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace srs::siprec {
namespace {

constexpr std::size_t kDepth = 256;      // elements not closed yet
constexpr std::size_t kAttributes = 64;  // of one element, with its xmlns
constexpr std::size_t kFaults = 4096;
constexpr auto npos = std::string_view::npos;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-' ||
         c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

// Characters that are right wherever they stand: nearly all of a document.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0; c < plain.size(); ++c) {
    plain[c] = c >= 0x20 || c == '\t' || c == '\r' || c == '\n';
  }
  plain['<'] = plain['&'] = false;
  return plain;
}();

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

class Repair {
 public:
  explicit Repair(std::string_view text)
      : text_(text), budget_(8 * text.size() + 4096), edits_(text) {}

  Result<RepairedXml> run();

 private:
  struct Open {
    std::size_t at;  // of its `<`
    std::string_view name;
    bool closable;  // an end tag may be put in for it; otherwise it was text
  };

  // Each is at a `<` and returns where to go on.
  std::size_t at_markup(std::size_t at);
  std::size_t at_declaration(std::size_t at);
  std::size_t at_end_tag(std::size_t at);
  std::size_t at_start_tag(std::size_t at);

  std::size_t doctype_end(std::size_t at);
  std::size_t tag_end(std::size_t at);
  std::size_t name_end(std::size_t at) const;
  std::size_t search(std::string_view what, std::size_t from);
  void spend(std::size_t cost);
  void look_at(std::size_t at);
  void close_above(std::size_t keep, std::size_t at);
  void give_up(std::string reason);

  std::string_view text_;
  // Each search that finds nothing costs what it looked at, so that a text made of such searches
  // does not cost the square of its size.
  std::size_t budget_;
  std::string given_up_;
  std::vector<Open> open_;
  XmlEdits edits_;
};

Result<RepairedXml> Repair::run() {
  for (std::size_t at = 0; at < text_.size() && given_up_.empty();) {
    if (kPlain[static_cast<unsigned char>(text_[at])]) {
      ++at;
    } else if (text_[at] == '<') {
      at = at_markup(at);
    } else {
      look_at(at++);
    }
    if (edits_.size() > kFaults) {
      give_up("the metadata has more than " + std::to_string(kFaults) + " faults in its XML");
    }
  }
  if (!given_up_.empty()) return Error{given_up_};
  RepairedXml result;
  result.text = edits_.apply();
  result.first_fault = edits_.first_fault();
  return result;
}

void Repair::give_up(std::string reason) {
  if (given_up_.empty()) given_up_ = std::move(reason);
}

void Repair::spend(std::size_t cost) {
  if (cost > budget_) give_up("the metadata has too much markup that is not closed");
  budget_ -= std::min(cost, budget_);
}

// A character that is no markup, or stands in an attribute.
void Repair::look_at(std::size_t at) {
  const char c = text_[at];
  if (c == '<' || (c == '&' && !begins_reference(text_.substr(at)))) edits_.escape(at);
  if (static_cast<unsigned char>(c) < 0x20 && !is_space(c)) {
    edits_.remove(at, 1, "a control character");
  }
}

// The position of `what` at or behind `from`.
std::size_t Repair::search(std::string_view what, std::size_t from) {
  const auto found = text_.find(what, from);
  if (found == npos) spend(text_.size() - std::min(from, text_.size()));
  return found;
}

std::size_t Repair::name_end(std::size_t at) const {
  while (at < text_.size() && is_name_char(text_[at])) ++at;
  return at;
}

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
      edits_.remove(at, found - at, "a DOCTYPE is not read");
      return found;
    }
  }
  edits_.escape(at);
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
  auto end = name_end(at + 2);
  const auto name = text_.substr(at + 2, end - at - 2);
  while (end < text_.size() && is_space(text_[end])) ++end;
  if (name.empty() || end == text_.size() || text_[end] != '>') {
    spend(end - at);
    edits_.escape(at);
    return at + 1;
  }
  const auto match = std::find_if(open_.rbegin(), open_.rend(),
                                  [&](const Open& open) { return open.name == name; });
  if (match == open_.rend()) {
    edits_.remove(at, end + 1 - at, "an end tag of nothing");
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
      edits_.close(at, top.name);
    } else {
      edits_.escape(top.at);
    }
  }
}

std::size_t Repair::at_start_tag(std::size_t at) {
  const auto end = name_end(at + 1);
  const auto name = text_.substr(at + 1, end - at - 1);
  const bool named = !name.empty() && !is_digit(name[0]) && name[0] != '-' && name[0] != '.' &&
                     end < text_.size() &&
                     (is_space(text_[end]) || text_[end] == '>' || text_[end] == '/');
  const auto close = named ? tag_end(end) : npos;
  if (close == npos) {
    spend(end - at);
    edits_.escape(at);
    return at + 1;
  }
  for (auto inside = end; inside < close; ++inside) look_at(inside);
  if (text_[close - 1] == '/') return close + 1;
  if (open_.size() == kDepth) {
    give_up("the metadata's elements stand more than " + std::to_string(kDepth) +
            " deep in each other");
  }
  const bool with_attributes = text_.substr(end, close - end).find('=') != npos;
  const auto local = name.substr(name.find(':') == npos ? 0 : name.find(':') + 1);
  open_.push_back({at, name, with_attributes || is_known_element(plain_name(local))});
  return close + 1;
}

// The `>` that ends a tag whose name ends at `at`; npos where another `<` comes first.
std::size_t Repair::tag_end(std::size_t at) {
  const std::size_t begin = at;
  std::size_t attributes = 0;
  while (at < text_.size() && text_[at] != '>' && text_[at] != '<') {
    const char c = text_[at];
    if (c == '=' && ++attributes > kAttributes) {
      give_up("an element of the metadata has more than " + std::to_string(kAttributes) +
              " attributes");
    }
    if (c == '"' || c == '\'') at = search(text_.substr(at, 1), at + 1);
    if (at == npos || !given_up_.empty()) return npos;
    ++at;
  }
  if (at < text_.size() && text_[at] == '>') return at;
  spend(at - begin);
  return npos;
}

}  // namespace

Result<RepairedXml> repair_xml(std::string_view text) {
  return Repair(text).run();
}

}  // namespace srs::siprec
