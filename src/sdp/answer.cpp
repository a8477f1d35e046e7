#include "words.hpp"

#include <srs/sdp/answer.hpp>

#include <string_view>

namespace srs::sdp {
namespace {

// Writes lines that end where we end them: no control character gets through, whoever made the
// value, so that nothing in an offer becomes a line of ours.
class Writer {
 public:
  void line(char type, std::string_view value) {
    text_ += type;
    text_ += '=';
    for (const char c : value) {
      if (!is_control(c)) text_ += c;
    }
    text_ += "\r\n";
  }
  void attribute(std::string_view name, std::string_view value = {}) {
    std::string joined(name);
    if (!value.empty()) joined.append(":").append(value);
    line('a', joined);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string in_network(const std::string& address) {
  return (address.find(':') == std::string::npos ? "IN IP4 " : "IN IP6 ") + address;
}

void write_session(Writer& out, const AnswerOptions& options) {
  out.line('v', "0");
  out.line('o', "- " + options.session_id + " " + std::to_string(options.version) + " " +
                    in_network(options.address));
  out.line('s', options.session_name.empty() ? "-" : options.session_name);
  out.line('c', in_network(options.address));
  out.line('t', "0 0");
}

void write_m_line(Writer& out, const Media& offered, std::uint16_t port) {
  std::string value = offered.type + " " + std::to_string(port) + " " + offered.protocol;
  for (const auto& format : offered.raw_formats) value.append(" ").append(format);
  if (offered.raw_formats.empty()) value += " 0";  // RFC 8866 §9: at least one format
  out.line('m', value);
}

void write_format(Writer& out, const Format& format) {
  const std::string type = std::to_string(format.payload_type);
  if (!format.encoding.empty()) {
    std::string map = type + " " + format.encoding + "/" + std::to_string(format.clock_rate);
    if (format.channels > 1) map += "/" + std::to_string(format.channels);
    out.attribute("rtpmap", map);
  }
  if (!format.fmtp.empty()) out.attribute("fmtp", type + " " + format.fmtp);
}

void write_taken(Writer& out, const Media& offered, const AnswerMedia& ours) {
  // Every offered payload type: an SRC is known to hang up when one is missing, and all of them
  // may arrive.
  write_m_line(out, offered, ours.port);
  // RFC 7866 §7.1.1: the SRC finds its stream again by the label.
  if (!offered.label.empty()) out.attribute("label", offered.label);
  if (!offered.mid.empty()) out.attribute("mid", offered.mid);
  for (const auto& format : offered.formats) write_format(out, format);
  if (offered.ptime != 0) out.attribute("ptime", std::to_string(offered.ptime));
  if (offered.rtcp_mux) out.attribute("rtcp-mux");  // RFC 5761 §5.1.1
  if (offered.is_secure()) {
    // RFC 4568 §5.1.2: the tag says which of the offered lines we took.
    out.attribute("crypto", std::to_string(ours.crypto_tag) + " " + ours.crypto_suite + " " +
                                ours.crypto_key);
  }
  out.attribute(to_string(answer_direction(offered.direction, ours.paused)));
}

// A line that can't be taken stays refused whatever port was set aside for it.
bool taken(const Media& offered, const AnswerMedia& ours) {
  const bool keyed = !offered.is_secure() || (ours.crypto_tag != 0 && !ours.crypto_key.empty());
  return ours.port != 0 && keyed && refusal(offered).empty();
}

// What we offer, to those who leave the choice to us: what becomes sound. Payload types with their
// rtpmap and fmtp.
const std::vector<Format>& own_formats() {
  static const std::vector<Format> formats = {
      {0, "PCMU", 8000, 1, ""},
      {8, "PCMA", 8000, 1, ""},
      {101, "telephone-event", 8000, 1, "0-15"},
  };
  return formats;
}

Media own_media(std::size_t number) {
  Media media;
  media.type = "audio";
  media.protocol = "RTP/AVP";
  media.direction = Direction::SendOnly;  // of the SRC: ours becomes recvonly
  media.label = std::to_string(number);
  media.formats = own_formats();
  for (const auto& format : media.formats) {
    media.raw_formats.push_back(std::to_string(format.payload_type));
  }
  return media;
}

}  // namespace

std::string refusal(const Media& offered) {
  if (offered.port == 0) return "the offer has port 0 for it";  // RFC 3264 §6: so must the answer
  if (!offered.is_audio()) return quote(offered.type) + " is not audio";
  if (!offered.is_rtp()) return "protocol " + quote(offered.protocol) + " is not RTP";
  if (offered.formats.empty()) return "it names no RTP payload type";
  if (offered.is_secure() && offered.crypto.empty()) {
    return offered.protocol + " without an a=crypto line: SDES keys are needed (RFC 4568)";
  }
  return {};
}

Direction answer_direction(Direction offered, bool paused) {
  const bool sends = offered == Direction::SendRecv || offered == Direction::SendOnly;
  return sends && !paused ? Direction::RecvOnly : Direction::Inactive;
}

std::string write_answer(const Session& offer, const std::vector<AnswerMedia>& media,
                         const AnswerOptions& options) {
  Writer out;
  write_session(out, options);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    if (i < media.size() && taken(offer.media[i], media[i])) {
      write_taken(out, offer.media[i], media[i]);
    } else {
      write_m_line(out, offer.media[i], 0);
    }
  }
  return out.take();
}

Session own_lines(std::size_t count) {
  Session lines;
  for (std::size_t i = 1; i <= count; ++i) lines.media.push_back(own_media(i));
  return lines;
}

std::string write_offer(const Session& lines, const std::vector<AnswerMedia>& media,
                        const AnswerOptions& options) {
  Writer out;
  write_session(out, options);
  for (std::size_t i = 0; i < lines.media.size(); ++i) {
    auto line = lines.media[i];
    line.direction = Direction::SendOnly;  // what was held may go on
    if (i < media.size() && media[i].port != 0) {
      write_taken(out, line, media[i]);
    } else {
      write_m_line(out, line, 0);
    }
  }
  return out.take();
}

}  // namespace srs::sdp
