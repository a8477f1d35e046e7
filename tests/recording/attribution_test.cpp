#include "recording/attribution.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

siprec::Metadata alice_and_bob() {
  siprec::Metadata metadata;
  siprec::Participant alice;
  alice.id = "a";
  alice.aor = "sip:alice@example.com";
  alice.names = {{"Alice", "en"}};
  alice.sends = {"s1"};
  siprec::Participant bob;
  bob.id = "b";
  bob.aor = "sip:bob@example.com";
  bob.sends = {"s2"};
  metadata.participants = {alice, bob};
  metadata.streams.resize(2);
  metadata.streams[0].id = "s1";
  metadata.streams[0].label = "10";
  metadata.streams[1].id = "s2";
  metadata.streams[1].label = "20";
  siprec::CommunicationSession session;
  session.id = "cs";
  session.sip_session_id = "0dcb";
  session.group_id = "g";
  metadata.sessions = {session};
  metadata.extensions = {{"session/ac:AvayaUCID", "0001"}};
  return metadata;
}

Document two_streams(std::string first, std::string second) {
  Document document;
  document.streams.resize(2);
  document.streams[0].label = std::move(first);
  document.streams[1].label = std::move(second);
  return document;
}

TEST(Attribute, FindsTheSpeakerOfEachChannelByItsLabelWhateverTheOrder) {
  auto document = two_streams("20", "10");
  attribute(document, alice_and_bob());
  EXPECT_EQ(document.streams[0].participant, "b");
  EXPECT_EQ(document.streams[1].participant, "a");
  ASSERT_EQ(document.participants.size(), 2u);
  EXPECT_EQ(document.participants[0].name, "Alice");
  EXPECT_EQ(document.participants[0].aor, "sip:alice@example.com");
  EXPECT_EQ(document.participants[0].source, "metadata");
  EXPECT_TRUE(document.warnings.empty());
}

TEST(Attribute, WarnsOfALabelThatTheMetadataDoesNotName) {
  auto document = two_streams("10", "99");
  attribute(document, alice_and_bob());
  EXPECT_TRUE(document.warnings.empty()) << "another document may name it";
  warn_of_unnamed_streams(document, alice_and_bob());
  EXPECT_EQ(document.streams[1].participant, "");
  ASSERT_EQ(document.warnings.size(), 1u);
  EXPECT_NE(document.warnings[0].find("\"99\""), std::string::npos);
}

TEST(Attribute, SaysWhereAStreamHasNoLabelAtAll) {
  auto document = two_streams("", "20");
  attribute(document, alice_and_bob());
  warn_of_unnamed_streams(document, alice_and_bob());
  ASSERT_EQ(document.warnings.size(), 1u);
  EXPECT_NE(document.warnings[0].find("no a=label"), std::string::npos) << document.warnings[0];
}

TEST(Attribute, LeavesClosedLinesToThoseWhoSpokeThere) {
  auto document = two_streams("10", "20");
  attribute(document, alice_and_bob());
  const auto alice = document.streams[0].participant;
  document.streams[0].closed_at_ms = 5000;
  document.streams.emplace_back().label = "10";
  auto later = alice_and_bob();
  later.participants[0].id = "c";
  later.participants[0].names = {{"Carol", "en"}};
  attribute(document, later);
  EXPECT_EQ(document.streams[0].participant, alice);
  EXPECT_EQ(document.streams[2].participant, "c") << "the label is somebody else's now";
  ASSERT_EQ(document.participants.size(), 3U);
  EXPECT_EQ(document.participants[2].name, "Alice") << "she has left, and spoke";
}

TEST(Attribute, KeepsSessionIdsGroupsAndVendorExtensionsOnceEach) {
  auto document = two_streams("10", "20");
  attribute(document, alice_and_bob());
  attribute(document, alice_and_bob());
  EXPECT_EQ(document.session.communication_sessions, std::vector<std::string>{"cs"});
  EXPECT_EQ(document.session.sip_session_ids, std::vector<std::string>{"0dcb"});
  EXPECT_EQ(document.session.groups, std::vector<std::string>{"g"});
  ASSERT_EQ(document.session.extensions.size(), 1u);
  EXPECT_EQ(document.session.extensions[0].value, "0001");
  EXPECT_EQ(document.participants.size(), 2u);
}

// Oracle says of each participant whether it is the one who calls.
TEST(Attribute, KeepsOfWhomAVendorElementWasSaid) {
  auto document = two_streams("10", "20");
  auto metadata = alice_and_bob();
  const std::string calling = "participant/extensiondata/apkt:callingParty";
  metadata.extensions = {{calling, "true", "a"}, {calling, "false", "b"}, {calling, "true", "c"}};
  for (int update = 0; update < 3; ++update) attribute(document, metadata);
  const std::vector<ExtensionEntry> expected = {
      {calling, "true", "a"}, {calling, "false", "b"}, {calling, "true", "c"}};
  EXPECT_EQ(document.session.extensions, expected);
}

// The agent hands the call over to a colleague, on the same stream.
TEST(Attribute, KeepsWhoSpokeOnAStreamBeforeItWasHandedOver) {
  auto document = two_streams("10", "20");
  auto known = alice_and_bob();
  attribute(document, known, 40);
  EXPECT_TRUE(document.streams[1].speakers.empty());
  siprec::Metadata update;
  update.mode = siprec::DataMode::Partial;
  siprec::Participant carol;
  carol.id = "c";
  carol.sends = {"s2"};
  update.participants = {carol};
  known = siprec::merge(known, update);
  attribute(document, known, 12'000);
  attribute(document, known, 13'000);
  const auto& speakers = document.streams[1].speakers;
  ASSERT_EQ(speakers.size(), 2u);
  EXPECT_EQ(speakers[0].participant, "b");
  EXPECT_EQ(speakers[0].from_ms, 0);
  EXPECT_EQ(speakers[0].to_ms, 12'000);
  EXPECT_EQ(speakers[1].participant, "c");
  EXPECT_EQ(speakers[1].from_ms, 12'000);
  EXPECT_FALSE(speakers[1].to_ms);
  EXPECT_EQ(document.streams[1].participant, "c");
  EXPECT_TRUE(document.streams[0].speakers.empty()) << "Alice speaks all along";
  EXPECT_EQ(document.participants.size(), 3u);
}

TEST(Attribute, GivesAStreamToTheFirstOneWhoIsNamedFromItsBegin) {
  auto document = two_streams("10", "20");
  attribute(document, alice_and_bob(), 5'000);
  EXPECT_TRUE(document.streams[0].speakers.empty());
}

TEST(Attribute, KeepsABoundedNumberOfSpeakers) {
  auto document = two_streams("10", "20");
  auto metadata = alice_and_bob();
  for (int i = 0; i < 3000; ++i) {
    std::swap(metadata.participants[0].sends, metadata.participants[1].sends);
    attribute(document, metadata, i);
  }
  EXPECT_EQ(document.streams[0].speakers.size(), 256u);
  EXPECT_FALSE(document.streams[0].speakers.back().to_ms);
}

TEST(UnknownSpeakers, AreToldWhereTheMetadataNamesAStreamAndNobodyWhoSendsIt) {
  auto document = two_streams("10", "20");
  document.streams[0].packets_received = document.streams[1].packets_received = 50;
  auto metadata = alice_and_bob();
  metadata.participants[1].sends.clear();
  attribute(document, metadata);
  EXPECT_TRUE(document.warnings.empty()) << "a later document may tell";
  warn_of_unknown_speakers(document, metadata);
  ASSERT_EQ(document.warnings.size(), 1u);
  EXPECT_NE(document.warnings[0].find("label \"20\""), std::string::npos) << document.warnings[0];
  EXPECT_NE(document.warnings[0].find("participantstreamassoc"), std::string::npos);
}

TEST(UnknownSpeakers, AreNoneOfSilentMixedOrUnnamedStreams) {
  auto document = two_streams("10", "99");
  auto metadata = alice_and_bob();
  metadata.participants[0].sends.clear();
  warn_of_unknown_speakers(document, metadata);
  EXPECT_TRUE(document.warnings.empty()) << "nobody was heard";
  document.streams[0].packets_received = document.streams[1].packets_received = 50;
  metadata.participants[0].sends = metadata.participants[1].sends = {"s1"};
  warn_of_unknown_speakers(document, metadata);
  EXPECT_TRUE(document.warnings.empty()) << "both send 10; that 99 is not named was told before";
  warn_of_unknown_speakers(document, {});
  EXPECT_TRUE(document.warnings.empty()) << "without metadata nothing is missing in it";
}

TEST(AttributeFromSip, TakesThePartiesFromTheHeadersWhereNoMetadataCame) {
  sip::Request invite;
  invite.uri = "sip:recorder@192.0.2.9";
  invite.from = {"Alice", "sip:1001@192.0.2.1", "t"};
  invite.to = {"", "sip:recorder@192.0.2.9", ""};
  auto document = two_streams("1", "2");
  attribute_from_sip(document, invite);
  ASSERT_EQ(document.participants.size(), 1u);
  EXPECT_EQ(document.participants[0].aor, "sip:1001@192.0.2.1");
  EXPECT_EQ(document.participants[0].source, "sip");
  EXPECT_EQ(document.streams[0].participant, "");
}

TEST(AttributeFromSip, GivesTheOnlyStreamOfABuiltInBridgeToItsOwnSide) {
  sip::Request invite;
  invite.from = {"", "sip:1001@192.0.2.1;x-farend;x-refci=2", "t"};
  Document document;
  document.streams.resize(1);
  attribute_from_sip(document, invite);
  EXPECT_EQ(document.streams[0].participant, "from");
}

TEST(SessionEntry, KeepsVendorHeadersBoundedInNumber) {
  sip::Request invite;
  invite.user_agent = "SBC";
  for (int i = 0; i < 1000; ++i) invite.headers.emplace_back("X-" + std::to_string(i), "v");
  const auto entry = session_entry(invite);
  EXPECT_EQ(entry.user_agent, "SBC");
  EXPECT_EQ(entry.extensions.size(), 256u);
  EXPECT_EQ(entry.extensions[0].name, "sip:X-0");
}

}  // namespace
}  // namespace srs::recording
