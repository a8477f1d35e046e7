// How a sender's packets come, one after the other.
#pragma once

#include <cstdint>

namespace srs::recording {

// Judges by whose doing arrivals and timestamps part from one packet to the next. Pure: times are
// arguments, ns.
class SenderPace {
 public:
  struct Step {
    bool parted = false;     // by more than this network makes them
    bool sender = false;     // by the sender's clock: no network does that
    std::int64_t least = 0;  // change of the delay that is none of the network's where it stays
  };

  // Since the packet before, by its arrival and by the sender's clock. `follows`: by its sequence
  // number it is the next one.
  Step judge(std::int64_t arrived, std::int64_t sent, bool follows);

 private:
  bool is_sender(std::int64_t arrived, std::int64_t sent) const;
  bool quiet() const;

  std::int64_t usual_ = 0;  // between two packets by the sender's clock; 0: not known
  // How far arrivals were from timestamps lately; as of a worse network until more is known.
  std::int64_t uneven_ = 20'000'000;
};

}  // namespace srs::recording
