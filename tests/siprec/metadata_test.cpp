#include "bodies.hpp"

#include <srs/siprec/metadata.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace srs::siprec {
namespace {

using std::string_view_literals::operator""sv;
using Strings = std::vector<std::string>;

Metadata read(std::string_view xml, const MetadataLimits& limits = {}) {
  auto metadata = parse_metadata(xml, {}, limits);
  if (metadata) return *metadata;
  ADD_FAILURE() << metadata.error().text;
  return {};
}

std::string metadata_error(std::string_view xml, const MetadataLimits& limits = {}) {
  const auto metadata = parse_metadata(xml, {}, limits);
  return metadata ? "no error" : metadata.error().text;
}

std::string participants(int count) {
  std::string xml = "<recording>";
  for (int i = 0; i < count; ++i) xml += "<participant id='p" + std::to_string(i) + "'/>";
  return xml + "</recording>";
}

TEST(Metadata, ModeIsCompleteUnlessTheDocumentSaysPartial) {
  EXPECT_EQ(read("<recording/>").mode, DataMode::Complete);
  EXPECT_EQ(read("<recording><dataMode>Partial</dataMode></recording>").mode, DataMode::Partial);
  EXPECT_EQ(read("<r:recording xmlns:r='x'><r:DATAMODE> partial </r:DATAMODE></r:recording>").mode,
            DataMode::Partial);
  EXPECT_EQ(read("<recording><datamode>snapshot</datamode></recording>").mode, DataMode::Complete);
}

TEST(Metadata, WarnsOfAnIdOnTwoElements) {
  const auto metadata = read(
      "<recording><participant participant_id='x'><nameID aor='sip:a@b'/></participant>"
      "<stream stream_id='x'><label>1</label></stream></recording>");
  EXPECT_EQ(metadata.warnings, Strings{"the id x stands on a participant and on a stream"});
}

TEST(Metadata, WarnsOfAssociationsThatLeadNowhere) {
  const auto metadata = read(
      "<recording><participantstreamassoc participant_id='p'><send>s</send>"
      "</participantstreamassoc></recording>");
  EXPECT_EQ(metadata.warnings,
            (Strings{"an association names the participant p, who is not described",
                     "a participant sends the stream s, which is not described"}));
}

TEST(Metadata, APartialUpdateMayNameWhatItDoesNotDescribe) {
  const auto metadata = read(
      "<recording><datamode>partial</datamode><participantstreamassoc participant_id='p'>"
      "<send>s</send></participantstreamassoc></recording>");
  EXPECT_EQ(metadata.warnings, Strings{});
  EXPECT_EQ(metadata.participants.at(0).sends, Strings{"s"});
}

TEST(Metadata, KeepsADateThatItCannotRead) {
  const auto metadata = read(
      "<recording><session session_id='s'><start-time>yesterday</start-time></session>"
      "<participant id='p'/></recording>");
  EXPECT_EQ(metadata.sessions.at(0).started.text, "yesterday");
  EXPECT_FALSE(metadata.sessions.at(0).started.time);
  EXPECT_EQ(metadata.warnings, Strings{"the date yesterday is not as RFC 3339 writes it"});
}

TEST(Metadata, AParticipantMayJoinAndLeaveSeveralTimes) {
  const auto metadata = read(
      "<recording><participant participant_id='p'/>"
      "<participantsessionassoc participant_id='p' session_id='s'>"
      "<associate-time>2026-01-01T00:00:00Z</associate-time>"
      "<disassociate-time>2026-01-01T00:01:00Z</disassociate-time></participantsessionassoc>"
      "<participantsessionassoc participant_id='p' session_id='s'>"
      "<associate-time>2026-01-01T00:02:00Z</associate-time></participantsessionassoc></"
      "recording>");
  const auto& presence = metadata.participants.at(0).presence;
  ASSERT_EQ(presence.size(), 2U);
  EXPECT_EQ(presence[0].left.time, from_rfc3339("2026-01-01T00:01:00Z"));
  EXPECT_TRUE(presence[1].left.text.empty());
}

TEST(Metadata, SaysThatADocumentNamesNobody) {
  EXPECT_EQ(read("<recording/>").warnings,
            Strings{"the metadata names neither participant nor stream"});
  EXPECT_EQ(read("<presence/>").warnings.at(0),
            "the root element is presence, not recording (RFC 7865 §5.1.2)");
}

TEST(Metadata, ReadsADocumentBehindBlankLinesAndBeforeNulBytes) {
  const auto metadata = read("\r\n\r\n<?xml version='1.0'?><recording/>\0\0"sv);
  EXPECT_TRUE(metadata.well_formed);
}

TEST(Metadata, ReadsAroundANulByte) {
  const auto metadata =
      read("<recording><participant id='p'/>\0<participant id='q'/></recording>"sv);
  EXPECT_FALSE(metadata.well_formed);
  EXPECT_EQ(metadata.participants.size(), 2U);
}

TEST(Metadata, ReadsAsFarAsACutOffDocumentGoes) {
  const auto metadata = read(
      "<recording><participant id='p'><nameID aor='sip:a@b'/></participant><participant "
      "id='q'><na");
  EXPECT_FALSE(metadata.well_formed);
  ASSERT_EQ(metadata.participants.size(), 2U);
  EXPECT_EQ(metadata.participants[0].aor, "sip:a@b");
}

TEST(Metadata, RefusesATextWithoutAnyElement) {
  EXPECT_TRUE(metadata_error("").starts_with("the metadata holds no XML element"))
      << metadata_error("");
  EXPECT_TRUE(metadata_error("hello").starts_with("the metadata holds no XML element (line 1: "))
      << metadata_error("hello");
}

TEST(Metadata, RefusesWhatPassesALimit) {
  EXPECT_EQ(metadata_error("<recording/>", {.bytes = 4}),
            "the metadata has 12 bytes, at most 4 are read");
  EXPECT_EQ(metadata_error(participants(5), {.elements = 5}),
            "the metadata has more than 5 elements");
  EXPECT_EQ(metadata_error(participants(5), {.elements = 6}), "no error");
  EXPECT_EQ(metadata_error("<a><b><c><d/></c></b></a>", {.depth = 3}),
            "the metadata's elements stand more than 3 deep in each other");
  EXPECT_EQ(metadata_error(participants(4), {.entities = 3}),
            "the metadata has more than 3 participants");
}

TEST(Metadata, CutsLongTextsAndCountsVendorValuesWithAWarning) {
  const auto metadata = read(
      "<recording><participant id='p'><nameID aor='sip:a@b'><name>aaaaé</name></nameID>"
      "<x>1</x><y>2</y></participant></recording>",
      {.extensions = 1, .text_bytes = 5});
  EXPECT_EQ(metadata.participants.at(0).names.at(0).text, "aaaa");  // not half of the é
  EXPECT_EQ(metadata.extensions.size(), 1U);
  EXPECT_EQ(metadata.warnings, (Strings{"a text of more than 5 bytes was cut",
                                        "more than 1 vendor values; the others were left out"}));
}

TEST(Metadata, ManyDeepElementsAreALimitAndNoCrash) {
  std::string xml = "<recording>";
  for (int i = 0; i < 100000; ++i) xml += "<a>";
  EXPECT_EQ(metadata_error(xml), "the metadata's elements stand more than 256 deep in each other");
  EXPECT_EQ(metadata_error(xml.substr(0, 11 + 3 * 64)),
            "the metadata's elements stand more than 64 deep in each other");
}

TEST(Metadata, LongNamesInLongPathsDoNotMultiply) {
  std::string xml = "<recording>";
  for (int i = 0; i < 60; ++i) {
    xml += "<" + std::string(8000, static_cast<char>('a' + i % 26)) + ">";
  }
  for (int i = 0; i < 19000; ++i) xml += "<b>x</b>";
  const auto metadata = read(xml);
  ASSERT_EQ(metadata.extensions.size(), 256U);
  EXPECT_LE(metadata.extensions[0].key.size(), 4096U);
}

TEST(Metadata, EntitiesAreNeverExpanded) {
  std::string xml = "<!DOCTYPE lolz [<!ENTITY lol \"lol\">";
  for (int i = 1; i < 10; ++i) {
    const auto name = "lol" + std::to_string(i);
    const auto inner = "&lol" + (i == 1 ? "" : std::to_string(i - 1)) + ";";
    xml += "<!ENTITY " + name + " \"";
    for (int j = 0; j < 10; ++j) xml += inner;
    xml += "\">";
  }
  xml +=
      "]><recording><participant id='p'><nameID aor='sip:a@b'><name>&lol9;</name></nameID>"
      "</participant></recording>";
  const auto metadata = read(xml);
  EXPECT_EQ(metadata.participants.at(0).aor, "sip:a@b");
  EXPECT_EQ(metadata.participants.at(0).names.at(0).text, "&lol9;");
}

TEST(Metadata, NoFileIsReadForAnExternalEntity) {
  const auto metadata = read(
      "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><recording><participant id='p'>"
      "<nameID aor='sip:a@b'><name>&x;</name></nameID></participant></recording>");
  EXPECT_EQ(metadata.participants.at(0).names.at(0).text, "&x;");
  EXPECT_EQ(metadata.warnings.at(0), "the metadata's XML is faulty, line 1: a DOCTYPE is not read");
}

TEST(Metadata, AnElementInsideAnotherOfItsKindIsReadToo) {
  std::string xml = "<recording><session session_id='outer'>";
  for (int i = 0; i < 100; ++i) xml += "<session session_id='s" + std::to_string(i) + "'/>";
  const auto metadata = read(xml + "<reason>late</reason></session></recording>");
  EXPECT_EQ(metadata.sessions.size(), 101U);
  EXPECT_EQ(metadata.sessions[0].reason, "late");
}

TEST(Metadata, SurvivesEveryTruncationOfARealDocument) {
  for (const auto* name : {"ietf.body", "opensips-unescaped.body", "oracle.body"}) {
    const auto recording = test::own_recording(name);
    std::size_t read_count = 0;
    for (std::size_t size = 0; size <= recording.metadata.size(); ++size) {
      const auto metadata = parse_metadata(std::string_view(recording.metadata).substr(0, size));
      read_count += metadata.has_value() ? 1 : 0;
    }
    EXPECT_GT(read_count, recording.metadata.size() / 2) << name;
  }
}

TEST(Metadata, SeveralThreadsMayReadAtOnce) {
  const auto recording = test::own_recording("ietf.body");
  const auto broken = test::own_recording("opensips-unescaped.body");
  std::vector<std::size_t> right(4);
  {
    std::vector<std::jthread> threads;
    for (auto& count : right) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          const auto good = parse_metadata(recording.metadata);
          const auto bad = parse_metadata(broken.metadata);
          count += good && bad && good->warnings.empty() && bad->warnings.size() == 1 ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(right, std::vector<std::size_t>(4, 50));
}

}  // namespace
}  // namespace srs::siprec
