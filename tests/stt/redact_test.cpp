#include "stt/redact.hpp"

#include "stt/answer.hpp"
#include "stt/audio.hpp"
#include "stt/sound.hpp"

#include <gmock/gmock.h>
#include <support/audio.hpp>
#include <support/temp_dir.hpp>

namespace srs::stt {
namespace {

using namespace std::chrono_literals;

std::string redacted(const std::string& rule, std::string_view text) {
  return Redactor({rule}).redact(text);
}

TEST(Redactor, TakesOutCardNumbersHoweverTheyAreWritten) {
  for (const auto* text : {"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111",
                           "4, 1, 1, 1, 1111 1111 1111", "378282246310005", "4222222222222",
                           "4111/1111/1111/1111", "4111–1111–1111–1111"})
    EXPECT_EQ(redacted("card", std::string("my card ") + text + " thanks"), "my card [card] thanks")
        << text;
}

TEST(Redactor, TakesOutSpokenCardNumbers) {
  EXPECT_EQ(redacted("card",
                     "it is four one one one one one one one One one one one one one one one. Yes"),
            "it is [card]. Yes");
}

TEST(InterimText, ShowsNoDigitOfANumberThatMayStillBecomeOne) {
  const auto shown = [](const std::string& text) {
    Segment segment;
    segment.text = text;
    hide_numbers(segment);
    return segment.text;
  };
  EXPECT_EQ(shown("my card is 4111 11"), "my card is [...]");
  EXPECT_EQ(shown("my card is four one, one"), "my card is [...]");
  EXPECT_EQ(shown("Four-one 1 and 2 more"), "[...] and [...] more");
  EXPECT_EQ(shown("iban DE89 3704, at 4111\xC2\xA0"
                  "11"),
            "iban [...] at [...]");
  EXPECT_EQ(shown("write to alice@exa"), "write to [...]");
  EXPECT_EQ(shown("رقم ٤١ شكرا"), "رقم [...] شكرا");
  EXPECT_EQ(shown("कार्ड ४१ है ４１"), "कार्ड [...] है [...]");
  EXPECT_EQ(shown("  someone  phoned\n"), "someone phoned");
  EXPECT_EQ(shown(""), "");
}

TEST(InterimText, ShowsNoneInItsWordsEither) {
  Segment segment;
  segment.text = "is 4111";
  segment.words = {{"is", 0ms, 1ms, {}}, {"4111", 1ms, 2ms, {}}, {"one", 2ms, 3ms, {}}};
  hide_numbers(segment);
  EXPECT_EQ(segment.words[0].text, "is");
  EXPECT_EQ(segment.words[1].text, "[...]");
  EXPECT_EQ(segment.words[2].text, "[...]");
}

TEST(Redactor, KnowsDigitsOfAllScripts) {
  EXPECT_EQ(redacted("card", "رقم ٤١١١ ١١١١ ١١١١ ١١١١ شكرا"), "رقم [card] شكرا");
  EXPECT_EQ(redacted("card", "कार्ड ४१११-१११११११११११ १ है"), "कार्ड [card] है");
  EXPECT_EQ(redacted("card", "卡号４１１１　１１１１　１１１１　１１１１。"), "卡号[card]。");
  EXPECT_EQ(redacted("card", "۴۱۱۱ 1111 ۱۱۱۱ 1111, 𝟜"), "[card], 𝟜");
  EXPECT_EQ(redacted("digits", "১২৩৪৫৬ and ١٢٣"), "[digits] and ١٢٣");
  EXPECT_EQ(redacted("us_ssn", "٠٧٨-٠٥-١١٢٠"), "[us_ssn]");
  EXPECT_EQ(redacted("iban", "DE８９ ３７０４ ００４４ ０５３２ ０１３０ ００"), "[iban]");
  EXPECT_EQ(redacted("contract=K-[0-9]{5}", "k-١٢٣٤٥ K-12345"), "[contract] [contract]");
  EXPECT_EQ(redacted("five=٥", "٤٥5"), "٤[five]5") << "an expression's own digits";
  EXPECT_EQ(redacted("card", "\xD9\xA4 \xD9 \xF0\x9D\x9F \xFF"), "\xD9\xA4 \xD9 \xF0\x9D\x9F \xFF");
}

TEST(Redactor, LeavesNumbersThatAreNoCards) {
  for (const auto* text :
       {"4111111111111112", "call 0170 1234567", "0000000000000000", "411111111111"})
    EXPECT_EQ(redacted("card", text), text);
}

TEST(Redactor, FindsACardAmongMoreDigits) {
  for (const auto* text : {"12 4111111111111111", "order 7, 4111111111111111, room 5"})
    EXPECT_EQ(redacted("card", text).find("4111111111111"), std::string::npos) << text;
}

TEST(Redactor, KnowsEmailIdentifiersAndAccounts) {
  EXPECT_EQ(redacted("email", "write to jo.do+x@mail.example.com, please"),
            "write to [email], please");
  EXPECT_EQ(redacted("email", "@home and a@b"), "@home and a@b");
  EXPECT_EQ(redacted("us_ssn", "mine is 078-05-1120."), "mine is [us_ssn].");
  EXPECT_EQ(redacted("us_ssn", "000-12-3456 and 666-12-3456 and 078-00-1120"),
            "000-12-3456 and 666-12-3456 and 078-00-1120");
  EXPECT_EQ(redacted("uk_nino", "it's QQ 12 34 56 C or AB123456C"),
            "it's QQ 12 34 56 C or [uk_nino]");
  EXPECT_EQ(redacted("iban", "to DE89 3704 0044 0532 0130 00 now"), "to [iban] now");
  EXPECT_EQ(redacted("digits", "room 12345; pin 123456"), "room 12345; pin [digits]");
}

TEST(Redactor, FindsASocialSecurityNumberAmongOtherDigits) {
  const std::pair<std::string, std::string> cases[] = {
      {"078 05 1120, one moment", "[us_ssn], one moment"},
      {"078-05-1120 one moment", "[us_ssn] one moment"},
      {"zero seven eight zero five one one two zero, one moment", "[us_ssn], one moment"},
      {"order 5, 078051120, room 7", "order 5, [us_ssn], room 7"},
      {"5 078-05-1120", "5 [us_ssn]"},
      {"078/05/1120", "[us_ssn]"},
      {"078–05–1120", "[us_ssn]"},
      {"call 555 123 4567", "call 555 123 4567"},
      {"4111 1111 1111 1111", "4111 1111 1111 1111"},
      {"on 11/22/2026 at 10", "on 11/22/2026 at 10"}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(redacted("us_ssn", text), expected);
  EXPECT_EQ(redacted("digits", "on 11/22/2026"), "on 11/22/2026");
}

TEST(Redactor, TakesRulesOfTheOperator) {
  EXPECT_EQ(redacted("contract=K-[0-9]{5}", "about k-12345 again"), "about [contract] again");
  EXPECT_EQ(check_redaction_rule("contract=K-[0-9]{5}"), "");
  EXPECT_NE(check_redaction_rule("contract=K-[0-9"), "");
  EXPECT_NE(check_redaction_rule("cards"), "");
  EXPECT_NE(check_redaction_rule("a b=x"), "");
}

TEST(Redactor, TakesAWholeCardWhereDigitsBeforeItPassWithItsFirstOnes) {
  const std::string card = "four one one one one one one one one one one one one one one one";
  EXPECT_EQ(redacted("card", "two two two two two " + card + " thanks"),
            "two two two [card] thanks");
}

TEST(Redactor, StandsTextsThatDriveExpressionsMad) {
  const std::string text(4'000, 'a');
  const auto out = redacted("evil=(a|aa)+b", text);
  EXPECT_LE(out.size(), text.size());
  redacted("card", std::string(300'000, '9'));
  redacted("card", text + "9 9 9 9 9 9");
}

Segment segment(std::vector<Word> words, unsigned channel = 0) {
  Segment out;
  out.channel = channel;
  out.start = words.front().start;
  out.end = words.back().end;
  for (const auto& word : words) out.text += (out.text.empty() ? "" : " ") + word.text;
  out.words = std::move(words);
  return out;
}

Word word(std::string text, Millis start) {
  return {std::move(text), start, start + 400ms, std::nullopt};
}

TEST(Redactor, FollowsANumberFromOneSegmentToTheNext) {
  Transcript transcript;
  transcript.segments = {segment({word("card", 1s), word("4111", 2s), word("1111", 3s)}),
                         segment({word("hello", 3s)}, 1),
                         segment({word("1111", 8s), word("1111", 9s), word("right", 10s)})};
  Redactor({"card"}).redact(transcript);
  ASSERT_EQ(transcript.segments.size(), 3U);
  EXPECT_EQ(transcript.segments[0].text, "card [card]");
  EXPECT_EQ(transcript.segments[1].text, "hello");
  EXPECT_EQ(transcript.segments[2].text, "right");
  ASSERT_EQ(transcript.redactions.size(), 1U);
  EXPECT_EQ(transcript.redactions[0].start, 2s);
  EXPECT_EQ(transcript.redactions[0].end, 9400ms);
  ASSERT_EQ(transcript.segments[0].words.size(), 2U);
  EXPECT_EQ(transcript.segments[0].words[1].start, 2s);
  EXPECT_EQ(transcript.segments[0].words[1].end, 3400ms) << "as long as what it stands for";
  EXPECT_EQ(to_json(transcript).find("1111"), std::string::npos);
}

TEST(Redactor, TakesOutWhatStandsInTheTextAlone) {
  Transcript transcript;
  auto said = segment({word("um", 1s), word("yes", 2s)});
  said.text = "4111111111111111, yes";
  transcript.segments = {said};
  Redactor({"card"}).redact(transcript);
  EXPECT_EQ(transcript.segments[0].text, "[card], yes");
  EXPECT_TRUE(transcript.segments[0].words.empty());
  EXPECT_EQ(transcript.redactions.size(), 1U);
}

// Nobody knows where in it the number was said.
TEST(Redactor, TakesTheWholeSegmentForThePlaceWhereItHasNoWords) {
  Transcript transcript;
  Segment said;
  said.start = 10s;
  said.end = 20s;
  said.text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 4111111111111111";
  transcript.segments = {said};
  EXPECT_EQ(Redactor({"card"}).redact(transcript).size(), 1U);
  EXPECT_EQ(transcript.segments[0].text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa [card]");
  ASSERT_EQ(transcript.redactions.size(), 1U);
  EXPECT_EQ(transcript.redactions[0].start, 10s);
  EXPECT_EQ(transcript.redactions[0].end, 20s);
  EXPECT_TRUE(transcript.segments[0].words.empty());
  ASSERT_EQ(transcript.warnings.size(), 1U);
  EXPECT_THAT(transcript.warnings[0], testing::HasSubstr("1 places"));
}

TEST(Redactor, TakesTheWholeSegmentForThePlaceWhereItsWordsHaveNoTimes) {
  Transcript transcript;
  auto said = segment({word("card", 1s), word("4111", 2s), word("1111", 3s), word("1111", 4s),
                       word("1111", 5s), word("right", 6s)});
  said.words[2].end = said.words[2].start;
  transcript.segments = {said};
  EXPECT_EQ(Redactor({"card"}).redact(transcript).size(), 1U);
  ASSERT_EQ(transcript.redactions.size(), 1U);
  EXPECT_EQ(transcript.redactions[0].start, 1s);
  EXPECT_EQ(transcript.redactions[0].end, 6400ms);
  EXPECT_EQ(transcript.segments[0].text, "card [card] right");
}

TEST(Redactor, TakesTheWholeSegmentForThePlaceWhereItsWordsLieElsewhere) {
  Transcript transcript;
  auto said = segment({word("4111111111111111", 9s)});
  said.start = 1s;
  said.end = 3s;
  transcript.segments = {said};
  EXPECT_EQ(Redactor({"card"}).redact(transcript).size(), 1U);
  EXPECT_EQ(transcript.redactions[0].start, 1s);
  EXPECT_EQ(transcript.redactions[0].end, 9400ms) << "both, for one of them is right";
}

TEST(RedactedAudio, IsSilentAtThePlacesAndTheSameElsewhere) {
  const srs::test::TempDir directory;
  const auto from = test::write_wav(directory / "audio.wav", {test::tone(3), test::tone(3, 700)});
  const auto to = directory / "audio.redacted.wav";
  ASSERT_TRUE(redact_audio(from, to, {{"card", 1, 1s, 2s}}, false));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(to).permissions() & perms::others_all, perms::none);
  const auto before = srs::test::read_wav(from);
  const auto after = srs::test::read_wav(to);
  ASSERT_EQ(after.frames(), before.frames());
  EXPECT_EQ(after.channels[0], before.channels[0]);
  const std::span<const std::int16_t> channel(after.channels[1]);
  EXPECT_EQ(srs::test::loudness(channel.subspan(8000, 8000)), 0);
  EXPECT_GT(srs::test::loudness(channel.subspan(0, 8000)), 1000);
  EXPECT_TRUE(
      std::equal(channel.begin() + 16000, channel.end(), before.channels[1].begin() + 16000));
  // Plain PCM (format tag 1) right at the start, as audio.wav is: readers that know no more take
  // it.
  EXPECT_EQ(srs::test::read_file(to).substr(0, 22), srs::test::read_file(from).substr(0, 22));
}

TEST(RedactedAudio, MayBeATone) {
  const srs::test::TempDir directory;
  const auto from = test::write_wav(directory / "audio.wav", {test::silence(2)});
  const auto to = directory / "audio.redacted.wav";
  ASSERT_TRUE(redact_audio(from, to, {{"card", 0, 500ms, 1s}}, true));
  const auto after = srs::test::read_wav(to);
  const std::span<const std::int16_t> channel(after.channels[0]);
  EXPECT_GT(srs::test::loudness(channel.subspan(4000, 4000)), 1000);
  EXPECT_EQ(srs::test::loudness(channel.subspan(0, 4000)), 0);
}

}  // namespace
}  // namespace srs::stt
