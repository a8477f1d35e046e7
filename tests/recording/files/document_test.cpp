#include <srs/recording/document.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <support/files.hpp>

#include <filesystem>
#include <regex>
#include <set>

namespace srs::recording {
namespace {

using ::testing::HasSubstr;

Document full_document() {
  Document document;
  document.recording_id = "20261122T100000-7";
  document.call_id = "a84b4c76e66710@pbx";
  document.state = State::Complete;
  document.end_reason = EndReason::NoMedia;
  document.started_at = *from_rfc3339("2026-11-22T10:00:00.125Z");
  document.ended_at = *from_rfc3339("2026-11-22T10:01:02.250Z");
  document.audio = AudioFormat{16000, 2};
  document.streams = {
      {"1",
       0,
       "p1",
       10000,
       {{0, "PCMU", 8000, 1, {}}, {101, "telephone-event", 8000, 1, "0-15"}},
       "PCMU",
       {1, 4294967295U},
       100,
       2,
       3,
       4,
       1.25,
       35,
       40,
       {{"#", 1200, 80}},
       {{"p0", 0, 1500}, {"p1", 1500, std::nullopt}},
       0,
       30'500,
       {{{96, "opus", 48000, 2, "useinbandfec=1"}, 9000}}},
      {"\xC3\xA9", 1, "", 10002, {}, "", {}, 0, 0, 0, 0, 0, std::nullopt, 0, {}, {}}};
  document.participants = {
      {"p1", "sip:zoe@example.org", "Zo\xC3\xAB", "metadata", from_rfc3339("2026-11-22T10:00:00Z"),
       from_rfc3339("2026-11-22T10:01:00Z")},
      {"p2", "", "", "sip", std::nullopt, std::nullopt}};
  document.session = {"192.0.2.1:5060",
                      "udp",
                      "OpenSIPS",
                      "<sip:a@b>",
                      "<sip:c@d>",
                      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                      "vendor=1",
                      {"cs1"},
                      {"g1"},
                      {"ab30317f1a784dc48ff824d0d3715d86"},
                      {{"UCID", "0001"}, {"UCID", "0002", "p1"}}};
  document.events = {{0, "answered", ""}, {1500, "hold", "stream 1"}};
  document.files = {{"audio.wav", "audio/wav", 123456789012, "ab12"},
                    {"capture.pcapng", "application/x-pcapng", 7, ""}};
  document.transcription = {"complete",
                            "",
                            "",
                            2,
                            9,
                            {{"openai", "whisper-1", 1, 60'000, 0.006, "USD"}},
                            {{"deepgram", "auth", *from_rfc3339("2026-11-22T10:02:00Z"), 3}},
                            from_rfc3339("2026-11-22T10:05:00Z")};
  document.transcription_waits = {"deepgram",
                                  "breaker",
                                  "left alone",
                                  *from_rfc3339("2026-11-22T10:03:00Z"),
                                  {{"deepgram", "server", document.started_at, 1}}};
  document.live_uses = {{"vosk", "", 2, 60'000, 0.01, "EUR"}};
  document.warnings = {"one", "two"};
  return document;
}

TEST(Document, ComesBackFromItsJson) {
  const auto text = to_json(full_document());
  const auto read = from_json(text);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(to_json(*read), text);
  EXPECT_EQ(read->streams[0].ssrcs[1], 4294967295U);
  EXPECT_EQ(read->streams[0].payloads[1].fmtp, "0-15");
  EXPECT_EQ(read->streams[0].dtmf[0].digit, "#");
  EXPECT_EQ(read->streams[0].speakers[0].to_ms, 1500);
  EXPECT_FALSE(read->streams[0].speakers[1].to_ms);
  EXPECT_FALSE(read->streams[1].first_packet_offset_ms);
  EXPECT_EQ(read->streams[0].opened_at_ms, 0);
  EXPECT_EQ(read->streams[0].closed_at_ms, 30'500);
  EXPECT_EQ(read->streams[0].former_payloads.at(0).payload.encoding, "opus");
  EXPECT_EQ(read->streams[0].former_payloads.at(0).until_ms, 9000);
  EXPECT_FALSE(read->streams[1].opened_at_ms) << "as earlier versions wrote it";
  EXPECT_EQ(read->session.extensions[1].value, "0002");
  EXPECT_EQ(read->session.extensions[1].owner, "p1");
  EXPECT_EQ(read->participants[0].left_at, full_document().participants[0].left_at);
  EXPECT_EQ(read->end_reason, EndReason::NoMedia);
  EXPECT_EQ(read->audio->sample_rate, 16000U);
  EXPECT_EQ(read->files[0].bytes, 123456789012U);
  EXPECT_EQ(read->transcription->incidents.at(0).times, 3U);
  EXPECT_EQ(read->transcription_waits->next_try_at,
            full_document().transcription_waits->next_try_at);
  EXPECT_EQ(read->transcription->delivered_at, full_document().transcription->delivered_at);
}

TEST(Document, SaysItsSchemaAndDurationAndKeepsTheOrderOfKeys) {
  const auto json = nlohmann::ordered_json::parse(to_json(full_document()));
  EXPECT_EQ(json.begin().key(), "schema");
  EXPECT_EQ(json["schema"], "siprec-recording/1");
  EXPECT_EQ(json["duration_ms"], 62125);
  EXPECT_EQ(json["end_reason"], "no_media");
  EXPECT_EQ(json["started_at"], "2026-11-22T10:00:00.125Z");
  EXPECT_EQ(json["streams"][0]["payloads"][0]["encoding"], "PCMU");
}

TEST(Document, OfACallThatRunsHasNoEnd) {
  Document document;
  const auto json = nlohmann::json::parse(to_json(document));
  EXPECT_EQ(json["state"], "recording");
  EXPECT_FALSE(json.contains("ended_at"));
  EXPECT_FALSE(json.contains("duration_ms"));
  EXPECT_FALSE(json.contains("end_reason"));
  EXPECT_TRUE(json["streams"].is_array());
  EXPECT_TRUE(json["warnings"].is_array());
}

// docs/recording-format.md marks arrays with `[]` and promises that they are never left out.
TEST(Document, HasEveryArrayOfTheFormatEvenWhereItIsEmpty) {
  Document document;
  document.streams.emplace_back();
  document.transcription.emplace();
  const auto json = nlohmann::json::parse(to_json(document));
  const auto page =
      srs::test::read_file(std::filesystem::path(SRS_SOURCE_DIR) / "docs/recording-format.md");
  const std::regex marked("`([a-z_]+)\\[\\]`");
  std::set<std::string> names;
  for (std::sregex_iterator at(page.begin(), page.end(), marked), end; at != end; ++at)
    names.insert((*at)[1]);
  EXPECT_GE(names.size(), 12U);
  for (const auto& name : names) {
    const auto& stream = json["streams"][0];
    const auto& session = json["session"];
    const auto* holder = &json;
    for (const auto* inner : {&stream, &session, &json["transcription"]})
      if (inner->contains(name)) holder = inner;
    EXPECT_TRUE(holder->contains(name) && holder->at(name).is_array()) << name;
  }
}

TEST(Document, IsUtf8WhateverTheNetworkSaid) {
  auto document = full_document();
  document.streams[0].label =
      "a\xFF\xFE"
      "b";
  document.participants[0].name = "\xC3";
  document.session.extensions[0].value = std::string("nul\0inside", 10);
  document.call_id = "quote\" back\\ line\n";
  const auto read = from_json(to_json(document));
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_THAT(read->streams[0].label, HasSubstr("\xEF\xBF\xBD"));
  EXPECT_EQ(read->participants[0].name, "\xEF\xBF\xBD");
  EXPECT_EQ(read->session.extensions[0].value.size(), 10U);
  EXPECT_EQ(read->call_id, document.call_id);
}

TEST(Document, IgnoresKeysThatItDoesNotKnowAndMissesNone) {
  const auto read =
      from_json(R"({"schema":"siprec-recording/1","state":"rendering","future":{"a":[1]},
                                  "streams":[{"label":"1","future":2,"codec":null}]})");
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->state, State::Rendering);
  EXPECT_EQ(read->streams.at(0).label, "1");
}

TEST(Document, NamesThePlaceOfAWrongType) {
  const auto error_of = [](const char* rest) {
    const auto read =
        from_json(std::string(R"({"schema":"siprec-recording/1","state":"failed",)") + rest + "}");
    return read ? std::string("no error") : read.error().text;
  };
  EXPECT_THAT(error_of(R"("streams":[{},{"local_port":70000}])"),
              HasSubstr("streams[1].local_port is not a whole number from 0 to 65535"));
  EXPECT_THAT(error_of(R"("streams":[{"payloads":[{"type":-1}]}])"),
              HasSubstr("streams[0].payloads[0].type"));
  EXPECT_THAT(error_of(R"("streams":{})"), HasSubstr("streams is not an array"));
  EXPECT_THAT(error_of(R"("warnings":[1])"), HasSubstr("warnings[0] is not a text"));
  EXPECT_THAT(error_of(R"("session":7)"), HasSubstr("session is not an object"));
  EXPECT_THAT(error_of(R"("started_at":"soon")"), HasSubstr("started_at is not a date"));
  EXPECT_THAT(error_of(R"("end_reason":"bored")"), HasSubstr("end_reason is not"));
  EXPECT_THAT(error_of(R"("call_id":5)"), HasSubstr("call_id is not a text"));
}

TEST(Document, RefusesOtherSchemasAndWhatIsNoJson) {
  EXPECT_THAT(from_json(R"({"schema":"siprec-recording/2"})").error().text,
              HasSubstr("siprec-recording/1"));
  EXPECT_THAT(from_json("{}").error().text, HasSubstr("schema"));
  EXPECT_THAT(from_json("[]").error().text, HasSubstr("the document is not an object"));
  EXPECT_THAT(from_json("{\"schema\":").error().text, HasSubstr("no JSON"));
  EXPECT_FALSE(from_json(std::string(100'000, '[')));
}

TEST(Document, WarnsOncePerSentenceAndAtMostAHundredTimes) {
  Document document;
  document.warn("a");
  document.warn("a");
  EXPECT_EQ(document.warnings.size(), 1U);
  for (int i = 0; i < 500; ++i) document.warn("warning " + std::to_string(i));
  ASSERT_EQ(document.warnings.size(), 100U);
  EXPECT_EQ(document.warnings.back(), "more warnings were left out");
}

TEST(EndReason, ComesBackFromItsText) {
  for (const auto reason :
       {EndReason::Bye, EndReason::Cancelled, EndReason::NoMedia, EndReason::Inactivity,
        EndReason::Expired, EndReason::MaxDuration, EndReason::MaxStreams, EndReason::Shutdown,
        EndReason::Crashed, EndReason::Failed}) {
    EXPECT_EQ(end_reason(to_string(reason)), reason);
  }
  EXPECT_EQ(to_string(EndReason::Expired), "session_expired");
  EXPECT_FALSE(end_reason("bored"));
}

}  // namespace
}  // namespace srs::recording
