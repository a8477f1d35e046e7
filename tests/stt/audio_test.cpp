#include "stt/audio.hpp"

#include "stt/sound.hpp"

#include <gmock/gmock.h>
#include <support/audio.hpp>
#include <support/temp_dir.hpp>

namespace srs::stt {
namespace {

using namespace std::chrono_literals;
using test::silence;
using test::tone;
using test::operator+;

class AudioTest : public testing::Test {
 protected:
  std::vector<Piece> plan(const std::vector<test::Samples>& channels, bool together = false) {
    test::write_wav(path, channels);
    std::vector<unsigned> numbers;
    for (unsigned i = 0; i < channels.size(); ++i) numbers.push_back(i);
    auto pieces = plan_pieces(path, numbers, options, together);
    EXPECT_TRUE(pieces) << pieces.error().text;
    return pieces ? *pieces : std::vector<Piece>();
  }
  srs::test::TempDir directory;
  const std::filesystem::path path = directory / "audio.wav";
  PieceOptions options{.length = 10s, .overlap = 1s, .silence_db = -60};
};

TEST_F(AudioTest, IsSentWholeWhereItIsShort) {
  const auto pieces = plan({tone(9)});
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].begin, 0s);
  EXPECT_EQ(pieces[0].end, 9s);
}

TEST_F(AudioTest, IsCutWhereItIsQuietest) {
  const auto pieces = plan({tone(8) + silence(0.4) + tone(7)});
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_GE(pieces[0].to, 8s);
  EXPECT_LE(pieces[0].to, 8400ms);
  EXPECT_EQ(pieces[1].from, pieces[0].to);
  EXPECT_EQ(pieces[0].end, pieces[0].to + 500ms);
  EXPECT_EQ(pieces[1].begin, pieces[0].to - 500ms);
  EXPECT_EQ(pieces[1].end, 15400ms);
}

TEST_F(AudioTest, IsCutEvenWhereNobodyEverPauses) {
  const auto pieces = plan({tone(35)});
  ASSERT_GE(pieces.size(), 4U);
  Millis at{0};
  for (const auto& piece : pieces) {
    EXPECT_EQ(piece.from, at);
    EXPECT_LE(piece.length(), 11s);
    at = piece.to;
  }
  EXPECT_EQ(at, 35s);
}

TEST_F(AudioTest, IsCutSoThatNoPieceIsLongerOrLargerThanItMayBe) {
  const auto length = [&](std::uint32_t rate, std::size_t channels, Millis longest,
                          std::uint64_t largest) {
    return within(options, {rate, 2, 0}, channels, longest, largest).length;
  };
  EXPECT_EQ(length(8000, 1, 1h, 1'000'000), 10s) << "neither is in the way";
  EXPECT_EQ(length(8000, 1, 6s, 1'000'000), 5s) << "with the overlap it is six";
  EXPECT_EQ(length(44'100, 1, 1h, 44 + 88'200 * 6), 5s);
  EXPECT_EQ(length(44'100, 2, 1h, 44 + 88'200 * 6), 2s);
  EXPECT_EQ(length(44'100, 2, 1h, 20), 1s) << "it ends at all";
}

TEST_F(AudioTest, KnowsSilentPieces) {
  const auto pieces = plan({tone(5), silence(5)});
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_FALSE(pieces[0].silent);
  EXPECT_TRUE(pieces[1].silent);
}

TEST_F(AudioTest, KeepsChannelsTogetherForThoseWhoTakeThem) {
  const auto pieces = plan({tone(5), silence(5)}, true);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_THAT(pieces[0].channels, testing::ElementsAre(0, 1));
  EXPECT_FALSE(pieces[0].silent);
}

TEST_F(AudioTest, ThatIsEmptyHasNoPieces) {
  EXPECT_TRUE(plan({silence(0)}).empty());
}

TEST_F(AudioTest, ThatIsNoneIsAnError) {
  EXPECT_FALSE(plan_pieces(path, {0}, options, false));
  srs::test::write_file(path, "RIFF, said the file");
  EXPECT_FALSE(plan_pieces(path, {0}, options, false));
  test::write_wav(path, {tone(1)});
  EXPECT_FALSE(plan_pieces(path, {3}, options, false)) << "it has no channel 3";
}

TEST_F(AudioTest, GivesProvidersTheSamplesOfThePieceAlone) {
  test::write_wav(path, {tone(4), silence(1) + tone(2, 700) + silence(1)});
  const auto sound = extract(path, {{1}, 1s, 3s, 1s, 3s, false});
  ASSERT_TRUE(sound) << sound.error().text;
  EXPECT_EQ(sound->length, 2s);
  EXPECT_EQ(sound->wav, test::wav({tone(2, 700)}));
}

TEST_F(AudioTest, GivesAllChannelsWhereTheyAreWanted) {
  const auto left = tone(1), right = tone(1, 700);
  test::write_wav(path, {left, right});
  const auto sound = extract(path, {{0, 1}, 0s, 1s, 0s, 1s, false});
  ASSERT_TRUE(sound) << sound.error().text;
  EXPECT_EQ(sound->wav, test::wav({left, right}));
}

}  // namespace
}  // namespace srs::stt
