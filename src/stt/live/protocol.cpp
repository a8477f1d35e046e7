#include "stt/live/protocol.hpp"

#include <utility>

namespace srs::stt {

Segment segment_of(std::vector<Word> words, std::string text) {
  Segment segment;
  segment.text = std::move(text);
  if (!words.empty()) {
    segment.start = words.front().start;
    segment.end = words.back().end;
  }
  segment.words = std::move(words);
  return segment;
}

std::unique_ptr<LiveProtocol> make_live_protocol(const Options& options) {
  if (options.live.provider == "vosk") return make_vosk_protocol(options);
  if (options.live.provider == "deepgram") return make_deepgram_protocol(options);
  return nullptr;
}

}  // namespace srs::stt
