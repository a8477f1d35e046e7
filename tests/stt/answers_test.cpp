// Answers whose text can be used though their segments, words or times can't.
#include "stt/providers/assemblyai.hpp"
#include "stt/providers/aws.hpp"
#include "stt/providers/azure.hpp"
#include "stt/providers/deepgram.hpp"
#include "stt/providers/elevenlabs.hpp"
#include "stt/providers/google.hpp"
#include "stt/providers/mapping.hpp"
#include "stt/providers/openai.hpp"
#include "stt/providers/speechmatics.hpp"

#include <gmock/gmock.h>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using Parse = Outcome<Answer> (*)(std::string_view);

Outcome<Answer> assemblyai_answer(std::string_view body) {
  auto answer = assemblyai::parse(body);
  if (!answer) return answer.error();
  return std::move(**answer);
}

Outcome<Answer> mapped(std::string_view body) {
  return parse_mapped(body, {});
}

// All that was said of a piece of ten seconds, as the transcript will have it.
std::string said(const Answer& answer) {
  std::string text;
  for (const auto& segment : answer.segments) {
    text += (text.empty() ? "" : " | ") + segment.text;
    EXPECT_GE(segment.start, 0s) << segment.text;
    EXPECT_GT(segment.end, segment.start) << segment.text;
    EXPECT_LE(segment.end, 10s) << segment.text;
  }
  return text;
}

struct Odd {
  const char* name;
  Parse parse;
  const char* body;
  bool whole = true;  // no time could be used: one segment, all of the piece
};

void PrintTo(const Odd& odd, std::ostream* out) {
  *out << odd.body;
}

class OddAnswer : public testing::TestWithParam<Odd> {};

TEST_P(OddAnswer, KeepsItsTextAndSaysWhatWasWrong) {
  auto answer = GetParam().parse(GetParam().body);
  ASSERT_TRUE(answer) << answer.error().text;
  mend(*answer, 1, 10s);
  EXPECT_EQ(said(*answer), "Hello there.");
  EXPECT_FALSE(answer->warnings.empty());
  if (!GetParam().whole) return;
  EXPECT_EQ(answer->segments.at(0).start, 0s);
  EXPECT_EQ(answer->segments.at(0).end, 10s);
}

constexpr Odd kOdd[] = {
    {"OpenAiSegmentsAreTexts", openai::parse, R"({"text":"Hello there.","segments":["a","b"]})"},
    {"OpenAiSegmentsHaveNoText", openai::parse,
     R"({"text":"Hello there.","segments":[{"start":0,"end":1},{"text":7}]})"},
    {"OpenAiSegmentsAreNoList", openai::parse, R"({"text":"Hello there.","segments":{"0":{}}})"},
    {"OpenAiOneSegmentHasNoText", openai::parse,
     R"({"text":"Hello there.","segments":[{"text":"Hello","start":0,"end":1},{"text":null}]})"},
    {"OpenAiTimesAreNone", openai::parse,
     R"({"text":"Hello there.","segments":[{"text":"Hello there.","start":"soon","end":-4}]})"},
    {"OpenAiWordsHaveNoTimes", openai::parse,
     R"({"text":"Hello there.","segments":[{"text":"Hello there.","start":null,"end":null}],)"
     R"("words":[{"word":"Hello"},{"word":"there"}]})"},
    {"OpenAiWordsAlone", openai::parse,
     R"({"segments":[],"words":[{"word":"Hello","start":[],"end":{}},{"word":"there.","end":-1}]})"},
    {"DeepgramUtterancesHaveNoText", deepgram::parse,
     R"({"results":{"utterances":[{"start":1,"end":2}],)"
     R"("channels":[{"alternatives":[{"transcript":"Hello there."}]}]}})"},
    {"DeepgramWordsHaveNoText", deepgram::parse,
     R"({"results":{"channels":[{"alternatives":[{"transcript":"Hello there.","words":[{"word":7}]}]}]}})"},
    {"DeepgramTimesAreNone", deepgram::parse,
     R"({"results":{"utterances":[{"transcript":"Hello there.","start":true,"end":"x","channel":0}],)"
     R"("channels":[{"alternatives":[{"transcript":"Hello there."}]}]}})"},
    {"GoogleTimesAreNone", google::parse,
     R"({"results":[{"alternatives":[{"transcript":"Hello there.",)"
     R"("words":[{"word":"Hello","startTime":"x","endTime":"y"}]}]}]})"},
    {"AzurePhrasesHaveNoText", azure::parse,
     R"({"combinedPhrases":[{"channel":0,"text":"Hello there."}],"phrases":[{"offsetMilliseconds":1}]})"},
    {"AzureTimesAreNone", azure::parse,
     R"({"combinedPhrases":[{"text":"Hello there."}],)"
     R"("phrases":[{"text":"Hello there.","offsetMilliseconds":"x","durationMilliseconds":-5}]})"},
    {"AwsItemsAreNone", aws::parse,
     R"({"results":{"transcripts":[{"transcript":"Hello there."}],"items":{"0":1}}})"},
    {"AwsItemsHaveNoContent", aws::parse,
     R"({"results":{"transcripts":[{"transcript":"Hello there."}],)"
     R"("items":[{"type":"pronunciation","alternatives":[{}]}]}})"},
    {"AwsTimesAreNone", aws::parse,
     R"({"results":{"transcripts":[{"transcript":"Hello there."}],"items":[)"
     R"({"type":"pronunciation","start_time":"-","end_time":"-","alternatives":[{"content":"Hello"}]},)"
     R"({"type":"pronunciation","start_time":"-","end_time":"-","alternatives":[{"content":"there"}]},)"
     R"({"type":"punctuation","alternatives":[{"content":"."}]}]}})"},
    {"AssemblyAiWordsAreNone", assemblyai_answer,
     R"({"status":"completed","text":"Hello there.","words":"none"})"},
    {"AssemblyAiWordsHaveNoText", assemblyai_answer,
     R"({"status":"completed","text":"Hello there.","words":[{"start":100,"end":200}]})"},
    {"SpeechmaticsTimesAreNone", speechmatics::parse,
     R"({"results":[{"type":"word","start_time":-1,"end_time":-1,"alternatives":[{"content":"Hello"}]},)"
     R"({"type":"word","alternatives":[{"content":"there."}]}]})"},
    {"ElevenLabsWordsHaveNoText", elevenlabs::parse,
     R"({"text":"Hello there.","words":[{"type":"word","start":0,"end":1}]})"},
    {"ElevenLabsTimesAreNone", elevenlabs::parse,
     R"({"text":"Hello there.","words":[{"type":"word","text":"Hello","start":"x"},)"
     R"({"type":"word","text":"there.","start":null}]})"},
    {"MappedSegmentsHaveNoText", mapped,
     R"({"text":"Hello there.","segments":[{"start":1,"end":2},7]})"},
    {"MappedSegmentsAreNoList", mapped, R"({"text":"Hello there.","segments":7})"},
    {"MappedTimesAreNone", mapped,
     R"({"segments":[{"text":"Hello there.","start":"x","end":"y"}]})"},
    {"MappedWordsHaveNoText", mapped, R"({"text":"Hello there.","words":[{"start":1,"end":2}]})"},
    {"WordLinesHaveOddTimes", parse_word_lines, "Hello 5 4\nthere. -1 -1\n"},
    {"AWordHasNoTime", parse_word_lines, "Hello 1 2\nthere. -1 -1\n", false},
};

INSTANTIATE_TEST_SUITE_P(OfProviders, OddAnswer, testing::ValuesIn(kOdd),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Answers, TellNothingWhereOnlyTextWasAskedFor) {
  for (auto answer : {*openai::parse(R"({"text":"Hello there."})"),
                      *openai::parse(R"({"text":"Hello there.","segments":[]})"),
                      *mapped(R"({"text":"Hello there."})")}) {
    mend(answer, 1, 10s);
    EXPECT_EQ(said(answer), "Hello there.");
    EXPECT_TRUE(answer.warnings.empty()) << answer.warnings.front();
  }
}

TEST(Answers, KeepTheTextOfAChannelThatNoUtteranceTellsOf) {
  auto answer = deepgram::parse(
      R"({"results":{"utterances":[{"transcript":"Hello.","start":1,"end":2,"channel":0}],"channels":[)"
      R"({"alternatives":[{"transcript":"Hello."}]},{"alternatives":[{"transcript":"There."}]}]}})");
  ASSERT_TRUE(answer);
  mend(*answer, 2, 10s);
  ASSERT_EQ(answer->segments.size(), 2U);
  EXPECT_EQ(answer->segments[0].text, "There.");
  EXPECT_EQ(answer->segments[0].channel, 1U);
  EXPECT_EQ(answer->segments[1].start, 1s);
}

}  // namespace
}  // namespace srs::stt::test
