// The bodies that vendors' SRCs sent, where they lie beside the checkout.
#include "bodies.hpp"
#include "support/shared_data.hpp"

#include <srs/siprec/metadata.hpp>

#include <gtest/gtest.h>

namespace srs::siprec {
namespace {

using test::extension;
using test::metadata_of;
using test::read_body;
using test::recording_of;
using test::speaker;
using Strings = std::vector<std::string>;

TEST(Vendors, AcmePacket) {
  SRS_REQUIRE_SHARED(path, "offers/acme-siprec-offer.txt");
  const auto metadata = metadata_of(recording_of(read_body(path)));
  EXPECT_EQ(metadata.warnings, Strings{});
  EXPECT_EQ(metadata.sessions.at(0).id, "AavRXwIIQj1Q39eJulTipQ==");
  EXPECT_EQ(metadata.sessions.at(0).started.time, from_rfc3339("2019-03-09T16:50:20Z"));
  EXPECT_EQ(speaker(metadata, "16777227"), "sip:9000@192.168.50.102");
  EXPECT_EQ(speaker(metadata, "16777228"), "sip:1002@192.168.50.10");
  EXPECT_EQ(metadata.participants.at(1).names.at(0).text, "1002");
  EXPECT_EQ(metadata.participants.at(1).presence.at(0).session_id, metadata.sessions[0].id);
  EXPECT_EQ(extension(metadata, "participant/extensiondata/apkt:callingParty",
                      "fSD3PFErSjNTHLDiXCELjw=="),
            "true");
}

TEST(Vendors, BroadWorksWhoseTagsWereLost) {
  SRS_REQUIRE_SHARED(path, "offers/broadworks-offer.txt");
  const auto recording = recording_of(read_body(path));
  EXPECT_TRUE(recording.sdp.starts_with("v=0"));
  EXPECT_EQ(recording.unknown_types, Strings{});  // `application/ +xml`, by its disposition
  const auto metadata = metadata_of(recording);
  EXPECT_EQ(metadata.warnings, Strings{"the metadata names neither participant nor stream"});
}

TEST(Vendors, AvayaThroughBroadWorks) {
  SRS_REQUIRE_SHARED(path, "offers/broadworks-offer-2.txt");
  const auto metadata = metadata_of(recording_of(read_body(path)));
  EXPECT_EQ(metadata.warnings, Strings{});
  EXPECT_EQ(speaker(metadata, "10"), "sip:9878942259@212.188.68.145");
  EXPECT_EQ(speaker(metadata, "20"), "sip:ASBCE@asbce.com");
  EXPECT_EQ(metadata.sessions.at(0).started.time, from_rfc3339("2019-11-12T15:57:37Z"));
}

TEST(Vendors, CiscoCube) {
  SRS_REQUIRE_SHARED(path, "offers/cisco-siprec-offer.txt");
  const auto recording = recording_of(read_body(path));
  EXPECT_EQ(recording.unknown_types, Strings{"application/gtd"});
  const auto metadata = metadata_of(recording);
  EXPECT_EQ(metadata.warnings, Strings{});
  EXPECT_EQ(metadata.sessions.at(0).sip_session_id,
            "e9fffff2020a598b86962867715db0cf;remote=cd0f7093d62c5f0697098fd69a4aa57b");
  EXPECT_EQ(speaker(metadata, "1"), "sip:7301@35.162.237.204");
  EXPECT_EQ(speaker(metadata, "2"), "sip:7300@35.162.237.204");
  EXPECT_EQ(metadata.participants.at(1).names.at(0).language, "en");
}

TEST(Vendors, CiscoCubeOnHold) {
  SRS_REQUIRE_SHARED(path, "offers/inactive-sdp-offer.txt");
  const auto metadata = metadata_of(recording_of(read_body(path)));
  EXPECT_EQ(metadata.warnings, Strings{});
  EXPECT_EQ(metadata.participants.at(1).aor, "sip:+972546136443@192.168.10.140");
  EXPECT_EQ(speaker(metadata, "1"), "-");
  EXPECT_NE(metadata.stream_of_label("2"), nullptr);
}

TEST(Vendors, ConnectelInThreeSpellings) {
  for (const auto* name : {"offers/connectel-offer.txt", "offers/connectel-offer2.txt",
                           "offers/connectel-offer3.txt"}) {
    SRS_REQUIRE_SHARED(path, name);
    const auto metadata = metadata_of(recording_of(read_body(path)));
    EXPECT_EQ(metadata.warnings, Strings{}) << name;
    ASSERT_EQ(metadata.participants.size(), 2U) << name;
    EXPECT_TRUE(metadata.participants[0].names.at(0).text.starts_with("test_user")) << name;
    EXPECT_EQ(metadata.participants[1].aor, "sip:0760516936@sip-cust1.connectel.io") << name;
    EXPECT_EQ(metadata.stream_of_label("2")->id, "4CLOddBJRvGyTJJxPE2ZSw==") << name;
  }
}

TEST(Vendors, Procomm) {
  SRS_REQUIRE_SHARED(path, "offers/procomm-siprec-offer.txt");
  const auto metadata = metadata_of(recording_of(read_body(path)));
  EXPECT_EQ(metadata.warnings, Strings{});
  EXPECT_EQ(speaker(metadata, "a_leg"), "sip:016190200@87.252.209.116");
  EXPECT_EQ(speaker(metadata, "b_leg"), "sip:Extension-016190619@speechpath.ie");
}

TEST(Vendors, Sonus) {
  SRS_REQUIRE_SHARED(path, "offers/sonus-siprec-offer.txt");
  const auto metadata = metadata_of(recording_of(read_body(path)));
  EXPECT_EQ(metadata.warnings, Strings{});
  EXPECT_EQ(speaker(metadata, "1"), "sip:2249888012@172.16.195.72");
  EXPECT_EQ(speaker(metadata, "2"), "sip:2249888500@172.16.198.55");
  EXPECT_EQ(metadata.sessions.at(0).group_id, "MTQ3YzA3YzAtNjdkNy0xMA==");
  EXPECT_EQ(extension(metadata, "group/callData/callid"), "2da553f7-a48b-1235-d6a2-5254003a4988");
}

TEST(Vendors, AnOfferWithoutMetadataHasNone) {
  SRS_REQUIRE_SHARED(path, "offers/non-siprec-payload.txt");
  const auto recording = recording_of(read_body(path));
  EXPECT_NE(recording.sdp.find("v=0"), std::string::npos);
  EXPECT_TRUE(recording.metadata.empty());
}

TEST(Vendors, EveryCapturedInvite) {
  SRS_REQUIRE_SHARED(captures, "captures");
  std::size_t invites = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(captures)) {
    const auto name = entry.path().filename().string();
    if (name.find("rx-INVITE") == std::string::npos || entry.path().extension() != ".sip") continue;
    ++invites;
    const auto metadata = metadata_of(recording_of(read_body(entry.path())));
    EXPECT_EQ(metadata.warnings, Strings{}) << entry.path();
    // rtpproxy numbers the caller 0, rtpengine 1.
    const bool proxy = entry.path().string().find("osrp-") != std::string::npos;
    EXPECT_EQ(speaker(metadata, proxy ? "0" : "1"), "sip:alice@127.0.0.20:5060") << entry.path();
    EXPECT_EQ(speaker(metadata, proxy ? "1" : "0"), "sip:bob@127.0.0.20:5060") << entry.path();
    EXPECT_EQ(metadata.participants.at(0).names.at(0).text, "Alice Caller") << entry.path();
    ASSERT_EQ(metadata.participants.at(1).presence.size(), 1U);
    EXPECT_TRUE(metadata.participants[1].presence[0].joined.time) << entry.path();
    EXPECT_TRUE(metadata.sessions.at(0).started.time) << entry.path();
  }
  EXPECT_EQ(invites, 10U);
}

TEST(Vendors, TheGroupOfTheTcpCall) {
  SRS_REQUIRE_SHARED(path,
                     "captures/os-call3-tcp-pcma-group/sip/"
                     "001-rx-INVITE_sip_ok_127_0_0_1_5590_transport_t.sip");
  const auto metadata = metadata_of(recording_of(read_body(path)));
  ASSERT_EQ(metadata.groups.size(), 1U);
  EXPECT_EQ(metadata.groups[0].id, "sales-team");
  EXPECT_EQ(metadata.sessions.at(0).group_id, "sales-team");
  EXPECT_EQ(metadata.sessions.at(0).sip_session_id, "42945cbc9c42bb46");
}

}  // namespace
}  // namespace srs::siprec
