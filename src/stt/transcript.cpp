#include <srs/stt/transcript.hpp>

namespace srs::stt {

Speaker speaker_of(const Channel& channel, const Segment& segment) {
  const auto middle = segment.start + (segment.end - segment.start) / 2;
  Speaker speaker{Millis(0), channel.participant, channel.name};
  for (std::size_t i = 0; i < channel.speakers.size(); ++i)
    if (i == 0 || channel.speakers[i].from <= middle) speaker = channel.speakers[i];
  return speaker;
}

}  // namespace srs::stt
