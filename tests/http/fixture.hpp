// A running server on a free port of the loopback, in a thread of its own.
#pragma once

#include <srs/http/server.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/util/tasks.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <support/http_get.hpp>
#include <support/run_on.hpp>
#include <support/wait.hpp>

#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace srs::http::test {

class RunningServer : public testing::Test {
 public:
  ~RunningServer() override;

 protected:
  // Serves /hello (GET), /echo (POST), /fails (GET), /big (GET: 8 MiB) and /query (GET).
  void start(Options options = {});

  std::string url(const std::string& path) const;
  srs::test::HttpConnection connect() const;
  // Writes `bytes` on a connection of its own and reads one reply.
  srs::test::HttpReply exchange(const std::string& bytes) const;

  // Runs `action` on the io_context and waits for its result.
  template <class Action>
  auto on_loop(Action action) -> decltype(action()) {
    return srs::test::call_on(io_, std::move(action));
  }

  std::string metrics_text() {
    return on_loop([this] { return registry_.text(); });
  }

  boost::asio::io_context io_;
  metrics::Registry registry_;
  std::vector<std::string> escaped_;  // what coroutines threw
  Tasks tasks_{io_.get_executor(),
               [this](std::string_view, std::string_view what) { escaped_.emplace_back(what); }};
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;

 private:
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::thread thread_;
};

}  // namespace srs::http::test
