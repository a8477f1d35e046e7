// What live providers want to hear and what they say, as texts.
#pragma once

#include "stt/json.hpp"
#include "stt/live/websocket.hpp"

#include <srs/stt/options.hpp>
#include <srs/stt/transcript.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

// Times count from the first sample that was sent on the connection.
struct Utterance {
  Segment segment;
  bool final = false;
};

class LiveProtocol {
 public:
  virtual ~LiveProtocol() = default;
  virtual std::string url(std::uint32_t sample_rate, const std::string& language) const = 0;
  // May read a key from its file: for a worker thread.
  virtual Outcome<WebSocket::Headers> headers() const { return WebSocket::Headers{}; }
  virtual std::filesystem::path authorities() const { return {}; }  // PEM; empty: the system's
  virtual ReadComplaint complaints() const { return common_complaint; }
  virtual std::string greeting(std::uint32_t) const { return {}; }  // empty: none
  virtual std::string farewell() const = 0;
  virtual std::string keep_alive() const { return {}; }  // for silence; empty: none is needed
  // Nothing for messages that carry no text.
  virtual std::optional<Utterance> read(const Json& message) const = 0;
  // True for the message after which nothing more is to be expected.
  virtual bool is_last(const Json& message) const = 0;
};

// Null for a provider that is not known. `options` outlive it.
std::unique_ptr<LiveProtocol> make_live_protocol(const Options& options);
std::unique_ptr<LiveProtocol> make_vosk_protocol(const Options& options);
std::unique_ptr<LiveProtocol> make_deepgram_protocol(const Options& options);

// A segment whose times are those of its words, where it has any.
Segment segment_of(std::vector<Word> words, std::string text);

}  // namespace srs::stt
