#include "sip/convert.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace srs::sip {
namespace {

// SIP's own machinery (and credentials), which the floors above have no use for.
constexpr std::array<std::string_view, 29> machinery = {"Via",
                                                        "Route",
                                                        "Record-Route",
                                                        "Max-Forwards",
                                                        "From",
                                                        "To",
                                                        "Call-ID",
                                                        "CSeq",
                                                        "Contact",
                                                        "Content-Type",
                                                        "Content-Length",
                                                        "Require",
                                                        "Supported",
                                                        "Proxy-Require",
                                                        "Session-Expires",
                                                        "Min-SE",
                                                        "Allow",
                                                        "Accept",
                                                        "Accept-Encoding",
                                                        "Accept-Language",
                                                        "User-Agent",
                                                        "Date",
                                                        "Expires",
                                                        "Timestamp",
                                                        "MIME-Version",
                                                        "Authorization",
                                                        "Proxy-Authorization",
                                                        "RSeq",
                                                        "RAck"};

bool is_machinery(std::string_view name) {
  return std::any_of(machinery.begin(), machinery.end(),
                     [name](std::string_view known) { return iequals(known, name); });
}

std::string utf8(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return ascii ? std::string(text) : to_utf8(text);
}

std::string utf8(const char* text) {
  return text == nullptr ? std::string() : utf8(std::string_view(text));
}

std::string unquoted(const char* display) {
  auto text = trim(display == nullptr ? std::string_view() : std::string_view(display));
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return utf8(text);
  std::string result;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    result += text[i];
  }
  return utf8(result);
}

Address to_address(const sip_addr_t* address) {
  if (address == nullptr) return {};
  return {unquoted(address->a_display), to_text(*address->a_url), utf8(address->a_tag)};
}

// +sip.src, or what older SRCs write instead of it.
bool is_src_param(std::string_view parameter) {
  const auto name = parameter.substr(0, parameter.find('='));
  return iequals(name, "+sip.src") || iequals(name, "+sip-src") || iequals(name, "src");
}

bool has_src_param(const msg_param_t* parameters) {
  for (; parameters != nullptr && *parameters != nullptr; ++parameters) {
    if (is_src_param(*parameters)) return true;
  }
  return false;
}

bool any_src_param(std::string_view parameters) {
  const auto parts = split(parameters, ';');
  return std::any_of(parts.begin(), parts.end(), is_src_param);
}

void read_contact(const sip_t& sip, Request& request) {
  if (const sip_contact_t* contact = sip.sip_contact) {
    request.contact = {unquoted(contact->m_display), to_text(*contact->m_url), {}};
    const char* inside = contact->m_url->url_params;  // `<sip:a@b;+sip.src>`
    request.src_contact =
        has_src_param(contact->m_params) || (inside != nullptr && any_src_param(inside));
    return;
  }
  auto raw = raw_contact(sip);
  request.contact.uri = std::move(raw.uri);
  request.src_contact = raw.src;
}

// The line's part after the colon, as it stood in the message.
std::string_view raw_value(const msg_common_t& header) {
  if (header.h_data == nullptr || header.h_len == 0) return {};
  const std::string_view line(static_cast<const char*>(header.h_data), header.h_len);
  const auto colon = line.find(':');
  return colon == std::string_view::npos ? std::string_view() : trim(line.substr(colon + 1));
}

// RFC 3261 §7.3.1: a folded line stands for a single space.
std::string unfolded(std::string_view value) {
  value = value.substr(0, max_header_size);
  if (value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos)
    return utf8(value);
  std::string result;
  for (const char c : value) {
    const bool blank = c == '\r' || c == '\n' || c == '\t' || c == ' ' || c == '\0';
    if (!blank)
      result += c;
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  }
  return utf8(result);
}

std::string_view name_of(const sip_header_t* header) {
  const auto* common = header->sh_common;
  if (common->h_class == sip_unknown_class) {
    return header->sh_unknown->un_name != nullptr ? header->sh_unknown->un_name : "";
  }
  if (common->h_class == sip_error_class) {
    if (header->sh_error->er_name != nullptr) return header->sh_error->er_name;
    const std::string_view line(static_cast<const char*>(common->h_data),
                                common->h_data != nullptr ? common->h_len : 0);
    return trim(line.substr(0, line.find(':')));
  }
  return common->h_class->hc_name != nullptr ? common->h_class->hc_name : "";
}

bool is_pseudo(const msg_common_t& header) {
  return header.h_class == nullptr || header.h_class == sip_request_class ||
         header.h_class == sip_status_class || header.h_class == sip_separator_class ||
         header.h_class == sip_payload_class;
}

std::optional<WallTime> date_of(const sip_t& sip) {
  if (sip.sip_date == nullptr) return std::nullopt;
  constexpr std::uint64_t epoch_1900_to_1970 = 2'208'988'800;
  const auto seconds = static_cast<std::uint64_t>(sip.sip_date->d_time);
  if (seconds < epoch_1900_to_1970) return std::nullopt;
  return WallTime(std::chrono::seconds(seconds - epoch_1900_to_1970));
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [name](const auto& header) {
    return iequals(header.first, name);
  });
  return found == headers.end() ? nullptr : &found->second;
}

std::string to_text(const url_t& url) {
  std::array<char, 512> buffer;
  const auto size = url_e(buffer.data(), static_cast<isize_t>(buffer.size()), &url);
  if (size < 0) return {};
  if (static_cast<std::size_t>(size) < buffer.size())
    return utf8({buffer.data(), static_cast<std::size_t>(size)});
  std::string large(static_cast<std::size_t>(size) + 1, '\0');
  url_e(large.data(), static_cast<isize_t>(large.size()), &url);
  large.pop_back();
  return utf8(large);
}

std::string to_text(const sip_header_t* header) {
  if (header == nullptr) return {};
  if (header->sh_common->h_class == sip_unknown_class) {
    const char* value = header->sh_unknown->un_value;
    return unfolded(value != nullptr ? value : "");
  }
  const auto raw = raw_value(*header->sh_common);
  if (!raw.empty() || header->sh_common->h_class == sip_error_class) return unfolded(raw);
  std::array<char, max_header_size> buffer;
  const auto size =
      sip_header_field_e(buffer.data(), static_cast<isize_t>(buffer.size()), header, 0);
  if (size <= 0 || static_cast<std::size_t>(size) >= buffer.size()) return {};
  return unfolded({buffer.data(), static_cast<std::size_t>(size)});
}

std::string content_type_of(const sip_t& sip) {
  return to_text(reinterpret_cast<const sip_header_t*>(sip.sip_content_type));
}

std::string body_of(const sip_t& sip) {
  const sip_payload_t* payload = sip.sip_payload;
  if (payload == nullptr || payload->pl_data == nullptr) return {};
  return {payload->pl_data, payload->pl_len};
}

Headers headers_of(const sip_t& sip, bool with_machinery) {
  Headers result;
  const auto* first = sip.sip_request != nullptr
                          ? reinterpret_cast<const sip_header_t*>(sip.sip_request)
                          : reinterpret_cast<const sip_header_t*>(sip.sip_status);
  for (auto* it = first; it != nullptr && result.size() < max_headers;
       it = reinterpret_cast<const sip_header_t*>(it->sh_succ)) {
    if (is_pseudo(*it->sh_common)) continue;
    const auto name = name_of(it);
    if (name.empty() || (!with_machinery && is_machinery(name))) continue;
    // The second and later values of a list in one line have no line of their own.
    const bool follower = it->sh_common->h_class != sip_unknown_class &&
                          it->sh_common->h_data != nullptr && it->sh_common->h_len == 0;
    if (!follower) result.emplace_back(utf8(name.substr(0, 128)), to_text(it));
  }
  return result;
}

RawContact raw_contact(const sip_t& sip) {
  for (const sip_error_t* it = sip.sip_error; it != nullptr; it = it->er_next) {
    const auto* header = reinterpret_cast<const sip_header_t*>(it);
    const auto name = name_of(header);
    if (!iequals(name, "Contact") && !iequals(name, "m")) continue;
    const auto value = to_text(header);
    RawContact result;
    const auto begin = std::min(value.find("sip:"), value.find("sips:"));
    if (begin != std::string::npos) {
      result.uri = value.substr(begin, value.find_first_of("<>;, \"", begin) - begin);
    }
    result.src = any_src_param(value.substr(0, value.find_last_not_of("> ") + 1));
    return result;
  }
  return {};
}

std::string source_of(const msg_t* message) {
  su_sockaddr_t address{};
  socklen_t size = sizeof(address);
  if (message == nullptr || msg_get_address(const_cast<msg_t*>(message), &address, &size) < 0)
    return {};
  return to_text(address);
}

bool has_source(const msg_t* message) {
  su_sockaddr_t address{};
  socklen_t size = sizeof(address);
  return message != nullptr && msg_get_address(const_cast<msg_t*>(message), &address, &size) >= 0 &&
         (address.su_family == AF_INET || address.su_family == AF_INET6);
}

std::string to_text(const su_sockaddr_t& address) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  su_inet_ntop(address.su_family, SU_ADDR(&address), host.data(), host.size());
  std::string result = host.data();
  if (address.su_family == AF_INET6)
    result = result.starts_with("::ffff:") ? result.substr(7) : "[" + result + "]";
  return result + ":" + std::to_string(ntohs(address.su_port));
}

std::size_t size_of(const msg_t* message) {
  std::size_t size = 0;
  for (auto** at = msg_chain_head(message); at != nullptr && *at != nullptr; at = &(*at)->sh_succ)
    size += (*at)->sh_len;
  return size;
}

std::string to_text(msg_t* message) {
  auto home = make_home();
  size_t size = 0;
  const char* text = msg_as_string(home.get(), message, nullptr, 0, &size);
  return text == nullptr ? std::string() : utf8(std::string_view(text, size));
}

Request to_request(const sip_t& sip, const msg_t* message, std::string_view transport) {
  Request request;
  request.method = sip.sip_request->rq_method_name;
  request.uri = to_text(*sip.sip_request->rq_url);
  request.call_id = utf8(sip.sip_call_id->i_id);
  request.cseq = sip.sip_cseq->cs_seq;
  request.from = to_address(sip.sip_from);
  request.to = to_address(sip.sip_to);
  read_contact(sip, request);
  request.requires_siprec = sip_has_feature(sip.sip_require, "siprec") != 0;
  request.supports_siprec = sip_has_feature(sip.sip_supported, "siprec") != 0;
  if (sip.sip_session_expires != nullptr) {
    request.session_expires =
        to_text(reinterpret_cast<const sip_header_t*>(sip.sip_session_expires));
  }
  request.content_type = content_type_of(sip);
  request.body = body_of(sip);
  request.transport = transport;
  request.source = source_of(message);
  if (sip.sip_user_agent != nullptr) request.user_agent = utf8(sip.sip_user_agent->g_string);
  request.date = date_of(sip);
  request.received = wall_now();
  request.headers = headers_of(sip, false);
  return request;
}

}  // namespace srs::sip
