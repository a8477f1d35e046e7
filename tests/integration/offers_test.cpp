// Vendors' offers as they came over the wire: each is answered and recorded.
#include "support/files.hpp"
#include "support/recording_on_disk.hpp"
#include "support/shared_data.hpp"
#include "support/src_call.hpp"

#include <gtest/gtest.h>

namespace srs::test {
namespace {

// The body with the content type that its first delimiter tells.
Body body_of(const std::filesystem::path& path) {
  auto text = read_file(path);
  const auto at = text.find("--");
  if (text.starts_with("\nv=0") || text.starts_with("v=0") || at == std::string::npos)
    return {"application/sdp", text};
  const auto boundary = text.substr(at + 2, text.find_first_of("\r\n", at) - at - 2);
  return {"multipart/mixed;boundary=" + boundary, text};
}

std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

void expect_recorded(ServerProcess& server, const Body& body) {
  SrcCall call(server);
  const auto answer = call.invite(body);
  ASSERT_EQ(answer.status(), 200) << answer.bytes();
  const auto offered = read_sdp(std::string_view(body.text).substr(body.text.find("v=0")));
  ASSERT_EQ(call.wire().media().size(), offered.size());
  for (std::size_t i = 0; i < offered.size(); ++i) {
    EXPECT_EQ(call.wire().media()[i].label, offered[i].label);
    EXPECT_EQ(call.wire().media()[i].formats, offered[i].formats);
  }
  RtpSource source(static_cast<std::uint8_t>(std::stoi(offered.at(0).formats.at(0))), 1);
  call.send_packets(0, source, 20);
  EXPECT_EQ(call.bye().status(), 200);
  const auto recording = wait_for_recording(server.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  const auto& streams = recording->metadata.at("streams");
  ASSERT_EQ(streams.size(), offered.size());
  EXPECT_EQ(streams.at(0).value("packets_received", 0), 20);
  EXPECT_EQ(streams.at(0).value("label", "none"), offered[0].label);
}

void expect_all_recorded(const std::filesystem::path& directory, const std::string& extension) {
  ServerProcess server;
  ASSERT_TRUE(server.start());
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != extension) continue;
    SCOPED_TRACE(entry.path());
    const auto body = body_of(entry.path());
    if (body.text.find("v=0") == std::string::npos) continue;
    expect_recorded(server, body);
    expect_recorded(server, {body.type, with_crlf(body.text)});
    ++seen;
  }
  EXPECT_GE(seen, 3U) << "no offers in " << directory;
  EXPECT_TRUE(server.running());
}

TEST(Offers, OfVendorsAreAnsweredAndRecorded) {
  SRS_REQUIRE_SHARED(offers, "offers");
  expect_all_recorded(offers, ".txt");
}

TEST(Offers, MadeLikeVendorsOnesAreAnsweredAndRecorded) {
  expect_all_recorded(own_data("siprec"), ".body");
}

}  // namespace
}  // namespace srs::test
