#include "attributes.hpp"
#include "payload_types.hpp"
#include "words.hpp"

#include <srs/sdp/session.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <utility>

namespace srs::sdp {
namespace {

constexpr std::size_t kWarnings = 32;

// Reads line after line into a Session. A method that returns text has met an error.
class Reader {
 public:
  explicit Reader(const Limits& limits) : limits_(limits) {}

  Result<Session> read(std::string_view text);

 private:
  std::string read_line(std::string_view line);
  std::string read_version(std::string_view value);
  std::string read_media(std::string_view value);
  void read_formats(Media& media, std::string_view rest);
  void read_attribute(std::string_view value);
  void read_connection(std::string_view value);
  void read_direction(Direction direction);
  std::string finish();
  void inherit();
  void look_for_equal_labels();
  void warn(std::string text);
  std::string here() const { return "SDP line " + std::to_string(line_number_) + ": "; }

  const Limits& limits_;
  Session session_;
  std::size_t line_number_ = 0;
  std::size_t attributes_ = 0;  // on the present level
  bool version_seen_ = false;
  bool time_seen_ = false;
  std::string connection_;  // the session's, for m-lines without their own
  Direction direction_ = Direction::SendRecv;
  std::vector<bool> directed_;  // for each m-line: it has a direction of its own
};

void Reader::warn(std::string text) {
  if (!text.empty() && session_.warnings.size() < kWarnings) {
    session_.warnings.push_back(std::move(text));
  }
}

Result<Session> Reader::read(std::string_view text) {
  if (text.size() > limits_.bytes) {
    return Error{"the SDP has " + std::to_string(text.size()) + " bytes, at most " +
                 std::to_string(limits_.bytes) + " are read"};
  }
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::string utf8 = to_utf8(text);  // RFC 8866 §5
  if (utf8 != text) warn("the SDP is not UTF-8; what is not was replaced");
  // A tab separates words as a space does; it would be a control character in what we echo.
  std::replace(utf8.begin(), utf8.end(), '\t', ' ');
  std::string_view rest = utf8;
  while (!rest.empty()) {
    // CR, LF and CRLF all end a line, so that no value holds any of them.
    const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
    const auto line = trim(rest.substr(0, end));
    const bool crlf = rest.substr(end, 2) == "\r\n";
    rest.remove_prefix(std::min(end + (crlf ? 2 : 1), rest.size()));
    if (++line_number_ > limits_.lines) {
      return Error{"the SDP has more than " + std::to_string(limits_.lines) + " lines"};
    }
    if (auto error = read_line(line); !error.empty()) return Error{here() + error};
  }
  if (auto error = finish(); !error.empty()) return Error{std::move(error)};
  return std::move(session_);
}

std::string Reader::read_line(std::string_view line) {
  if (line.empty()) return {};
  const char type = line[0];
  if (std::any_of(line.begin(), line.end(), is_control)) {
    // Such a byte must reach neither our answer nor a log; an m-line can't be left out.
    if (type == 'm') return quote(line) + " holds a control character, remove it";
    warn(here() + "holds a control character and was not read");
    return {};
  }
  if (line.size() < 2 || line[1] != '=') {
    warn(here() + quote(line.substr(0, 16)) + " is not <type>=<value> and was not read");
    return {};
  }
  const auto value = trim(line.substr(2));
  switch (type) {
    case 'v':
      return read_version(value);
    case 'm':
      return read_media(value);
    case 'a':
      read_attribute(value);
      break;
    case 'c':
      read_connection(value);
      break;
    case 'o':
      session_.origin = value;
      break;
    case 's':
      session_.name = value;
      break;
    case 't':
      time_seen_ = true;
      break;
    default:
      break;  // b=, i=, k=, z=, ... wherever they stand
  }
  return {};
}

std::string Reader::read_version(std::string_view value) {
  if (value != "0") return "v=" + std::string(value.substr(0, 20)) + " is unknown, send v=0";
  version_seen_ = true;
  return {};
}

// RFC 8866 §5.14: m=<media> <port>[/<number of ports>] <proto> <fmt> ...
std::string Reader::read_media(std::string_view value) {
  if (session_.media.size() == limits_.media) {
    return "more than " + std::to_string(limits_.media) + " m-lines";
  }
  auto rest = value;
  Media media;
  media.type = take_word(rest);
  const auto port_text = take_word(rest);
  media.protocol = take_word(rest);
  const auto port = to_number<std::uint16_t>(port_text.substr(0, port_text.find('/')));
  if (media.protocol.empty() || !port) {
    auto fault = "m=" + quote(value) + " is not m=<media> <port> <protocol> <format> ..., " +
                 "with a port from 0 to 65535";
    // What stands beside the sound costs none of it: it keeps its place, and is not in use.
    if (media.type.empty() || media.is_audio()) return fault;
    warn(here() + fault);
    if (media.protocol.empty()) media.protocol = "RTP/AVP";
  } else {
    media.port = *port;
  }
  read_formats(media, rest);
  session_.media.push_back(std::move(media));
  directed_.push_back(false);
  attributes_ = 0;
  return {};
}

void Reader::read_formats(Media& media, std::string_view rest) {
  const bool rtp = media.is_rtp();
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
    if (media.raw_formats.size() == limits_.formats) {
      warn(here() + "more than " + std::to_string(limits_.formats) +
           " formats on one m-line, the others were not read");
      break;
    }
    media.raw_formats.emplace_back(word);
    const auto type = to_number<std::uint8_t>(word);
    const bool known = std::any_of(media.formats.begin(), media.formats.end(),
                                   [&](const Format& f) { return type == f.payload_type; });
    if (!rtp || known) continue;
    if (type && *type < 128) {
      media.formats.push_back(static_format(*type));
    } else {
      warn(here() + quote(word) + " is no RTP payload type (0 to 127)");
    }
  }
  if (media.raw_formats.empty()) warn(here() + "the m-line names no format");
}

void Reader::read_attribute(std::string_view value) {
  // A long video line costs no audio.
  if (++attributes_ > limits_.attributes) {
    if (attributes_ == limits_.attributes + 1) {
      warn(here() + "more than " + std::to_string(limits_.attributes) +
           " attributes on one level, the others were not read");
    }
    return;
  }
  const auto attribute = split_attribute(value);
  if (const auto direction = direction_named(attribute.name)) {
    read_direction(*direction);
  } else if (!session_.media.empty()) {
    auto oddity = apply_attribute(session_.media.back(), attribute);
    if (!oddity.empty()) warn(here() + oddity);
  }
}

void Reader::read_direction(Direction direction) {
  if (session_.media.empty()) {
    direction_ = direction;
    return;
  }
  session_.media.back().direction = direction;
  directed_.back() = true;
}

// RFC 8866 §5.7: c=<nettype> <addrtype> <address>[/<ttl>]
void Reader::read_connection(std::string_view value) {
  take_word(value);
  take_word(value);
  const auto word = take_word(value);
  const auto address = word.substr(0, word.find('/'));
  if (address.empty()) {
    warn(here() + "the c= line names no address");
  } else if (session_.media.empty()) {
    connection_ = address;
  } else {
    session_.media.back().connection = address;
  }
}

std::string Reader::finish() {
  if (!version_seen_ && session_.media.empty())
    return "the SDP has no v=0 line: it is no session description (RFC 8866 §5.1)";
  if (!version_seen_) warn("the SDP has no v=0 line (RFC 8866 §5.1)");
  if (session_.media.empty()) return "the SDP has no m-line: offer one m=audio line a stream";
  if (!time_seen_) warn("the SDP has no t= line");
  if (session_.origin.empty()) warn("the SDP has no o= line");
  inherit();
  look_for_equal_labels();
  return {};
}

// What the session level says holds for the m-lines that don't say it (RFC 8866 §5.7, §6.7).
void Reader::inherit() {
  for (std::size_t i = 0; i < session_.media.size(); ++i) {
    auto& media = session_.media[i];
    if (!directed_[i]) media.direction = direction_;
    if (media.connection.empty()) media.connection = connection_;
    if (media.connection.empty()) {
      warn("m-line " + std::to_string(i + 1) + " has no c= line, nor has the session");
    }
  }
}

void Reader::look_for_equal_labels() {
  for (std::size_t i = 0; i < session_.media.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const auto& label = session_.media[i].label;
      if (label.empty() || label != session_.media[j].label) continue;
      warn("m-lines " + std::to_string(j + 1) + " and " + std::to_string(i + 1) +
           " have the same a=label " + quote(label) + " (RFC 4574 §4: it must be unique)");
    }
  }
}

}  // namespace

Result<Session> parse(std::string_view text, const Limits& limits) {
  return Reader(limits).read(text);
}

}  // namespace srs::sdp
