// What a job leaves of numbers that must not be kept.
#include "stt/scripted_provider.hpp"

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

}  // namespace
}  // namespace srs::stt::test
