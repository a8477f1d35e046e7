// SIP messages as text: reading a header, rewriting one, and nothing that a parser would change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::test {

// A message whose untouched bytes stay as they were.
class SipText {
 public:
  SipText() = default;
  explicit SipText(std::string bytes) : bytes_(std::move(bytes)) {}

  const std::string& bytes() const { return bytes_; }
  std::string_view start_line() const;
  bool is_request() const { return !start_line().starts_with("SIP/2.0 "); }
  std::string_view method() const;  // of a request, or from CSeq of a response
  int status() const;               // 0 for a request
  std::uint32_t cseq() const;

  // The first header of that name (regardless of case), without the spaces around; empty: none.
  std::string_view header(std::string_view name) const;
  std::vector<std::string_view> headers(std::string_view name) const;
  std::string_view body() const;
  // The value of a parameter, `tag` of To for example; empty: none.
  static std::string_view parameter(std::string_view header_value, std::string_view name);
  // The URI of a name-addr: what stands between < and >, or the value up to its parameters.
  static std::string_view uri(std::string_view header_value);

  void set_header(std::string_view name, std::string_view value);  // the first of it; or added
  void set_start_line(std::string_view line);
  void replace_in_headers(std::string_view from, std::string_view to);  // start line included
  void set_body(std::string_view body);                                 // and Content-Length

 private:
  std::size_t head_size() const;  // with the empty line
  std::string bytes_;
};

// The RTP side of an SDP body: one entry per m-line, in order.
struct SdpMedia {
  std::string kind;  // `audio`
  std::uint16_t port = 0;
  std::vector<std::string> formats;
  std::string label;
  std::string direction;  // empty where none is said
};
std::vector<SdpMedia> read_sdp(std::string_view body);

// Takes one whole message off the front of what a TCP connection brought; nothing while it is not
// whole.
std::optional<SipText> take_message(std::string& stream);

}  // namespace srs::test
