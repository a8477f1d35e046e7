// What a job leaves of numbers that must not be kept: in its files and in the sound.
#include "stt/scripted_provider.hpp"

#include <support/audio.hpp>

#include <span>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// Two pieces that overlap by a second, and what was heard in each, without times.
class RedactedSeam : public PoolTest {
 protected:
  std::string text_of(const std::string& first, const std::string& second) {
    Provider provider({Reply{200, nlohmann::json{{"text", first}}.dump()},
                       Reply{200, nlohmann::json{{"text", second}}.dump()}});
    options.openai.url = provider.url();
    options.piece = {.length = 4s, .overlap = 1s};
    options.redaction.rules = {"card"};
    start();
    const auto job = recording("rec-" + std::to_string(++jobs_), {tone(6)});
    pool->submit(job);
    EXPECT_TRUE(run_until_ended(finished.size() + 1));
    EXPECT_EQ(provider.count(), 2U);
    return srs::test::read_file(job.directory / kTextFile);
  }

 private:
  int jobs_ = 0;
};

TEST_F(RedactedSeam, ShowsNoCardThatLiesAcrossItWhereWordsHaveNoTimes) {
  const auto text = text_of("my card is 4539 1488 0343", "0343 6467 thanks");
  EXPECT_THAT(text, HasSubstr("my card is [card]"));
  EXPECT_THAT(text, HasSubstr(" thanks"));
  EXPECT_THAT(text, Not(HasSubstr("6467")));
}

TEST_F(RedactedSeam, ShowsNoCardWhoseDigitsAreAllTheSame) {
  const auto text = text_of("my card is 4111 1111 1111", "1111 1111 thanks");
  EXPECT_THAT(text, HasSubstr("my card is [card]"));
  EXPECT_THAT(text, Not(HasSubstr("111")));
}

TEST_F(RedactedSeam, ShowsNoCardThatIsGroupedOtherwiseOnItsOtherSide) {
  const auto text = text_of("my card is four five three nine 14 88", "1488 0343 6467 thanks");
  EXPECT_THAT(text, HasSubstr("my card is [card]"));
  EXPECT_THAT(text, Not(HasSubstr("6467")));
}

TEST_F(RedactedSeam, ShowsNoCardOfWhichNothingWasHeardTwice) {
  const auto text = text_of("my card is 4539 1488", "0343 6467 thanks");
  EXPECT_THAT(text, HasSubstr("my card is [card]"));
  EXPECT_THAT(text, Not(HasSubstr("6467")));
}

// Where a word begins and ends is said within a tenth of a second or so.
TEST_F(PoolTest, SilencesTheEdgesOfWhatIsTakenOutToo) {
  Provider provider({Reply{
      200,
      R"({"segments":[{"start":1.0,"end":3.0,"text":"4539148803436467 yes"}],"words":[)"
      R"({"word":"4539148803436467","start":1.0,"end":2.0},{"word":"yes","start":2.5,"end":3.0}]})"}});
  options.openai.url = provider.url();
  options.redaction.rules = {"card"};
  options.redaction.audio = "silence";
  start();
  const auto job = recording("rec-1", {tone(4)});
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  const auto place = transcript(job)["redactions"][0];
  EXPECT_EQ(place["start_ms"], 800);
  EXPECT_EQ(place["end_ms"], 2200);
  const auto audio = srs::test::read_wav(job.directory / kRedactedAudioFile);
  const std::span<const std::int16_t> samples(audio.channels[0]);
  EXPECT_EQ(srs::test::loudness(samples.subspan(6400, 11'200)), 0);
  EXPECT_GT(srs::test::loudness(samples.subspan(0, 6400)), 1000);
  EXPECT_GT(srs::test::loudness(samples.subspan(17'600, 2000)), 1000);
}

TEST_F(PoolTest, SilencesNothingBeyondTheRecording) {
  Provider provider(
      {Reply{200, R"({"segments":[{"start":0.1,"end":0.9,"text":"4539148803436467",)"
                  R"("words":[{"word":"4539148803436467","start":0.1,"end":0.9}]}]})"}});
  options.openai.url = provider.url();
  options.redaction.rules = {"card"};
  start();
  const auto job = recording("rec-1", {tone(1)});
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  const auto place = transcript(job)["redactions"][0];
  EXPECT_EQ(place["start_ms"], 0);
  EXPECT_EQ(place["end_ms"], 1000);
}

}  // namespace
}  // namespace srs::stt::test
