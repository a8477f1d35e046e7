// Changes to an ill-formed document, collected in any order and made at once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace srs::siprec {

class XmlEdits {
 public:
  // `text` outlives this object.
  explicit XmlEdits(std::string_view text) : text_(text) {}

  void escape(std::size_t at);                        // the `<` or `&` there
  void close(std::size_t at, std::string_view name);  // `</name>` goes before it
  void remove(std::size_t at, std::size_t length, std::string_view why);

  std::size_t size() const { return edits_.size(); }
  // The text after all changes. What lies inside of something removed is gone with it.
  std::string apply();
  // The first change in the order of the text, for the SRC's engineer: `line 9: ...`; empty: none.
  // After apply().
  std::string first_fault() const;

 private:
  struct Edit {
    std::size_t at;
    std::size_t length;
    std::string_view fault;
    std::string_view closes;  // the name of an end tag to put in
    char escapes = 0;
  };

  std::string_view text_;
  std::vector<Edit> edits_;
};

}  // namespace srs::siprec
