// The one place of the server that knows oRTP: its RTCP structures and field accessors. oRTP's own
// readers trust the lengths that a packet claims (rtcp_SR_get_report_block, rtcp_sdes_parse) and
// see no BYE of one SSRC, so bounds are checked here and fields are read from copies.
#include <srs/rtp/rtcp.hpp>

#include <ortp/ortp.h>

#include <algorithm>
#include <cstring>

namespace srs::rtp {
namespace {

constexpr std::uint64_t ntp_to_unix = 2208988800;  // seconds from 1900 to 1970

template <class Struct>
Struct copy(Bytes bytes, std::size_t at = 0) {
  Struct result;
  std::memcpy(&result, bytes.data() + at, sizeof result);
  return result;
}

// One packet of a compound: its header and all its bytes, padding left out.
struct Part {
  rtcp_common_header_t header;
  Bytes bytes;
};

// The packet that `rest` begins with, which is then shortened by it.
std::optional<Part> next_part(Bytes& rest) {
  if (rest.size() < sizeof(rtcp_common_header_t)) return std::nullopt;
  const auto header = copy<rtcp_common_header_t>(rest);
  const std::size_t size = 4U * (rtcp_common_header_get_length(&header) + 1U);
  if (rtcp_common_header_get_version(&header) != 2 || size > rest.size()) return std::nullopt;
  auto bytes = rest.first(size);
  rest = rest.subspan(size);
  if (rtcp_common_header_get_padbit(&header) != 0) {
    // RFC 3550 §6.4.1: the last octet counts the padding, itself included.
    if (bytes.back() == 0 || bytes.back() > size - sizeof header) return std::nullopt;
    bytes = bytes.first(size - bytes.back());
  }
  return Part{header, bytes};
}

void read_blocks(const Part& part, std::size_t at, Rtcp& out) {
  const unsigned count = rtcp_common_header_get_rc(&part.header);
  for (unsigned i = 0; i < count && at + sizeof(report_block_t) <= part.bytes.size();
       ++i, at += sizeof(report_block_t)) {
    const auto block = copy<report_block_t>(part.bytes, at);
    out.report_blocks.push_back(
        {.ssrc = report_block_get_ssrc(&block),
         .fraction_lost = static_cast<std::uint8_t>(report_block_get_fraction_lost(&block)),
         .cumulative_lost = report_block_get_cum_packet_lost(&block),
         .highest_sequence = report_block_get_high_ext_seq(&block),
         .jitter = report_block_get_interarrival_jitter(&block),
         .last_sr = report_block_get_last_SR_time(&block),
         .delay_since_sr = report_block_get_last_SR_delay(&block)});
  }
}

void read_sender_report(const Part& part, Rtcp& out) {
  constexpr auto size = offsetof(rtcp_sr_t, rb);
  if (part.bytes.size() < size) return;
  const auto info = copy<sender_info_t>(part.bytes, offsetof(rtcp_sr_t, si));
  out.sender_reports.push_back({.ssrc = read_u32(part.bytes, offsetof(rtcp_sr_t, ssrc)),
                                .ntp = sender_info_get_ntp_timestamp(&info),
                                .timestamp = sender_info_get_rtp_timestamp(&info),
                                .packets = sender_info_get_packet_count(&info),
                                .octets = sender_info_get_octet_count(&info)});
  read_blocks(part, size, out);
}

// Items of one chunk (RFC 3550 §6.5) from `at` on; returns where the next chunk begins.
std::size_t read_chunk(Bytes bytes, std::size_t at, Rtcp& out) {
  const auto ssrc = read_u32(bytes, at);
  at += sizeof(sdes_chunk_t);
  while (at < bytes.size() && bytes[at] != RTCP_SDES_END) {
    if (at + 2 > bytes.size() || at + 2 + bytes[at + 1] > bytes.size()) return bytes.size();
    if (bytes[at] == RTCP_SDES_CNAME) {
      const auto name = bytes.subspan(at + 2, bytes[at + 1]);
      out.descriptions.push_back({ssrc, std::string(name.begin(), name.end())});
    }
    at += 2U + bytes[at + 1];
  }
  return (at / 4 + 1) * 4;  // one to four null octets end a chunk
}

void read_descriptions(const Part& part, Rtcp& out) {
  std::size_t at = sizeof(rtcp_common_header_t);
  for (unsigned i = 0; i < rtcp_common_header_get_rc(&part.header); ++i) {
    if (at + sizeof(sdes_chunk_t) > part.bytes.size()) return;
    at = read_chunk(part.bytes, at, out);
  }
}

void read_goodbyes(const Part& part, Rtcp& out) {
  std::size_t at = sizeof(rtcp_common_header_t);
  for (unsigned i = 0; i < rtcp_common_header_get_rc(&part.header); ++i, at += 4) {
    if (at + 4 > part.bytes.size()) return;
    out.goodbyes.push_back(read_u32(part.bytes, at));
  }
}

void read_part(const Part& part, Rtcp& out) {
  switch (rtcp_common_header_get_packet_type(&part.header)) {
    case RTCP_SR:
      return read_sender_report(part, out);
    case RTCP_RR:
      return read_blocks(part, offsetof(rtcp_rr_t, rb), out);
    case RTCP_SDES:
      return read_descriptions(part, out);
    case RTCP_BYE:
      return read_goodbyes(part, out);
    default:
      return;
  }
}

// A header for `type` and room for `size` bytes in all at the end of `out`; where they begin.
std::size_t append(std::vector<std::uint8_t>& out, rtcp_type_t type, std::size_t count,
                   std::size_t size) {
  const auto at = out.size();
  out.resize(at + size);
  rtcp_common_header_t header{};
  rtcp_common_header_set_version(&header, 2);
  header.rc = count & 31;  // the macro's parameter would replace the field's name
  rtcp_common_header_set_packet_type(&header, type);
  rtcp_common_header_set_length(&header, static_cast<std::uint16_t>(size / 4 - 1));
  std::memcpy(out.data() + at, &header, sizeof header);
  return at;
}

report_block_t on_wire(const ReportBlock& block) {
  report_block_t wire{};
  wire.ssrc = htonl(block.ssrc);
  report_block_set_fraction_lost(&wire, block.fraction_lost);
  report_block_set_cum_packet_lost(&wire, block.cumulative_lost);
  wire.ext_high_seq_num_rec = htonl(block.highest_sequence);
  wire.interarrival_jitter = htonl(block.jitter);
  wire.lsr = htonl(block.last_sr);
  wire.delay_snc_last_sr = htonl(block.delay_since_sr);
  return wire;
}

void write_receiver_report(std::vector<std::uint8_t>& out, std::uint32_t own_ssrc,
                           std::span<const ReportBlock> blocks) {
  constexpr auto fixed = offsetof(rtcp_rr_t, rb);
  const auto size = fixed + blocks.size() * sizeof(report_block_t);
  auto at = append(out, RTCP_RR, blocks.size(), size);
  write_u32(out, at + offsetof(rtcp_rr_t, ssrc), own_ssrc);
  at += fixed;
  for (const auto& block : blocks) {
    const auto wire = on_wire(block);
    std::memcpy(out.data() + at, &wire, sizeof wire);
    at += sizeof wire;
  }
}

void write_description(std::vector<std::uint8_t>& out, std::uint32_t own_ssrc,
                       std::string_view cname) {
  // The chunk ends with one to four null octets (RFC 3550 §6.5).
  const auto item = 2 + cname.size();
  const auto size = sizeof(rtcp_common_header_t) + sizeof(sdes_chunk_t) + (item / 4 + 1) * 4;
  const auto at = append(out, RTCP_SDES, 1, size);
  write_u32(out, at + 4, own_ssrc);
  out[at + 8] = RTCP_SDES_CNAME;
  out[at + 9] = static_cast<std::uint8_t>(cname.size());
  std::copy(cname.begin(), cname.end(), out.begin() + static_cast<std::ptrdiff_t>(at) + 10);
}

}  // namespace

WallTime to_wall(NtpTime time) {
  const std::int64_t seconds =
      static_cast<std::int64_t>(time >> 32) - static_cast<std::int64_t>(ntp_to_unix);
  const auto nanoseconds = static_cast<std::int64_t>(((time & 0xFFFFFFFF) * 1'000'000'000) >> 32);
  return WallTime{std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds)};
}

NtpTime to_ntp(WallTime time) {
  constexpr std::uint64_t second = 1'000'000'000;
  const auto since = static_cast<std::uint64_t>(time.time_since_epoch().count());
  // Rounded up, so that to_wall() gives the same nanosecond back.
  const auto fraction = (((since % second) << 32) + second - 1) / second;
  return ((since / second + ntp_to_unix) << 32) + fraction;
}

std::optional<Rtcp> parse_rtcp(Bytes bytes) {
  Rtcp result;
  if (bytes.empty()) return std::nullopt;
  while (!bytes.empty()) {
    const auto part = next_part(bytes);
    if (!part) return std::nullopt;
    const auto type = rtcp_common_header_get_packet_type(&part->header);
    if (type < 192 || type > 223) return std::nullopt;  // RFC 5761 §4
    read_part(*part, result);
  }
  return result;
}

std::vector<SenderReport> sender_reports(Bytes bytes) {
  auto rtcp = parse_rtcp(bytes);
  return rtcp ? std::move(rtcp->sender_reports) : std::vector<SenderReport>{};
}

std::vector<std::uint8_t> write_report(std::uint32_t own_ssrc, std::span<const ReportBlock> blocks,
                                       std::string_view cname, bool bye) {
  std::vector<std::uint8_t> out;
  write_receiver_report(out, own_ssrc, blocks.first(std::min<std::size_t>(blocks.size(), 31)));
  write_description(out, own_ssrc, cname.substr(0, 255));
  if (bye) {
    // A statement of its own: appending moves the bytes that the writer is given.
    const auto at = append(out, RTCP_BYE, 1, sizeof(rtcp_bye_t));
    write_u32(out, at + 4, own_ssrc);
  }
  return out;
}

}  // namespace srs::rtp
