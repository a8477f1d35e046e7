// Tracing on an io_context that runs in the test's own thread, and a collector that keeps requests.
#pragma once

#include "util/http_client/http_peer.hpp"

#include <srs/tracing/tracing.hpp>
#include <srs/util/tasks.hpp>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <stdlib.h>
#include <support/wait.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace srs::tracing::test {

// Answers with what it is told to, by default 200; keeps what came.
class Collector {
 public:
  using Reply = std::function<bool(srs::test::PeerConnection&, std::size_t number)>;

  explicit Collector(Reply reply = {}, std::optional<srs::test::HttpPeer::Tls> tls = {})
      : reply_(std::move(reply)), peer_([this](auto& connection) { serve(connection); }, tls) {}

  std::string url(const std::string& path) const { return peer_.url(path); }
  std::vector<srs::test::PeerRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t count() const { return requests().size(); }

 private:
  void serve(srs::test::PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      std::size_t number = 0;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(*request));
        number = requests_.size();
      }
      if (!(reply_ ? reply_(connection, number) : connection.answer(200, ""))) return;
    }
  }

  Reply reply_;
  mutable std::mutex mutex_;
  std::vector<srs::test::PeerRequest> requests_;
  srs::test::HttpPeer peer_;
};

// Keeps lines as `event key=text ...`.
class KeptLog final : public log::Sink {
 public:
  std::vector<std::string> lines;
  bool enabled(log::Level) const override { return true; }
  void write(log::Level, std::string_view, std::string_view event, const log::Fields&,
             std::initializer_list<log::Field> fields) override {
    std::string line(event);
    for (const auto& [key, value] : fields) {
      const auto* text = std::get_if<std::string>(&value.data());
      line += " " + key + "=" + (text == nullptr ? "?" : *text);
    }
    lines.push_back(std::move(line));
  }
};

class ExportTest : public testing::Test {
 protected:
  ExportTest() { ::setenv("no_proxy", "127.0.0.1", 1); }
  ~ExportTest() override {
    tracing.reset();
    io.restart();
    io.run_for(srs::test::kSoon);  // every coroutine ends
    EXPECT_EQ(tasks.running(), 0U);
    EXPECT_TRUE(escaped.empty()) << escaped.front();
  }

  void start(const Options& options, Tracing::Collect metrics = {}) {
    tracing.emplace(tasks, options, std::move(metrics), log::Logger(kept, "tracing"));
    run_until([] { return true; });
  }
  void make_spans(int count) {
    for (int i = 0; i < count; ++i) tracing->tracer().start("span" + std::to_string(i)).end();
  }

  template <class Condition>
  bool run_until(Condition condition) {
    io.restart();
    io.poll();
    const auto deadline = std::chrono::steady_clock::now() + srs::test::kSoon;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io.run_one_for(std::chrono::milliseconds(10));
      if (io.stopped()) io.restart();
    }
    return true;
  }

  // The sum of all series of that name whose labels have all of these values.
  double figure(const std::string& name, const std::vector<std::string>& labels = {}) const {
    double sum = 0;
    for (const auto& family : tracing->figures()->Collect()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        std::size_t found = 0;
        for (const auto& label : metric.label) {
          found += static_cast<std::size_t>(std::ranges::count(labels, label.value));
        }
        if (found == labels.size()) sum += metric.counter.value;
      }
    }
    return sum;
  }
  double exported() const { return figure("tracing_spans_exported_total"); }
  double dropped(const std::string& reason) const {
    return figure("tracing_spans_dropped_total", {reason});
  }

  // Ends when flush() does.
  bool flush(std::chrono::milliseconds limit) {
    bool done = false;
    const auto wait = [](boost::asio::awaitable<void> flushing,
                         bool& ended) -> boost::asio::awaitable<void> {
      co_await std::move(flushing);
      ended = true;
    };
    tasks.spawn("flush", wait(tracing->flush(limit), done));
    return run_until([&] { return done; });
  }

  boost::asio::io_context io;
  std::vector<std::string> escaped;
  Tasks tasks{io.get_executor(),
              [this](std::string_view, std::string_view what) { escaped.emplace_back(what); }};
  std::shared_ptr<KeptLog> kept = std::make_shared<KeptLog>();
  std::optional<Tracing> tracing;
};

}  // namespace srs::tracing::test
