// Hours in which two people speak all the time: cut, overlapped and stitched, with every word once
// and at its time, in memory that the audio's length does not matter to.
#include "stt/audio.hpp"
#include "stt/fixture.hpp"

#include <support/audio.hpp>

#include <array>
#include <atomic>
#include <cstring>
#include <fstream>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kRate = 8000;
#ifdef SRS_SANITIZED
constexpr std::int64_t kHours = 1;
#else
constexpr std::int64_t kHours = 8;
#endif
constexpr std::int64_t kWords = kHours * 3600;  // of each channel: one a second

// What the recogniser knows a word by: a few samples that are too quiet to be heard, and its
// number.
constexpr std::array<std::int16_t, 8> kSpoken = {3, -5, 7, -11, 13, -7, 5, -3};
constexpr std::size_t kDigits = 6;         // behind these, of base 8
constexpr std::int64_t kWordLength = 200;  // ms

void write_word(std::int16_t* samples, std::size_t step, unsigned number) {
  for (const auto sample : kSpoken) {
    *samples = sample;
    samples += step;
  }
  for (std::size_t i = 0; i < kDigits; ++i, number >>= 3, samples += step)
    *samples = static_cast<std::int16_t>(number & 7);
}

unsigned number_of(const char* samples) {
  unsigned number = 0;
  for (std::size_t i = kDigits; i-- > 0;) {
    std::int16_t digit = 0;
    std::memcpy(&digit, samples + 2 * i, 2);
    number = number << 3 | static_cast<unsigned>(digit);
  }
  return number;
}

constexpr std::int64_t kBlock = 60;  // seconds

// A minute of two voices, with the pauses of people who take breath.
std::vector<std::int16_t> two_voices() {
  const std::array<Samples, 2> voices = {
      srs::test::read_wav(SRS_SOURCE_DIR "/tests/data/audio/caller.wav").channels.at(0) +
          silence(0.7),
      srs::test::read_wav(SRS_SOURCE_DIR "/tests/data/audio/callee.wav").channels.at(0) +
          silence(0.4)};
  std::vector<std::int16_t> block(kBlock * kRate * 2);
  for (std::size_t i = 0; i < block.size(); ++i) {
    const auto& voice = voices[i % 2];
    block[i] = voice[(i / 2 + i % 2 * voice.size() / 2) % voice.size()];
  }
  return block;
}

// The same voices in each minute, but the words are others. One begins a quarter of a second into
// each second of the first channel, and three quarters into that of the second.
void write_speech(const std::filesystem::path& path, std::int64_t seconds) {
  std::ofstream file(path, std::ios::binary);
  file << wav_header(kRate, 2, static_cast<std::uint32_t>(seconds * kRate * 4));
  auto block = two_voices();
  for (std::int64_t second = 0; second < seconds; ++second) {
    for (std::size_t c = 0; c < 2; ++c) {
      const auto frame =
          second % kBlock * kRate + kRate / 4 + static_cast<std::int64_t>(c) * kRate / 2;
      write_word(&block[static_cast<std::size_t>(frame) * 2 + c], 2, static_cast<unsigned>(second));
    }
    if (second % kBlock == kBlock - 1)
      file.write(reinterpret_cast<const char*>(block.data()),
                 static_cast<std::streamsize>(block.size() * 2));
  }
  ASSERT_TRUE(file.good()) << path;
}

// Of a word in ms; where two pieces have it they differ in what they say of it.
std::int64_t time_of(std::int64_t second, std::size_t channel) {
  return second * 1000 + 250 + static_cast<std::int64_t>(channel) * 500;
}
constexpr std::int64_t kVague = 40;

// Hears the words of a piece that are in it whole.
std::string recognised(const std::string& body, std::int64_t vague) {
  const auto audio = std::string_view(body).substr(body.find("RIFF") + kWavHeader);
  const auto length = static_cast<std::size_t>(2 * kRate * kWordLength / 1000);
  std::string words;
  // memmem(3), since a test is not optimised and has a gigabyte to look through.
  for (std::size_t at = 0;; ++at) {
    const void* found =
        ::memmem(audio.data() + at, audio.size() - at, kSpoken.data(), sizeof kSpoken);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const char*>(found) - audio.data());
    const auto from = static_cast<std::int64_t>(at) / 2 * 1000 / kRate + vague;
    if (at + length > audio.size()) break;
    if (from < 0) continue;
    words += words.empty() ? "" : ",";
    words += R"({"word":"w)" + std::to_string(number_of(audio.data() + at + sizeof kSpoken)) +
             R"(","start":)" + std::to_string(static_cast<double>(from) / 1000) + R"(,"end":)" +
             std::to_string(static_cast<double>(from + kWordLength) / 1000) + "}";
  }
  return R"({"text":"x","words":[)" + words + "]}";
}

// In bytes.
[[maybe_unused]] std::size_t peak_memory() {
  const auto status = srs::test::read_file("/proc/self/status");
  return std::stoull(status.substr(status.find("VmHWM:") + 6)) * 1024;
}

class LongCallTest : public PoolTest {
 protected:
  // The transcript of so much speech.
  nlohmann::json transcribe(const std::string& name, std::int64_t seconds) {
    const auto job = recording(name, {tone(1), tone(1)});
    write_speech(job.directory / "audio.wav", seconds);
    start();
    finished.clear();
    pool->submit(job);
    EXPECT_TRUE(run_until([&] { return finished.size() + unfinished.size() >= 1; }, 100s));
    EXPECT_EQ(finished.size(), 1U) << (unfinished.empty() ? "" : unfinished.back().text);
    std::filesystem::remove(job.directory / "audio.wav");
    return transcript(job);
  }

  std::atomic<std::int64_t> requests{0};
  std::atomic<std::size_t> largest{0};
  HttpPeer peer{[this](PeerConnection& connection) {
    while (const auto request = connection.read_request()) {
      largest = std::max<std::size_t>(largest, request->body.size());
      connection.answer(200, recognised(request->body, requests++ % 2 == 0 ? kVague : -kVague));
    }
  }};
};

TEST_F(LongCallTest, HasEveryWordOnceAndAtItsTime) {
  options.openai.url = peer.url("/v1");
  const auto result = transcribe("rec-1", kWords);
  EXPECT_EQ(result["duration_ms"], kWords * 1000);
  EXPECT_GE(requests, 2 * kHours * 6) << "of ten minutes at most";
  EXPECT_LT(largest, 10U << 20);
  std::array<std::int64_t, 2> next = {0, 0};
  for (const auto& segment : result["segments"]) {
    const auto channel = segment["channel"].get<std::size_t>();
    for (const auto& word : segment["words"]) {
      const auto second = next.at(channel)++;
      ASSERT_EQ(word["text"], "w" + std::to_string(second)) << "channel " << channel;
      ASSERT_NEAR(word["start_ms"].get<double>(), static_cast<double>(time_of(second, channel)),
                  kVague + 1);
      ASSERT_NEAR(word["end_ms"].get<double>(),
                  static_cast<double>(time_of(second, channel) + kWordLength), kVague + 1);
    }
  }
  EXPECT_EQ(next[0], kWords);
  EXPECT_EQ(next[1], kWords);
#ifndef SRS_SANITIZED  // sanitizers have heaps of their own
  EXPECT_LT(peak_memory(), 300U << 20) << "the audio is a gigabyte, its text some megabytes";
#endif
}

}  // namespace
}  // namespace srs::stt::test
