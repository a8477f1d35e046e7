// From a sender's RTP timestamps to our wall clock.
#pragma once

#include "recording/files/sender_pace.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace srs::recording {

// A sender's clock as its timestamps tell it, in ns from its first packet. It never wraps; where a
// timestamp leaps a minute away from the arrivals it means nothing, and the clock goes on with the
// arrivals. Pure: arrivals are arguments, ns.
class SenderClock {
 public:
  struct Reading {
    std::int64_t time = 0;
    bool leapt = false;
  };
  Reading read(std::int64_t arrival, std::uint32_t timestamp, std::uint32_t rate);

 private:
  void restart(std::int64_t time, std::int64_t arrival, std::uint32_t timestamp,
               std::uint32_t rate);

  // Times are counted from this packet, so that rounding doesn't add up.
  std::int64_t base_time_ = 0;
  std::int64_t ticks_ = 0;  // since the base
  std::int64_t time_ = 0;
  std::int64_t arrival_ = 0;
  std::uint32_t timestamp_ = 0;
  std::uint32_t rate_ = 0;  // 0: no packet yet
};

// Places one source's packets on the wall clock (docs/recording-format.md, "When" and "Jumps").
// Give it every packet with sound in the order of sequence numbers, first to observe(), then
// settle(), then the same again to place().
class Timeline {
 public:
  // `follows`: its sequence number is the one after that of the packet before.
  void observe(std::int64_t arrival, std::uint32_t timestamp, std::uint32_t rate, bool follows);
  void settle();

  struct Place {
    std::int64_t time = 0;     // when the packet would have arrived without delay, ns
    bool new_segment = false;  // the offset was found anew here
  };
  // After a pause the offset may change at once, otherwise by a few samples.
  Place place(std::int64_t arrival, std::uint32_t timestamp, std::uint32_t rate, bool after_pause);

 private:
  // The least delay (arrival - sender's time) of packets that arrived in one second.
  struct Bucket {
    std::int64_t second = 0;
    std::int64_t delay = 0;
  };
  // Packets between two places where delay leaps.
  struct Piece {
    std::size_t first_packet = 0;
    std::size_t first_bucket = 0;
    bool leapt = false;  // the sender's clock means nothing across its beginning
    SenderPace::Step step;
    bool segment = true;  // its beginning stands: a new offset
  };

  std::int64_t level_before(std::size_t bucket, std::size_t first) const;
  std::int64_t level_from(std::size_t piece) const;
  bool stands(std::size_t piece, std::size_t first) const;
  bool enter_packet();
  std::int64_t target() const;
  void follow(std::int64_t target, std::uint32_t rate);

  std::vector<Bucket> buckets_;
  std::vector<Piece> pieces_;
  SenderClock clock_;
  SenderPace pace_;
  std::size_t packets_ = 0;
  std::int64_t last_arrival_ = 0;
  std::int64_t last_time_ = 0;
  // While placing: the segment's buckets, the current one, the offset.
  std::size_t next_piece_ = 0;
  std::size_t segment_begin_ = 0;
  std::size_t segment_end_ = 0;
  std::size_t bucket_ = 0;
  std::int64_t target_ = 0;
  std::int64_t offset_ = 0;
  bool following_ = false;
};

}  // namespace srs::recording
