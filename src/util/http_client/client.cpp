#include "util/http_client/core.hpp"

#include <srs/util/http_client.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace srs {
namespace {

namespace asio = boost::asio;
using Kind = HttpFailure::Kind;

// Ends a request whose coroutine is destroyed while it waits.
class Abandoned {
 public:
  Abandoned(HttpCore& core, const HttpCore::Transfer& transfer)
      : core_(core), transfer_(transfer) {}
  ~Abandoned() { core_.fail(transfer_, {Kind::Cancelled, "its coroutine is gone"}); }
  Abandoned(const Abandoned&) = delete;
  Abandoned& operator=(const Abandoned&) = delete;

 private:
  HttpCore& core_;
  const HttpCore::Transfer& transfer_;
};

// A function of its own: its frame may outlive the client.
asio::awaitable<HttpOutcome> fetch_with(std::shared_ptr<HttpCore> core, HttpRequest request) {
  const auto transfer = std::make_shared<HttpTransfer>(core->executor(), std::move(request));
  const Abandoned guard(*core, transfer);
  core->submit(transfer);
  while (!transfer->ended() || transfer->state != HttpTransfer::State::Ended) {
    const auto [error] = co_await transfer->wake.async_wait(asio::as_tuple(asio::use_awaitable));
    if (transfer->ended()) continue;
    if (error) {
      core->fail(transfer, {Kind::Cancelled, "its coroutine was cancelled"});
    } else {
      core->fail(transfer, {Kind::Timeout, "no whole answer within " +
                                               std::to_string(transfer->request().timeout.count()) +
                                               " ms: it ended " + std::string(transfer->stage())});
    }
  }
  co_return transfer->take();
}

}  // namespace

HttpCancellation::HttpCancellation() : state_(std::make_shared<State>()) {}

bool HttpCancellation::cancelled() const {
  return state_->cancelled;
}

void HttpCancellation::cancel() const {
  state_->cancelled = true;
  // Copies: what a subscriber does may take others away.
  const auto state = state_;
  for (const auto& [id, notify] : std::map(state->subscribers)) notify();
}

HttpClient::HttpClient(asio::any_io_executor executor, Options options)
    : core_(std::make_shared<HttpCore>(std::move(executor), std::move(options))) {}

HttpClient::~HttpClient() {
  core_->close();
}

asio::awaitable<HttpOutcome> HttpClient::fetch(HttpRequest request) {
  return fetch_with(core_, std::move(request));
}

std::size_t HttpClient::active() const {
  return core_->active();
}

std::size_t HttpClient::waiting() const {
  return core_->waiting();
}

std::uint64_t HttpClient::finished() const {
  return core_->finished();
}

std::uint64_t HttpClient::failed(HttpFailure::Kind kind) const {
  return core_->failed(kind);
}

}  // namespace srs
