#include "app/siprec_call/metadata.hpp"

#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <srs/siprec/metadata.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <memory>
#include <set>

namespace srs::call {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Person kAlice{"Alice <& Co>", "sip:alice@example.com;x=\"1\""};
const Person kBob{"", "sip:bob@example.com"};

WallTime noon() {
  return *from_rfc3339("2026-11-22T12:00:00Z");
}

// Whether the document is valid by the schema of RFC 7865 §9.
bool valid(const std::string& text) {
  const auto file = test::own_data("siprec_call/rs-metadata.xsd").string();
  const std::unique_ptr<xmlSchemaParserCtxt, decltype(&xmlSchemaFreeParserCtxt)> parser(
      xmlSchemaNewParserCtxt(file.c_str()), xmlSchemaFreeParserCtxt);
  const std::unique_ptr<xmlSchema, decltype(&xmlSchemaFree)> schema(xmlSchemaParse(parser.get()),
                                                                    xmlSchemaFree);
  if (!schema) throw std::runtime_error("no schema in " + file);
  const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
      xmlReadMemory(text.data(), static_cast<int>(text.size()), "m.xml", nullptr, XML_PARSE_NONET),
      xmlFreeDoc);
  const std::unique_ptr<xmlSchemaValidCtxt, decltype(&xmlSchemaFreeValidCtxt)> validator(
      xmlSchemaNewValidCtxt(schema.get()), xmlSchemaFreeValidCtxt);
  return document && xmlSchemaValidateDoc(validator.get(), document.get()) == 0;
}

TEST(Metadata, IsValidByTheSchemaForAnyNumberOfStreams) {
  for (const auto& labels :
       std::vector<std::vector<std::string>>{{"1"}, {"1", "2"}, {"a&b", "<c>", "3", "4"}}) {
    const auto session = make_session(kAlice, kBob, labels, noon());
    EXPECT_TRUE(valid(write_metadata(session))) << write_metadata(session);
    EXPECT_TRUE(valid(write_metadata(session, noon() + std::chrono::seconds(5))));
  }
}

TEST(Metadata, TheSchemaRefusesWhatItShould) {
  auto text = write_metadata(make_session(kAlice, kBob, {"1"}, noon()));
  text.replace(text.find("<datamode>complete"), 18, "<datamode>whatever");
  EXPECT_FALSE(valid(text));
}

TEST(Metadata, SaysWhoSpeaksOnWhichStream) {
  const auto session = make_session(kAlice, kBob, {"1", "2"}, noon());
  const auto read = siprec::parse_metadata(write_metadata(session));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->well_formed);
  EXPECT_THAT(read->warnings, ElementsAre());
  ASSERT_NE(read->sender_of_label("1"), nullptr);
  EXPECT_EQ(read->sender_of_label("1")->aor, kAlice.aor);
  EXPECT_EQ(read->sender_of_label("1")->names.at(0).text, kAlice.name);
  ASSERT_NE(read->sender_of_label("2"), nullptr);
  EXPECT_EQ(read->sender_of_label("2")->aor, kBob.aor);
  EXPECT_EQ(read->sender_of_label("2")->receives, read->sender_of_label("1")->sends);
  EXPECT_EQ(read->sessions.at(0).started.time, noon());
}

TEST(Metadata, BothSpeakOnAMixedStream) {
  const auto session = make_session(kAlice, kBob, {"mix"}, noon());
  const auto read = siprec::parse_metadata(write_metadata(session));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->participants.size(), 2U);
  EXPECT_EQ(read->participants[0].sends, read->participants[1].sends);
  EXPECT_EQ(read->participants[0].sends.size(), 1U);
}

TEST(Metadata, AtTheEndEverybodyHasLeft) {
  const auto session = make_session(kAlice, kBob, {"1", "2"}, noon());
  const auto end = noon() + std::chrono::seconds(90);
  const auto read = siprec::parse_metadata(write_metadata(session, end));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sessions.at(0).stopped.time, end);
  EXPECT_EQ(read->participants.at(1).presence.at(0).left.time, end);
}

TEST(Metadata, NoTwoSessionsShareAnId) {
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    const auto session = make_session(kAlice, kBob, {"1", "2"}, noon());
    ids.insert({session.id, session.participants[0].id, session.streams[1].id});
  }
  EXPECT_EQ(ids.size(), 150U);
}

TEST(OwnMetadata, OffersTheLabelsThatItNames) {
  const test::TempDir directory;
  const auto text = write_metadata(make_session(kAlice, kBob, {"96", "97"}, noon()));
  test::write_file(directory / "m.xml", text);
  const auto own = read_metadata(directory / "m.xml");
  ASSERT_TRUE(own);
  EXPECT_EQ(own->text, text);
  EXPECT_THAT(own->labels, ElementsAre("96", "97"));
}

TEST(OwnMetadata, MayBeWrongOnPurposeButNotAbsent) {
  const test::TempDir directory;
  test::write_file(directory / "m.xml", "no XML at all");
  const auto own = read_metadata(directory / "m.xml");
  ASSERT_TRUE(own);
  EXPECT_THAT(own->labels, ElementsAre());
  EXPECT_THAT(read_metadata(directory / "absent.xml").error().text, HasSubstr("absent.xml"));
}

}  // namespace
}  // namespace srs::call
