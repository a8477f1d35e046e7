// A provider, or a receiver of deliveries, that answers as its test says.
#pragma once

#include "stt/fixture.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

namespace srs::stt::test {

inline const std::string kHello =
    R"({"text":"hello there","language":"english","duration":1.0,)"
    R"("segments":[{"start":0.1,"end":0.9,"text":" hello there","avg_logprob":-0.1}],)"
    R"("words":[{"word":"hello","start":0.1,"end":0.4},{"word":"there","start":0.5,"end":0.9}]})";

// Answers requests with what stands in its script, the last entry again and again.
struct Reply {
  int status = 200;
  std::string body = kHello;
  std::string headers = {};
};

inline const std::vector<Reply> kWorking = {Reply{}};

class Provider {
 public:
  explicit Provider(std::vector<Reply> script) : script_(std::move(script)) {}
  std::string url() const { return peer_.url("/v1"); }
  std::size_t count() const { return asked.count(); }
  unsigned most_at_once() const { return peer_.most_at_once(); }

  Asked asked;

 private:
  void serve(PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      const auto number = next_++;
      asked.add(std::move(*request));
      const auto& reply = script_[std::min<std::size_t>(number, script_.size() - 1)];
      if (!connection.answer(reply.status, reply.body, reply.headers)) return;
    }
  }
  std::vector<Reply> script_;
  std::atomic<std::size_t> next_{0};
  HttpPeer peer_{[this](PeerConnection& connection) { serve(connection); }};
};

}  // namespace srs::stt::test
