#include "stt/heard.hpp"

#include <srs/stt/transcript.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace srs::stt {
namespace {

using namespace std::chrono_literals;
using test::part;
using test::said;
using test::texts;
using test::word;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

Transcript sample() {
  Transcript transcript;
  transcript.recording_id = "rec-1";
  transcript.duration = 65s;
  transcript.channels = {{0, "96", "p1", "Alice"}, {1, "97", "", ""}};
  Segment a;
  a.start = 1s;
  a.end = 2500ms;
  a.text = "Good morning.";
  a.words = {{"Good", 1s, 1500ms, 0.98765}, {"morning.", 1500ms, 2500ms, std::nullopt}};
  a.language = "en";
  a.provider = "openai";
  a.model = "whisper-1";
  Segment b;
  b.channel = 1;
  b.start = 62s;
  b.end = 63s;
  b.text = "A < B & C\nnext";
  b.provider = "openai";
  transcript.segments = {a, b};
  transcript.uses = {{"openai", "whisper-1", 2, 130s, 0.013, "USD"}};
  transcript.redactions = {{"card", 0, 1s, 2s}};
  transcript.warnings = {"odd"};
  return transcript;
}

TEST(Transcript, IsWrittenAsItsDocumentSays) {
  const auto json = nlohmann::json::parse(to_json(sample()));
  EXPECT_EQ(json["schema"], "siprec-transcript/1");
  EXPECT_EQ(json["recording_id"], "rec-1");
  EXPECT_EQ(json["duration_ms"], 65000);
  const auto& segment = json["segments"][0];
  EXPECT_EQ(segment["channel"], 0);
  EXPECT_EQ(segment["participant"], "p1");
  EXPECT_EQ(segment["start_ms"], 1000);
  EXPECT_EQ(segment["end_ms"], 2500);
  EXPECT_EQ(segment["language"], "en");
  EXPECT_EQ(segment["provider"], "openai");
  EXPECT_EQ(segment["model"], "whisper-1");
  EXPECT_FALSE(json["segments"][1].contains("model"));
  EXPECT_EQ(segment["words"][0]["confidence"], 0.9877);
  EXPECT_FALSE(segment["words"][1].contains("confidence"));
  EXPECT_EQ(json["uses"][0]["cost"], 0.013);
  EXPECT_EQ(json["uses"][0]["currency"], "USD");
  EXPECT_EQ(json["redactions"][0]["rule"], "card");
}

TEST(Transcript, IsReadBackAsItWasWritten) {
  const auto text = to_json(sample());
  const auto read = from_json(text);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(to_json(*read), text);
}

TEST(Transcript, ThatIsNoneIsAnError) {
  for (const auto* text : {"", "{", "[]", "{}", R"({"schema":"siprec-transcript/2"})",
                           R"({"schema":"siprec-transcript/1","segments":{}})"})
    EXPECT_FALSE(from_json(text)) << text;
}

TEST(Transcript, WithBytesThatAreNoTextIsStillJson) {
  auto transcript = sample();
  transcript.segments[0].text = "caf\xE9";
  EXPECT_EQ(nlohmann::json::parse(to_json(transcript))["segments"][0]["text"], "caf\uFFFD");
}

TEST(Vtt, NamesSpeakersAndEscapesMarkup) {
  EXPECT_EQ(to_vtt(sample()),
            "WEBVTT\n"
            "\n1\n00:00:01.000 --> 00:00:02.500\n<v Alice>Good morning.\n"
            "\n2\n00:01:02.000 --> 00:01:03.000\n<v Channel 2>A &lt; B &amp; C next\n");
}

TEST(Vtt, NeverLetsACueEndBeforeItBegins) {
  auto transcript = sample();
  transcript.segments[0].end = transcript.segments[0].start;
  EXPECT_THAT(to_vtt(transcript), HasSubstr("00:00:01.000 --> 00:00:01.001"));
}

TEST(DialogueText, ReadsLikeADialogue) {
  EXPECT_EQ(to_text(sample()),
            "[00:00:01] Alice: Good morning.\n[00:01:02] Channel 2: A < B & C next\n");
}

const std::vector<Piece> kTwo = test::two_pieces();

// Alice hands the call over to Bob after 12 s.
TEST(Transcript, GivesASegmentToTheOneInWhoseTimeItsMiddleIs) {
  auto transcript = sample();
  transcript.channels = {{0, "96", "p2", "Bob", {{0s, "p1", "Alice"}, {12s, "p2", ""}}}};
  transcript.segments = {said({word("before", 11s, 12900ms)}), said({word("after", 11500ms, 13s)})};
  const auto json = nlohmann::json::parse(to_json(transcript));
  EXPECT_EQ(json["segments"][0]["participant"], "p1");
  EXPECT_EQ(json["segments"][1]["participant"], "p2");
  EXPECT_EQ(json["channels"][0]["speakers"][0]["name"], "Alice");
  EXPECT_EQ(json["channels"][0]["speakers"][1]["from_ms"], 12000);
  EXPECT_EQ(to_text(transcript), "[00:00:11] Alice: before\n[00:00:11] p2: after\n");
  EXPECT_THAT(to_vtt(transcript), HasSubstr("<v p2>after"));
  const auto read = from_json(to_json(transcript));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(transcript));
}

TEST(Stitch, PutsPiecesOnTheRecordingsTimeline) {
  const auto segments = stitch(
      kTwo, {part(1, {said({word("later", 2s, 3s)})}), part(0, {said({word("first", 1s, 2s)})})});
  ASSERT_THAT(texts(segments), ElementsAre("first", "later"));
  EXPECT_EQ(segments[0].start, 1s);
  EXPECT_EQ(segments[1].start, 11500ms);
  EXPECT_EQ(segments[1].words[0].end, 12500ms);
}

TEST(Stitch, KeepsEachWordOfTheOverlapOnce) {
  const auto segments =
      stitch(kTwo, {part(0, {said({word("one", 9s, 9400ms), word("two", 9600ms, 9900ms),
                                   word("three", 10100ms, 10400ms)})}),
                    part(1, {said({word("two", 100ms, 400ms), word("three", 600ms, 900ms),
                                   word("four", 1s, 1300ms)})})});
  EXPECT_THAT(texts(segments), ElementsAre("one two", "three four"));
}

TEST(Stitch, KeepsAWordOnTheCutOnceThoughBothPiecesClaimIt) {
  const auto segments =
      stitch(kTwo, {part(0, {said({word("cut", 9800ms, 10100ms)})}),
                    part(1, {said({word("Cut", 450ms, 700ms), word("on", 800ms, 1s)})})});
  EXPECT_THAT(texts(segments), ElementsAre("cut", "on"));
}

TEST(Stitch, SortsChannelsByTime) {
  const std::vector<Piece> pieces = {{{0}, 0s, 20s, 0s, 20s, false},
                                     {{1}, 0s, 20s, 0s, 20s, false}};
  const auto segments =
      stitch(pieces, {part(0, {said({word("hello", 1s, 2s)}), said({word("fine", 9s, 10s)})}),
                      part(1, {said({word("and", 5s, 6s)})})});
  ASSERT_THAT(texts(segments), ElementsAre("hello", "and", "fine"));
  EXPECT_EQ(segments[1].channel, 1U);
}

TEST(Stitch, MapsAPiecesChannelsToTheRecordings) {
  const std::vector<Piece> pieces = {{{3, 5}, 0s, 20s, 0s, 20s, false}};
  const auto segments = stitch(pieces, {part(0, {said({word("five", 1s, 2s)}, 1)})});
  ASSERT_EQ(segments.size(), 1U);
  EXPECT_EQ(segments[0].channel, 5U);
}

TEST(Uses, AddUpByProviderAndModel) {
  auto one = part(0, {}), two = part(1, {}), silent = part(1, {});
  one.cost = 0.25;
  two.cost = 0.5;
  silent.provider.clear();
  const auto uses = sum_up(kTwo, {one, two, silent});
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].requests, 2U);
  EXPECT_EQ(uses[0].audio, 21s);
  EXPECT_DOUBLE_EQ(uses[0].cost, 0.75);
}

TEST(Mend, MovesTimesIntoTheAudioAndSaysSo) {
  Answer answer;
  auto segment = said({word("far", 5s, 700s), word("back", 1s, 2s)});
  segment.start = 4s;
  segment.end = 1s;
  answer.segments = {segment};
  mend(answer, 1, 10s);
  ASSERT_EQ(answer.segments.size(), 1U);
  const auto& mended = answer.segments[0];
  EXPECT_LE(mended.start, mended.end);
  EXPECT_LE(mended.end, Millis(10s));
  for (const auto& w : mended.words) {
    EXPECT_LE(w.start, w.end);
    EXPECT_LE(w.end, Millis(10s));
  }
  EXPECT_LE(mended.words[0].start, mended.words[1].start);
  EXPECT_EQ(answer.warnings.size(), 1U);
}

TEST(Mend, LeavesGoodAnswersAlone) {
  Answer answer;
  answer.segments = {said({word("good", 1s, 2s)})};
  mend(answer, 1, 10s);
  EXPECT_TRUE(answer.warnings.empty());
  EXPECT_EQ(answer.segments[0].start, 1s);
}

TEST(Mend, GivesTextWithoutTimesThePiecesOwn) {
  Answer answer;
  answer.segments.resize(1);
  answer.segments[0].text = " all of it ";
  mend(answer, 1, 10s);
  EXPECT_EQ(answer.segments[0].text, "all of it");
  EXPECT_EQ(answer.segments[0].end, 10s);
  EXPECT_TRUE(answer.warnings.empty());
}

TEST(Mend, LosesNoTextForItsTimes) {
  Answer answer;
  answer.segments.resize(3);
  answer.segments[0].words = {word("never", 0ms, 0ms), word("timed", -1ms, -1ms)};
  answer.segments[1].words = {word("before", -1ms, -1ms), word("here", 4s, 5s),
                              word("after", 700s, 800s), word("zero", 0ms, 0ms)};
  answer.segments[2].words = {word("nowhere", 800s, 900s)};
  answer.segments[2].start = 800s;
  mend(answer, 1, 10s);
  ASSERT_EQ(answer.segments.size(), 3U);
  EXPECT_THAT(texts(answer.segments),
              UnorderedElementsAre("never timed", "before here after zero", "nowhere"));
  for (const auto& segment : answer.segments) {
    if (segment.text.starts_with("before")) {
      for (const auto& w : segment.words) EXPECT_EQ(w.start, Millis(4s)) << w.text;
      continue;
    }
    EXPECT_TRUE(segment.words.empty()) << segment.text;
    EXPECT_EQ(segment.start, Millis(0)) << segment.text;
    EXPECT_EQ(segment.end, Millis(10s)) << segment.text;
  }
  EXPECT_EQ(answer.warnings.size(), 1U);
}

TEST(Mend, KeepsWordsWithoutTimesOfEveryPiece) {
  std::vector<Part> parts = {part(0, {said({word("one", 0ms, 0ms)})}),
                             part(1, {said({word("two", 0ms, 0ms)})})};
  for (auto& heard : parts) mend(heard.answer, 1, kTwo[heard.number].length());
  EXPECT_THAT(texts(stitch(kTwo, parts)), ElementsAre("one", "two"))
      << "where a piece begins is its neighbour's";
}

TEST(Mend, GivesTextOfAWrongChannelToTheOneThatWasSent) {
  Answer answer;
  answer.segments = {said({word("here", 1s, 2s)}, 7)};
  mend(answer, 1, 10s);
  ASSERT_EQ(answer.segments.size(), 1U);
  EXPECT_EQ(answer.segments[0].channel, 0U);
  EXPECT_EQ(answer.warnings.size(), 1U);
}

TEST(Mend, DropsChannelsThatWereNotSentAndConfidencesThatAreNone) {
  Answer answer;
  auto other = said({word("other", 1s, 2s)}, 7);
  auto here = said({word("here", 1s, 2s)});
  here.words[0].confidence = 17;
  answer.segments = {other, here};
  mend(answer, 2, 10s);
  ASSERT_EQ(answer.segments.size(), 1U);
  EXPECT_FALSE(answer.segments[0].words[0].confidence);
  EXPECT_EQ(answer.warnings.size(), 2U);
}

}  // namespace
}  // namespace srs::stt
