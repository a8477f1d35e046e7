// Two pieces that overlap: each word of the overlap stands in the transcript once.
#include "stt/heard.hpp"

#include <gmock/gmock.h>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

std::string joined(const std::vector<Segment>& segments) {
  std::string out;
  for (const auto& text : texts(segments)) out += (out.empty() ? "" : " ") + text;
  return out;
}

std::string stitched(std::vector<Segment> left, std::vector<Segment> right,
                     const std::vector<Piece>& pieces = two_pieces()) {
  return joined(stitch(pieces, {part(0, std::move(left)), part(1, std::move(right))}));
}

// The words that lie within the piece, as a provider tells them whose clock is off by `jitter`.
Part heard(std::size_t number, const Piece& piece, const std::vector<Word>& words, Millis jitter) {
  std::vector<Word> own;
  for (auto each : words) {
    if (each.start < piece.begin || each.end > piece.end) continue;
    each.start += jitter - piece.begin;
    each.end += jitter - piece.begin;
    own.push_back(each);
  }
  Part out = part(number, segments_of(std::move(own), 0));
  mend(out.answer, 1, piece.length());
  return out;
}

// Digits come fast, and equal ones less than 250 ms apart.
std::vector<Word> fast_digits() {
  std::vector<Word> words;
  Millis at = 8s;
  for (const auto* text : {"four", "one", "one", "one", "two", "one", "one", "oh", "oh", "seven",
                           "seven", "seven", "three", "nine", "nine", "one"}) {
    words.push_back(word(text, at, at + 150ms));
    at += 210ms;
  }
  return words;
}

TEST(Seam, KeepsEachWordOnceWhereverTheCutLiesAndHoweverTheTimesDiffer) {
  const auto words = fast_digits();
  std::string all;
  for (const auto& each : words) all += (all.empty() ? "" : " ") + each.text;
  for (auto cut = 8600ms; cut < 10900ms; cut += 10ms)
    for (const auto left : {-40ms, 0ms, 40ms})
      for (const auto right : {-40ms, 0ms, 40ms}) {
        const auto pieces = two_pieces(cut);
        EXPECT_EQ(joined(stitch(pieces, {heard(0, pieces[0], words, left),
                                         heard(1, pieces[1], words, right)})),
                  all)
            << cut.count() << " " << left.count() << " " << right.count();
      }
}

TEST(Seam, LosesNoWordThatEachPieceGivesToTheOther) {
  EXPECT_EQ(stitched({said({word("on", 9s, 9300ms), word("cut", 9850ms, 10190ms)})},
                     {said({word("cut", 300ms, 680ms), word("it", 900ms, 1s)})}),
            "on cut it");
}

TEST(Seam, LosesNoWordThatTheTwoHeardDifferently) {
  EXPECT_EQ(stitched({said({word("on", 9s, 9300ms), word("cut", 9850ms, 10190ms)})},
                     {said({word("cup", 300ms, 680ms), word("it", 900ms, 1s)})}),
            "on cut it");
}

TEST(Seam, KeepsTwoEqualWordsThatFollowEachOtherAcrossTheCut) {
  const auto one = word("one", 9750ms, 9900ms), again = word("one", 9950ms, 10100ms);
  EXPECT_EQ(stitched({said({one, again})},
                     {said({word("one", 250ms, 400ms), word("one", 450ms, 600ms)})}),
            "one one");
}

TEST(Seam, KeepsTwoEqualWordsWherePiecesDoNotOverlap) {
  EXPECT_EQ(stitched({said({word("one", 9850ms, 9990ms)})}, {said({word("one", 20ms, 170ms)})},
                     two_pieces(10s, 0ms)),
            "one one");
}

TEST(Seam, KeepsWhatIsSaidBeyondTheCutWhereTheNextPieceIsSilent) {
  EXPECT_EQ(joined(stitch(two_pieces(), {part(0, {said({word("bye", 9900ms, 10200ms)})})})), "bye");
}

TEST(Seam, TellsOnceWhatBothSaidWhereNobodySaysWhen) {
  EXPECT_EQ(stitched({told("we talk about the Weather.", 0s, 10500ms)},
                     {told("the weather, is fine", 0s, 10500ms)}),
            "we talk about the Weather. is fine");
}

TEST(Seam, TellsOnceWhatBothSaidThoughTheEdgesAreGarbled) {
  EXPECT_EQ(stitched({told("about the weather is fi", 0s, 10500ms)},
                     {told("out the weather is fine today", 0s, 10500ms)}),
            "about the weather is fine today");
}

TEST(Seam, TellsOnceWhatBothSaidWhereOneSaysWhen) {
  const auto left = said(
      {word("talk", 9s, 9300ms), word("about", 9600ms, 9900ms), word("the", 10100ms, 10200ms)});
  EXPECT_EQ(stitched({left}, {told("about the weather", 0s, 10500ms)}), "talk about the weather");
  EXPECT_EQ(stitched({told("talk about the", 0s, 10500ms)},
                     {said({word("about", 100ms, 400ms), word("the", 600ms, 700ms),
                            word("weather", 800ms, 1100ms)})}),
            "talk about the weather");
}

TEST(Seam, TellsOnceWhatSegmentsAcrossTheCutSay) {
  EXPECT_EQ(stitched({told("how are you", 7s, 8s), told("I am fine thanks", 8500ms, 10400ms)},
                     {told("fine thanks and you", 100ms, 2s), told("me too", 3s, 4s)}),
            "how are you I am fine thanks and you me too");
}

TEST(Seam, LosesNoSegmentThatEachPieceGivesToTheOther) {
  EXPECT_EQ(stitched({told("sure", 9600ms, 10500ms)}, {told("shore", 0s, 700ms)}), "sure");
}

TEST(Seam, KnowsTheSameDigitsInOtherGroups) {
  EXPECT_EQ(stitched({told("it is 4929 12", 0s, 10500ms)}, {told("2912345, right", 0s, 10500ms)}),
            "it is 4929 12 345, right");
  EXPECT_EQ(stitched({told("it is four nine two", 0s, 10500ms)}, {told("92345", 0s, 10500ms)}),
            "it is four nine two 345");
}

TEST(Seam, KnowsWordsOfScriptsWithoutSpaces) {
  EXPECT_EQ(stitched({told("今日はいい天気", 0s, 10500ms)}, {told("天気ですね。", 0s, 10500ms)}),
            "今日はいい天気 ですね。");
}

TEST(Seam, PrefersTheRunAcrossWhichANumberGoesOn) {
  const auto goes_on = [](std::string_view before, std::string_view after) {
    return before == "is 4 1 1 1 1" && after == "1 1 7";
  };
  const auto segments = stitch(
      two_pieces(),
      {part(0, {told("is 4 1 1 1 1", 0s, 10500ms)}), part(1, {told("1 1 1 1 7", 0s, 10500ms)})},
      goes_on);
  EXPECT_THAT(texts(segments), ElementsAre("is 4 1 1 1 1", "1 1 7"));
}

TEST(Seam, LeavesNoBracketsOfWhatItTakesOff) {
  EXPECT_EQ(stitched({told("fine", 1s, 2s), told("(so am I", 9s, 10500ms)},
                     {told("so am i) today", 0s, 2s)}),
            "fine (so am I today");
  EXPECT_EQ(stitched({told("so am I so", 0s, 10s), told("(am I", 10s, 10500ms)},
                     {told("am I so glad", 0s, 2s)}),
            "so am I so glad");
}

TEST(Seam, StandsAnswersOfAnyLength) {
  std::string digits(100'000, '1');
  EXPECT_GT(stitched({told(digits, 0s, 10500ms)}, {told(digits, 0s, 10500ms)}).size(), 199'000U);
  std::vector<Word> words(20'000, word("one", 9900ms, 10s));
  EXPECT_FALSE(stitched({said(words)}, {said(words)}).empty());
}

}  // namespace
}  // namespace srs::stt::test
