// A client on an io_context that runs in the test's own thread.
#pragma once

#include <srs/util/http_client.hpp>
#include <srs/util/tasks.hpp>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <support/temp_dir.hpp>
#include <support/wait.hpp>

#include <optional>
#include <string>
#include <vector>

namespace srs {

using Kind = HttpFailure::Kind;

class FetchTest : public testing::Test {
 protected:
  ~FetchTest() override {
    client.reset();
    io.run_for(test::kSoon);  // every coroutine ends
    EXPECT_EQ(tasks.running(), 0U);
    EXPECT_TRUE(escaped.empty()) << escaped.front();
  }

  // Starts a request; its outcome lies in outcomes[index] once it is there.
  std::size_t start(HttpRequest request) {
    outcomes.emplace_back();
    const auto index = outcomes.size() - 1;
    tasks.spawn("fetch", keep(client->fetch(std::move(request)), index));
    return index;
  }

  // Runs the io_context until `condition()`, false where that takes too long.
  template <class Condition>
  bool run_until(Condition condition) {
    io.restart();
    const auto deadline = std::chrono::steady_clock::now() + test::kSoon;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io.run_one_for(std::chrono::milliseconds(10));
    }
    return true;
  }

  HttpOutcome finish(std::size_t index) {
    EXPECT_TRUE(run_until([&] { return outcomes[index].has_value(); })) << "it never ended";
    return outcomes[index].value_or(HttpFailure{Kind::Protocol, "it never ended"});
  }
  HttpOutcome fetch(HttpRequest request) { return finish(start(std::move(request))); }

  // The failure's kind as a word; `success` where there was none.
  static std::string kind(const HttpOutcome& outcome) {
    return outcome ? "success" : std::string(to_string(outcome.error().kind));
  }

  static HttpClient::Options options() {
    HttpClient::Options made;
    made.proxy = "";  // a proxy of the developer's is not what is tested
    return made;
  }

  test::TempDir directory;
  boost::asio::io_context io;
  std::vector<std::string> escaped;
  Tasks tasks{io.get_executor(),
              [this](std::string_view, std::string_view what) { escaped.emplace_back(what); }};
  std::optional<HttpClient> client{std::in_place, io.get_executor(), options()};
  std::vector<std::optional<HttpOutcome>> outcomes;

 private:
  boost::asio::awaitable<void> keep(boost::asio::awaitable<HttpOutcome> fetching,
                                    std::size_t index) {
    auto outcome = co_await std::move(fetching);
    outcomes[index] = std::move(outcome);
  }
};

}  // namespace srs
