// Writes the score of a call of our own: who speaks when, in which codec, held and dialled when.
#pragma once

#include "support/rtp_source.hpp"
#include "support/speech_match.hpp"
#include "support/src_dialog.hpp"
#include "support/timed_call.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace srs::test {

// One leg: a voice that speaks from the first packet on, 50 packets/s, time going on while held.
class CallScore {
 public:
  using Time = std::chrono::milliseconds;

  // Answered 10 ms after the INVITE; the stream of index i sends its first packet `first` later.
  CallScore(SrcDialog& dialog, bool tcp, std::vector<OfferedStream> streams);

  // A voice for the stream of that index; payload type 0 or 8.
  void speak(std::size_t stream, const Samples& voice, std::uint8_t payload_type, Time first);
  // From `from` on nothing is sent for `length`, on any stream; re-INVITEs say so.
  void hold(Time from, Time length);
  // Digits of RFC 4733 events from `at` on, 100 ms each with 100 ms between them.
  void dial(std::size_t stream, const std::string& digits, Time at);
  // Every packet of that stream whose number divides by `each` comes after its successor, twice.
  void disorder(std::size_t stream, std::size_t each);

  // Ends with a BYE 40 ms after the last packet.
  TimedCall finish();
  std::size_t duplicates(std::size_t stream) const { return plans_.at(stream).duplicates; }
  const std::vector<std::string>& documents() const { return documents_; }

 private:
  struct Plan {
    Samples voice;
    std::uint8_t payload_type = 0;
    Time first{};
    std::string digits;
    Time digits_at{};
    std::size_t disorder = 0;
    std::size_t duplicates = 0;
  };

  void offer(Time at, const std::string& direction);
  void write_stream(std::size_t stream, TimedCall& call);
  void write_digits(std::size_t stream, RtpSource& source, Time at, TimedCall& call) const;
  bool held(Time at) const { return at >= hold_from_ && at < hold_from_ + hold_length_; }

  SrcDialog& dialog_;
  std::vector<OfferedStream> streams_;
  std::vector<Plan> plans_;
  std::vector<TimedMessage> messages_;
  std::vector<std::string> documents_;
  Time hold_from_{-1};
  Time hold_length_{};
  bool tcp_;
};

}  // namespace srs::test
