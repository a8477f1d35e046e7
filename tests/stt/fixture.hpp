// A pool, its recordings in a temporary directory, and an io_context in the test's own thread.
#pragma once

#include "stt/sound.hpp"
#include "util/http_client/http_peer.hpp"

#include <srs/metrics/registry.hpp>
#include <srs/stt/pool.hpp>
#include <srs/util/http_client.hpp>
#include <srs/util/tasks.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <support/files.hpp>
#include <support/temp_dir.hpp>
#include <support/wait.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace srs::stt::test {

using srs::test::HttpPeer;
using srs::test::PeerConnection;
using srs::test::PeerRequest;

// What a provider was asked, kept from the threads of the peer.
class Asked {
 public:
  void add(PeerRequest request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return requests_.size();
  }
  PeerRequest at(std::size_t index) const {
    const std::lock_guard lock(mutex_);
    return index < requests_.size() ? requests_[index] : PeerRequest{};
  }

 private:
  mutable std::mutex mutex_;
  std::vector<PeerRequest> requests_;
};

// Of the recordings' jobs, unless a test says otherwise.
inline constexpr const char* kTraceparent =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
// Every one of the requests carries it.
void expect_traced(const Asked& asked);

// One part of a multipart/form-data body (RFC 7578).
struct FormPart {
  std::string name;
  std::string headers;
  std::string content;
};
std::vector<FormPart> form_of(const PeerRequest& request);
// The content of the part, or of all parts of that name joined by `|`.
std::string field(const std::vector<FormPart>& form, const std::string& name);

class PoolTest : public testing::Test, public Listener {
 protected:
  PoolTest();
  ~PoolTest() override;

  // Builds the pool anew; the one before is gone as in a crash.
  void start();
  void stop();

  // A recording with this audio; the job is not submitted.
  Job recording(const std::string& name, const std::vector<Samples>& channels);
  Job spoken(const std::string& name) { return recording(name, {tone(1)}); }

  template <class Condition>
  bool run_until(Condition condition, std::chrono::seconds patience = srs::test::kSoon) {
    io.restart();
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io.run_one_for(std::chrono::milliseconds(10));
    }
    return true;
  }
  // What the pool says of it.
  bool cancel(const Job& job);
  Result<Retried> retry(const Job& job);
  // Until that many jobs have ended, well or not. Hours of audio take theirs under a sanitizer.
  bool run_until_ended(std::size_t jobs) {
    return run_until([&] { return finished.size() + unfinished.size() >= jobs; },
                     std::chrono::seconds(200));
  }

  nlohmann::json transcript(const Job& job) const;
  // Of a series such as `stt_retries_total{provider="openai"}`; 0 where there is none.
  double metric(const std::string& series) const;

  void transcript_finished(const Finished& event) override { finished.push_back(event); }
  void transcript_unfinished(const Unfinished& event) override { unfinished.push_back(event); }
  void transcript_delivered(const Delivered& event) override { delivered.push_back(event); }
  void transcript_waits(const Waiting& event) override { waiting.push_back(event); }

  srs::test::TempDir directory;
  Options options;
  HttpClient::Options http_options;
  boost::asio::io_context io;
  std::vector<std::string> escaped;
  Tasks tasks{io.get_executor(),
              [this](std::string_view, std::string_view what) { escaped.emplace_back(what); }};
  tracing::Tracer tracer;  // off unless a test makes another
  std::unique_ptr<metrics::Registry> registry;
  std::unique_ptr<HttpClient> http;
  std::unique_ptr<WorkerPool> workers;
  std::unique_ptr<Pool> pool;
  std::vector<Finished> finished;
  std::vector<Unfinished> unfinished;
  std::vector<Delivered> delivered;
  std::vector<Waiting> waiting;
};

}  // namespace srs::stt::test
