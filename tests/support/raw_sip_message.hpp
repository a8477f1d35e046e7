// A SIP message as text, cut into what a test asks for.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::test {

struct RawSipMessage {
  std::string start_line;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string text;  // as it came

  bool is_response() const { return start_line.starts_with("SIP/2.0 "); }
  int status() const { return is_response() ? std::stoi(start_line.substr(8)) : 0; }
  std::string method() const;
  int cseq() const { return header("CSeq").empty() ? 0 : std::stoi(header("CSeq")); }
  // All headers of that name, joined by commas; empty where there is none.
  std::string header(std::string_view name) const;
  bool has(std::string_view name) const;
  std::string to_tag() const;

  static bool same(std::string_view a, std::string_view b);
  static RawSipMessage parse(std::string text);
};

}  // namespace srs::test
