#include "recording/cnames.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

// Labels 1 and 2; empty: the line has no a=ssrc.
sdp::Session offer_of(const std::vector<std::string>& cnames) {
  sdp::Session offer;
  for (std::size_t i = 0; i < cnames.size(); ++i) {
    sdp::Media media;
    media.type = "audio";
    if (!cnames[i].empty()) media.sources = {{static_cast<std::uint32_t>(i), cnames[i]}};
    offer.media.push_back(media);
  }
  return offer;
}

Cnames cnames_of(const sdp::Session& offer) {
  Cnames cnames(offer.media.size());
  for (std::size_t i = 0; i < cnames.size(); ++i) add_cnames(cnames[i], offer, i);
  return cnames;
}

// By the metadata Alice speaks on label 1 and Bob on label 2.
Document alice_then_bob() {
  Document document;
  document.participants.resize(2);
  document.participants[0].id = "a";
  document.participants[0].aor = "sip:alice@example.com";
  document.participants[1].id = "b";
  document.participants[1].aor = "\"Bob\" <sips:bob@example.com;user=phone>";
  document.streams.resize(2);
  document.streams[0].label = "1";
  document.streams[0].participant = "a";
  document.streams[1].label = "2";
  document.streams[1].participant = "b";
  return document;
}

std::vector<std::string> warnings_of(Document document, const std::vector<std::string>& cnames) {
  warn_of_contradicting_cnames(document, cnames_of(offer_of(cnames)));
  return document.warnings;
}

TEST(ContradictingCnames, AreToldForEachStreamWithBothNames) {
  const auto warnings =
      warnings_of(alice_then_bob(), {"sip:bob@192.0.2.20:5060", "alice@192.0.2.10"});
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_NE(warnings[0].find("bob@example.com;user=phone> sends the stream with label \"1\""),
            std::string::npos)
      << warnings[0];
  EXPECT_NE(warnings[0].find("the metadata that sip:alice@example.com does"), std::string::npos);
  EXPECT_NE(warnings[1].find("label \"2\""), std::string::npos) << warnings[1];
}

TEST(ContradictingCnames, AreToldWhereOneLineAloneNamesItsSource) {
  EXPECT_EQ(warnings_of(alice_then_bob(), {"", "sip:alice@192.0.2.10"}).size(), 1u);
}

TEST(ContradictingCnames, AreNoneThatAgreeOrNameNobodyOfTheCall) {
  const auto call = alice_then_bob();
  EXPECT_TRUE(warnings_of(call, {"sip:alice@192.0.2.10:5060", "bob@192.0.2.20"}).empty());
  EXPECT_TRUE(warnings_of(call, {"nQ3x/9fR4kZ0", "{5cba1e3f-12}"}).empty()) << "RFC 7022";
  EXPECT_TRUE(warnings_of(call, {"sip:carol@example.com", ""}).empty());
  EXPECT_TRUE(warnings_of(call, {"@example.com", "sip:"}).empty());
}

// A phone that records itself.
TEST(ContradictingCnames, AreNoneThatAllStreamsHave) {
  EXPECT_TRUE(warnings_of(alice_then_bob(), {"sip:bob@192.0.2.20", "sip:bob@192.0.2.20"}).empty());
}

TEST(ContradictingCnames, AreNoneOfStreamsOfWhichTheMetadataDoesNotSayWhoSpeaks) {
  auto document = alice_then_bob();
  document.streams[0].participant.clear();
  EXPECT_TRUE(warnings_of(document, {"sip:bob@192.0.2.20", ""}).empty());
}

// A transfer that the metadata tells, and no new offer.
TEST(ContradictingCnames, AreNoneOfWhoSpokeThereBefore) {
  auto document = alice_then_bob();
  document.participants.push_back(document.participants[0]);
  document.participants[2].id = "c";
  document.participants[2].aor = "tel:+4930123456";
  document.streams[0].participant = "c";
  document.streams[0].speakers = {{"a", 0, 4000}, {"c", 4000}};
  EXPECT_TRUE(warnings_of(document, {"sip:alice@192.0.2.10", ""}).empty());
  EXPECT_TRUE(warnings_of(document, {"+4930123456@192.0.2.30", ""}).empty());
  EXPECT_EQ(warnings_of(document, {"", "+4930123456@192.0.2.30"}).size(), 1u);
}

TEST(ContradictingCnames, AreLookedForAmongAFewOfEachStream) {
  std::vector<std::string> known;
  for (int i = 0; i < 100; ++i) add_cnames(known, offer_of({std::to_string(i / 2)}), 0);
  EXPECT_EQ(known.size(), 16u);
  EXPECT_EQ(known[1], "1");
}

}  // namespace
}  // namespace srs::recording
