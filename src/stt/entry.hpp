// A job in memory.
#pragma once

#include "stt/exchange.hpp"
#include "stt/job_file.hpp"

#include <srs/tracing/tracer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace srs::stt {

struct Entry {
  JobState state;
  std::uint64_t number = 0;
  bool running = false;
  bool delivering = false;        // runs, in a slot of the deliveries
  bool delivery = false;          // counted as one: its transcript is written
  bool stored = false;            // its file is written, or can't be
  bool told = false;              // the listener knows that the transcript is there
  bool forgotten = false;         // cancelled: its files are to go
  bool held = false;              // counted as held back by a bound since it ran last
  bool passed_on = false;         // told that it took a later provider
  WallTime waiting_told_until{};  // the listener knows what it waits for
  std::chrono::steady_clock::time_point not_before{};
  std::chrono::milliseconds pause{0};  // what the step that ran wants before the next one
  tracing::Span span;                  // of the request under way; here, so that stop() can end it
  std::shared_ptr<Cancellation> cancellation = std::make_shared<Cancellation>();
};
using EntryPointer = std::shared_ptr<Entry>;

}  // namespace srs::stt
