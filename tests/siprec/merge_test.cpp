#include "bodies.hpp"

#include <srs/siprec/metadata.hpp>

#include <gtest/gtest.h>

namespace srs::siprec {
namespace {

using test::metadata_of;
using test::own_recording;
using test::speaker;
using Strings = std::vector<std::string>;

Metadata read(std::string_view xml) {
  auto metadata = parse_metadata(xml);
  if (metadata) return *metadata;
  ADD_FAILURE() << metadata.error().text;
  return {};
}

Metadata own(std::string_view name) {
  return read(test::read_file(test::own_data("siprec/" + std::string(name))));
}

TEST(Merge, APartialUpdateAddsTheTimeOfLeaving) {
  const auto merged = merge(metadata_of(own_recording("ietf.body")), own("partial-leave.xml"));
  const auto* const bob = merged.participant("par-bob");
  ASSERT_NE(bob, nullptr);
  EXPECT_EQ(bob->aor, "sips:bob@example.net");
  ASSERT_EQ(bob->presence.size(), 1U);
  EXPECT_EQ(bob->presence[0].joined.text, "2026-03-01T10:00:03+01:00");
  EXPECT_EQ(bob->presence[0].left.time, from_rfc3339("2026-03-01T09:05:00Z"));
  EXPECT_EQ(speaker(merged, "97"), "sips:bob@example.net");
  EXPECT_EQ(merged.sessions.at(0).started.text, "2026-03-01T09:00:01.250Z");
}

TEST(Merge, ATransferHandsTheStreamOver) {
  auto merged = merge(metadata_of(own_recording("ietf.body")), own("partial-transfer.xml"));
  EXPECT_EQ(speaker(merged, "97"), "sip:carol@example.org");
  EXPECT_EQ(speaker(merged, "96"), "sip:alice@example.com");
  ASSERT_NE(merged.participant("par-bob"), nullptr);  // who left stays known
  EXPECT_EQ(merged.participant("par-bob")->sends, Strings{});
}

TEST(Merge, TheVoiceStaysWhoseItWasWhileAHoldTakesTheAssociationBack) {
  const auto merged =
      merge(metadata_of(own_recording("cube.body")), metadata_of(own_recording("cube-hold.body")));
  EXPECT_EQ(speaker(merged, "1"), "sip:7301@192.0.2.60");
  EXPECT_EQ(speaker(merged, "2"), "sip:7300@192.0.2.60");
}

TEST(Merge, AHeldPartyThatOnlyReceivesKeepsItsVoice) {
  const auto update = read(
      "<recording><datamode>partial</datamode><participantstreamassoc participant_id='par-bob'>"
      "<recv>str-a</recv></participantstreamassoc></recording>");
  const auto merged = merge(metadata_of(own_recording("ietf.body")), update);
  EXPECT_EQ(speaker(merged, "97"), "sips:bob@example.net");
}

TEST(Merge, ACompleteDocumentReplacesAndKeepsWhoHasLeft) {
  const auto update = read(
      "<recording><session session_id='ses-1'/><participant participant_id='par-alice'>"
      "<nameID aor='sip:alice@new.example'/></participant>"
      "<participant participant_id='par-dave'><nameID aor='sip:dave@example.com'/></participant>"
      "<stream stream_id='str-d' session_id='ses-1'><label>97</label></stream>"
      "<participantstreamassoc participant_id='par-dave'><send>str-d</send>"
      "</participantstreamassoc></recording>");
  const auto merged = merge(metadata_of(own_recording("ietf.body")), update);
  ASSERT_EQ(merged.participants.size(), 3U);
  EXPECT_EQ(merged.participants[0].aor, "sip:alice@new.example");
  EXPECT_EQ(merged.participants[0].names.size(), 2U);
  EXPECT_EQ(merged.participants[1].id, "par-dave");
  EXPECT_EQ(merged.participants[2].id, "par-bob");  // behind those who are there
  // The label belongs to the stream that was given it last.
  EXPECT_EQ(speaker(merged, "97"), "sip:dave@example.com");
  EXPECT_EQ(merged.groups.size(), 1U);
}

TEST(Merge, AMixGainsAVoiceWithoutLosingTheOthers) {
  const auto id = [](int n) {
    return "urn:uuid:11111111-0000-4000-8000-00000000000" + std::to_string(n);
  };
  const auto update = read("<recording><datamode>partial</datamode><participant id='third'><send>" +
                           id(6) + "</send></participant></recording>");
  const auto merged = merge(metadata_of(own_recording("broadworks.body")), update);
  EXPECT_EQ(merged.senders_of_label("1").size(), 3U);
}

TEST(Merge, ASecondJoiningIsASecondPresence) {
  const auto left = merge(metadata_of(own_recording("ietf.body")), own("partial-leave.xml"));
  const auto update = read(
      "<recording><datamode>partial</datamode>"
      "<participantsessionassoc participant_id='par-bob' session_id='ses-1'>"
      "<associate-time>2026-03-01T09:10:00Z</associate-time></participantsessionassoc>"
      "</recording>");
  const auto back = merge(left, update);
  ASSERT_EQ(back.participant("par-bob")->presence.size(), 2U);
  EXPECT_TRUE(back.participant("par-bob")->presence[1].left.text.empty());
  EXPECT_EQ(merge(back, update).participant("par-bob")->presence.size(), 2U);
}

TEST(Merge, ALabelMayComeInALaterDocument) {
  const auto update = read(
      "<recording><datamode>partial</datamode><stream "
      "stream_id='8888bbbb'><label>2</label></stream>"
      "<participantstreamassoc participant_id='abcdef12345678901234'><send>8888bbbb</send>"
      "</participantstreamassoc></recording>");
  const auto merged = merge(metadata_of(own_recording("avaya.body")), update);
  EXPECT_EQ(speaker(merged, "2"), "sip:ASBCE@asbce.example");
}

TEST(Merge, RepeatingADocumentChangesNothing) {
  for (const auto* name : {"ietf.body", "oracle.body", "broadworks.body", "avaya.body"}) {
    const auto metadata = metadata_of(own_recording(name));
    const auto merged = merge(metadata, metadata);
    EXPECT_EQ(merged.participants.size(), metadata.participants.size()) << name;
    EXPECT_EQ(merged.streams.size(), metadata.streams.size()) << name;
    EXPECT_EQ(merged.extensions.size(), metadata.extensions.size()) << name;
    EXPECT_EQ(merged.warnings, metadata.warnings) << name;
    EXPECT_EQ(merged.participants.at(0).presence.size(),
              metadata.participants.at(0).presence.size());
  }
}

TEST(Merge, StaysBoundedHoweverManyDocumentsCome) {
  const MetadataLimits limits{.entities = 4, .extensions = 4};
  Metadata metadata;
  for (int i = 0; i < 20; ++i) {
    const auto n = std::to_string(i);
    const auto update = read("<recording><participant id='p" + n + "' session='s" + n + "'><x" + n +
                             ">1</x" + n + "></participant></recording>");
    metadata = merge(metadata, update, limits);
  }
  EXPECT_EQ(metadata.participants.size(), 4U);
  EXPECT_EQ(metadata.participants[0].id, "p19");  // who is there goes before who was
  EXPECT_EQ(metadata.extensions.size(), 4U);
  EXPECT_EQ(metadata.warnings,
            (Strings{"more than 4 participants in the course of the recording; the others are not "
                     "kept",
                     "more than 4 vendor values in the course of the recording; the others are not "
                     "kept"}));
}

}  // namespace
}  // namespace srs::siprec
