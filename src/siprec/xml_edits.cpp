#include "xml_edits.hpp"

#include <algorithm>

namespace srs::siprec {

void XmlEdits::escape(std::size_t at) {
  const bool tag = text_[at] == '<';
  edits_.push_back(
      {at, 1, tag ? "a < that begins no tag: write &lt;" : "a bare &: write &amp;", {}, text_[at]});
}

void XmlEdits::close(std::size_t at, std::string_view name) {
  edits_.push_back({at, 0, "an element before it is not closed", name, 0});
}

void XmlEdits::remove(std::size_t at, std::size_t length, std::string_view why) {
  edits_.push_back({at, length, why, {}, 0});
}

std::string XmlEdits::apply() {
  std::stable_sort(edits_.begin(), edits_.end(),
                   [](const Edit& a, const Edit& b) { return a.at < b.at; });
  std::string out;
  out.reserve(text_.size() + 16 * edits_.size());
  std::size_t done = 0;
  for (const auto& edit : edits_) {
    if (edit.at < done) continue;
    out.append(text_.substr(done, edit.at - done));
    if (edit.escapes == '<') out.append("&lt;");
    if (edit.escapes == '&') out.append("&amp;");
    if (!edit.closes.empty()) out.append("</").append(edit.closes).append(">");
    done = edit.at + edit.length;
  }
  return out.append(text_.substr(std::min(done, text_.size())));
}

std::string XmlEdits::first_fault() const {
  if (edits_.empty()) return {};
  const auto before = text_.substr(0, edits_.front().at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  return "line " + std::to_string(line) + ": " + std::string(edits_.front().fault);
}

}  // namespace srs::siprec
