#include "attributes.hpp"

#include "words.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <iterator>

namespace srs::sdp {
namespace {

Format* format_of(Media& media, std::string_view payload_type) {
  const auto number = to_number<std::uint8_t>(payload_type);
  const auto found = std::find_if(media.formats.begin(), media.formats.end(),
                                  [&](const Format& f) { return number == f.payload_type; });
  return found == media.formats.end() ? nullptr : &*found;
}

// RFC 8866 §6.6: a=rtpmap:<payload type> <encoding>/<clock rate>[/<channels>]
std::string apply_rtpmap(Media& media, std::string_view value) {
  auto rest = value;
  Format* const format = format_of(media, take_word(rest));
  if (format == nullptr) return {};  // of a payload type that the m-line does not offer
  const auto parts = split(trim(rest), '/', 3);
  const auto clock = parts.size() < 2 ? std::nullopt : to_number<std::uint32_t>(parts[1]);
  if (parts[0].empty() || parts[0].find_first_of(" \t") != std::string_view::npos ||
      !clock.value_or(0)) {
    return "a=rtpmap " + quote(value) + " is not <payload type> <encoding>/<clock rate>";
  }
  format->encoding = parts[0];
  format->clock_rate = *clock;
  const auto channels = parts.size() < 3 ? std::nullopt : to_number<std::uint8_t>(parts[2]);
  format->channels = std::max<std::uint8_t>(channels.value_or(1), 1);
  return {};
}

// RFC 8866 §6.15: a=fmtp:<format> <parameters>
std::string apply_fmtp(Media& media, std::string_view value) {
  Format* const format = format_of(media, take_word(value));
  value = trim(value);
  if (format == nullptr || value.empty()) return {};
  if (!format->fmtp.empty()) format->fmtp += ';';  // written once per format, seen twice
  format->fmtp += value;
  return {};
}

// RFC 4568 §9.1: a=crypto:<tag> <suite> <key params> [<session params>]
std::string apply_crypto(Media& media, std::string_view value) {
  auto rest = value;
  const auto tag = to_number<std::uint32_t>(take_word(rest));
  const auto suite = take_word(rest);
  const auto key_params = trim(rest);
  if (!tag.value_or(0) || suite.empty() || key_params.empty()) {
    // The value is a key: it stays out of every log.
    return "an a=crypto line is not <tag> <suite> <key parameters>";
  }
  media.crypto.push_back({*tag, std::string(suite), std::string(key_params)});
  return {};
}

// RFC 5576 §4.1: a=ssrc:<ssrc> <attribute>[:<value>], several lines for one source.
std::string apply_ssrc(Media& media, std::string_view value) {
  auto rest = value;
  const auto ssrc = to_number<std::uint32_t>(take_word(rest));
  if (!ssrc) return "a=ssrc " + quote(value) + " does not begin with a number";
  auto found = std::find_if(media.sources.begin(), media.sources.end(),
                            [&](const Source& s) { return s.ssrc == *ssrc; });
  if (found == media.sources.end()) found = media.sources.insert(found, Source{*ssrc, {}});
  rest = trim(rest);
  if (istarts_with(rest, "cname:")) found->cname = trim(rest.substr(6));
  return {};
}

std::string apply_label(Media& media, std::string_view value) {
  if (media.label.empty()) media.label = value;
  return media.label == value ? "" : "a second a=label on one m-line is not read";
}

std::string apply_mid(Media& media, std::string_view value) {
  media.mid = value;
  return {};
}

std::string apply_ptime(Media& media, std::string_view value) {
  // `20.0` and `20 ms` are seen; the number in front is meant.
  const auto digits =
      value.substr(0, std::min(value.find_first_not_of("0123456789"), value.size()));
  media.ptime = to_number<std::uint16_t>(digits).value_or(0);
  return media.ptime == 0 ? "a=ptime " + quote(value) + " is no number of ms" : "";
}

// RFC 3605 §2.1: a=rtcp:<port> [<nettype> <addrtype> <address>]
std::string apply_rtcp(Media& media, std::string_view value) {
  media.rtcp_port = to_number<std::uint16_t>(take_word(value)).value_or(0);
  return media.rtcp_port == 0 ? "a=rtcp does not begin with a port" : "";
}

std::string apply_rtcp_mux(Media& media, std::string_view) {
  media.rtcp_mux = true;  // RFC 5761 §5.1.1
  return {};
}

struct Handler {
  std::string_view name;
  std::string (*apply)(Media&, std::string_view);
};

constexpr Handler kHandlers[] = {
    {"rtpmap", apply_rtpmap}, {"fmtp", apply_fmtp}, {"label", apply_label},
    {"ptime", apply_ptime},   {"mid", apply_mid},   {"crypto", apply_crypto},
    {"ssrc", apply_ssrc},     {"rtcp", apply_rtcp}, {"rtcp-mux", apply_rtcp_mux},
};

}  // namespace

Attribute split_attribute(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {trim(text), {}};
  return {trim(text.substr(0, colon)), trim(text.substr(colon + 1))};
}

std::optional<Direction> direction_named(std::string_view name) {
  for (const auto direction :
       {Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive}) {
    if (iequals(name, to_string(direction))) return direction;
  }
  return std::nullopt;
}

std::string apply_attribute(Media& media, const Attribute& attribute) {
  const auto found =
      std::find_if(std::begin(kHandlers), std::end(kHandlers),
                   [&](const Handler& h) { return iequals(h.name, attribute.name); });
  return found == std::end(kHandlers) ? std::string() : found->apply(media, attribute.value);
}

}  // namespace srs::sdp
