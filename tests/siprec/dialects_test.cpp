// Every dialect of recording metadata, on documents written for these tests after those that
// vendors' SRCs send.
#include "bodies.hpp"

#include <srs/siprec/metadata.hpp>

#include <gtest/gtest.h>

namespace srs::siprec {
namespace {

using test::extension;
using test::metadata_of;
using test::own_recording;
using test::speaker;

using Strings = std::vector<std::string>;

TEST(Dialects, IetfReadsEveryClassOfRfc7865) {
  const auto metadata = metadata_of(own_recording("ietf.body"));
  EXPECT_TRUE(metadata.well_formed);
  EXPECT_EQ(metadata.warnings, Strings{});
  EXPECT_EQ(metadata.mode, DataMode::Complete);
  ASSERT_EQ(metadata.groups.size(), 1U);
  EXPECT_EQ(metadata.groups[0].id, "grp-1");
  EXPECT_EQ(metadata.groups[0].associated.time, from_rfc3339("2026-03-01T09:00:00Z"));
  ASSERT_EQ(metadata.sessions.size(), 1U);
  const auto& session = metadata.sessions[0];
  EXPECT_EQ(session.group_id, "grp-1");
  EXPECT_EQ(session.sip_session_id,
            "0123456789abcdef0123456789abcdef; remote=fedcba9876543210fedcba9876543210");
  EXPECT_EQ(session.started.text, "2026-03-01T09:00:01.250Z");
  EXPECT_EQ(session.started.time, from_rfc3339("2026-03-01T09:00:01.25Z"));
  EXPECT_EQ(metadata.extensions.size(), 0U);
}

TEST(Dialects, IetfReadsParticipantsAndWhoSpeaksWhere) {
  const auto metadata = metadata_of(own_recording("ietf.body"));
  ASSERT_EQ(metadata.participants.size(), 2U);
  const auto& alice = metadata.participants[0];
  ASSERT_EQ(alice.names.size(), 2U);
  EXPECT_EQ(alice.names[1].text, "Alice Liégeois");
  EXPECT_EQ(alice.names[1].language, "fr");
  EXPECT_EQ(alice.sends, Strings{"str-a"});
  EXPECT_EQ(alice.receives, Strings{"str-b"});
  const auto& bob = metadata.participants[1];
  ASSERT_EQ(bob.presence.size(), 1U);
  EXPECT_EQ(bob.presence[0].session_id, "ses-1");
  EXPECT_EQ(bob.presence[0].joined.time, from_rfc3339("2026-03-01T09:00:03Z"));
  EXPECT_TRUE(bob.presence[0].left.text.empty());
  EXPECT_EQ(speaker(metadata, "96"), "sip:alice@example.com");
  EXPECT_EQ(speaker(metadata, "97"), "sips:bob@example.net");
  EXPECT_EQ(speaker(metadata, "98"), "-");
  EXPECT_EQ(speaker(metadata, ""), "-");
}

TEST(Dialects, OracleSaysItInAttributesAndInsideOfParticipants) {
  const auto metadata = metadata_of(own_recording("oracle.body"));
  EXPECT_EQ(metadata.warnings, Strings{});
  ASSERT_EQ(metadata.sessions.size(), 1U);
  EXPECT_EQ(metadata.sessions[0].id, "c2Vzc2lvbi0xMjM0NTY3OA==");
  EXPECT_EQ(metadata.sessions[0].started.time, from_rfc3339("2026-03-01T09:15:00Z"));
  EXPECT_EQ(speaker(metadata, "33554433"), "sip:7001@192.0.2.50");
  EXPECT_EQ(speaker(metadata, "33554434"), "sip:7002@192.0.2.51");
  const auto& callee = metadata.participants.at(1);
  ASSERT_EQ(callee.presence.size(), 1U);
  EXPECT_EQ(callee.presence[0].session_id, "c2Vzc2lvbi0xMjM0NTY3OA==");
  EXPECT_EQ(callee.presence[0].joined.text, "2026-03-01T09:15:04");
  EXPECT_EQ(metadata.streams.at(0).mode, "separate");
  EXPECT_EQ(metadata.streams.at(0).session_id, metadata.sessions[0].id);
}

TEST(Dialects, OracleExtensionsKeepTheirOwner) {
  const auto metadata = metadata_of(own_recording("oracle.body"));
  EXPECT_EQ(extension(metadata, "session/extensiondata/apkt:ucid"), "00FA08005C3B1A2E");
  const auto* const calling = "participant/extensiondata/apkt:callingParty";
  EXPECT_EQ(extension(metadata, calling, "cGFydGljaXBhbnQtYWFhYQ=="), "true");
  EXPECT_EQ(extension(metadata, calling, "cGFydGljaXBhbnQtYmJiYg=="), "false");
  EXPECT_EQ(extension(metadata, "participant/extensiondata/apkt:header/@label"),
            "P-Asserted-Identity");
  EXPECT_EQ(extension(metadata, "participant/extensiondata/apkt:header/value"),
            "sip:7001@pbx.example");
}

TEST(Dialects, BroadWorksHasItsOwnRootAndOneMixedStreamOfTwoVoices) {
  const auto metadata = metadata_of(own_recording("broadworks.body"));
  EXPECT_EQ(metadata.warnings, Strings{});
  ASSERT_EQ(metadata.participants.size(), 2U);
  EXPECT_EQ(metadata.participants[0].aor, "sip:5551000@bw.example");
  EXPECT_EQ(metadata.participants[1].aor, "sip:+15552000@bw.example;user=phone");
  ASSERT_EQ(metadata.streams.size(), 1U);
  EXPECT_EQ(metadata.streams[0].mode, "mixed");
  EXPECT_EQ(metadata.senders_of_label("1").size(), 2U);
  EXPECT_EQ(speaker(metadata, "1"), "-");  // a mix is nobody's alone
  EXPECT_EQ(metadata.sessions.at(0).group_id, metadata.groups.at(0).id);
  EXPECT_EQ(extension(metadata, "recording/type"), "selective");
  EXPECT_EQ(extension(metadata, "group/initiator"), "sip:5551000@bw.example");
  EXPECT_EQ(extension(metadata, "extensiondata/broadWorksRecordingMetadata/callID"),
            "callhalf-815:0");
  EXPECT_EQ(extension(metadata, "extensiondata/@parent"), metadata.sessions[0].id);
}

TEST(Dialects, CubeOnHoldTakesItsAssociationsBack) {
  const auto metadata = metadata_of(own_recording("cube.body"));
  EXPECT_EQ(speaker(metadata, "1"), "sip:7301@192.0.2.60");
  EXPECT_EQ(speaker(metadata, "2"), "sip:7300@192.0.2.60");
  const auto hold = metadata_of(own_recording("cube-hold.body"));
  EXPECT_EQ(hold.participants.size(), 2U);
  EXPECT_EQ(hold.streams.size(), 2U);
  EXPECT_EQ(speaker(hold, "1"), "-");
}

TEST(Dialects, OpenSipsWritesANameThatIsNoXml) {
  const auto metadata = metadata_of(own_recording("opensips-unescaped.body"));
  EXPECT_FALSE(metadata.well_formed);
  EXPECT_EQ(metadata.warnings,
            Strings{"the metadata's XML is faulty, line 9: a bare &: write &amp;"});
  ASSERT_EQ(metadata.participants.size(), 2U);
  EXPECT_EQ(metadata.participants[0].names.at(0).text, "Zoé & <Sipp>");
  EXPECT_EQ(metadata.participants[0].presence.at(0).joined.time,
            from_rfc3339("2026-03-01T11:09:45Z"));
  EXPECT_EQ(speaker(metadata, "1"), "sip:zoe@192.0.2.20:5060");
  EXPECT_EQ(speaker(metadata, "0"), "sip:bob@192.0.2.20:5060");
}

TEST(Dialects, SonusPrefixesEverythingAndCrossesTheLabels) {
  const auto metadata = metadata_of(own_recording("sonus.body"));
  EXPECT_EQ(metadata.warnings, Strings{});
  EXPECT_EQ(speaker(metadata, "1"), "sip:8012@192.0.2.72");
  EXPECT_EQ(speaker(metadata, "2"), "sip:8500@192.0.2.70");
  EXPECT_EQ(metadata.participants.at(0).names.at(0).text, "Desk 8500");
  EXPECT_TRUE(metadata.participants.at(1).names.empty());  // a blank is no name
  EXPECT_EQ(extension(metadata, "group/callData/fromhdr"),
            "\"Desk 8500\" <sip:8500@192.0.2.70>;tag=abc");
  EXPECT_EQ(extension(metadata, "group/callData/gcid", "Z3JvdXA="), "4711");
  EXPECT_EQ(metadata.sessions.at(0).started.time, from_rfc3339("1970-05-13T03:29:05Z"));
}

TEST(Dialects, MetaswitchWritesBareNumbersAndWholeNameAddrs) {
  const auto metadata = metadata_of(own_recording("metaswitch.body"));
  ASSERT_EQ(metadata.participants.size(), 2U);
  EXPECT_EQ(metadata.participants[0].aor, "2125550100");
  EXPECT_EQ(metadata.participants[1].aor, "sip:2125550101@ms.example");
  EXPECT_EQ(metadata.participants[1].names.at(0).text, "Ann & Co");
  EXPECT_EQ(metadata.senders_of_label("main").size(), 2U);
}

TEST(Dialects, AvayaNamesADummyAndAStreamWithoutId) {
  const auto metadata = metadata_of(own_recording("avaya.body"));
  EXPECT_EQ(metadata.warnings, Strings{"a stream has no id"});
  EXPECT_EQ(speaker(metadata, "1"), "sip:5001@192.0.2.80");
  EXPECT_EQ(speaker(metadata, "2"), "-");
  EXPECT_NE(metadata.stream_of_label("2"), nullptr);
  EXPECT_TRUE(metadata.participants.at(1).sends.empty());
}

TEST(Dialects, AudioCodesAddsTheIdsOfContactCentres) {
  const auto metadata = metadata_of(own_recording("audiocodes.body"));
  EXPECT_EQ(extension(metadata, "session/ac:AvayaUCID"), "FA080019001038F725B3");
  EXPECT_EQ(extension(metadata, "session/ac:GenesysUUID", "0000-0000-0000-0001"),
            "01234567-89ab-cdef");
  EXPECT_EQ(metadata.participants.at(0).presence.at(0).session_id, "0000-0000-0000-0001");
  EXPECT_EQ(speaker(metadata, "2"), "sip:202@192.0.2.90");
}

TEST(Dialects, SemsLabelsByLegAndForgetsASchemeAndTheClosingBoundary) {
  const auto metadata = metadata_of(own_recording("sems.body"));
  EXPECT_EQ(speaker(metadata, "a_leg"), "sip:100@192.0.2.33");
  EXPECT_EQ(speaker(metadata, "b_leg"), "sip:Extension-200@sems.example");
  EXPECT_EQ(metadata.participants.at(1).names.at(0).text, "Main Line 200");
}

TEST(Dialects, NothingIsGuessedWhereNoAssociationIsSent) {
  const auto metadata = metadata_of(own_recording("no-associations.body"));
  EXPECT_EQ(metadata.participants.size(), 2U);
  EXPECT_EQ(speaker(metadata, "1"), "-");
  EXPECT_EQ(metadata.participants.at(0).names.at(0).text, "test;lang=en-US");
}

TEST(Dialects, NetSapiensExtensionsAreKept) {
  const auto metadata = parse_metadata(test::read_file(test::own_data("siprec/netsapiens.xml")));
  ASSERT_TRUE(metadata);
  EXPECT_EQ(extension(*metadata, "session/netsapiensExtension/@domain"), "shop.example");
  EXPECT_EQ(extension(*metadata, "session/netsapiensExtension/origCallID"), "oc-1");
}

}  // namespace
}  // namespace srs::siprec
