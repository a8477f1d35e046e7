#include "http/shared.hpp"

#include <srs/http/server.hpp>
#include <srs/util/endpoint.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace srs::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// How long to wait where the process has no descriptor for a new connection.
constexpr std::chrono::milliseconds kRetry{100};

class Listening final : public Server {
 public:
  Listening(std::shared_ptr<Shared> shared, std::shared_ptr<tcp::acceptor> acceptor,
            metrics::Registry& registry)
      : shared_(std::move(shared)), acceptor_(std::move(acceptor)) {
    error_code ignored;
    port_ = acceptor_->local_endpoint(ignored).port();
    gauge_ = metrics::computed(registry, [s = shared_](auto& families) {
      families.push_back(metrics::family("http_connections", "Open HTTP connections.",
                                         prometheus::MetricType::Gauge,
                                         {{{}, static_cast<double>(s->connections.size())}}));
    });
  }
  ~Listening() override {
    stop();
    cut_connections(*shared_);
  }

  void route(std::string method, std::string path, Handler handler) override {
    shared_->metrics.announce(path, method);
    shared_->router.add(std::move(method), std::move(path), std::move(handler));
  }

  void route_waiting(std::string method, std::string path, WaitingHandler handler) override {
    shared_->metrics.announce(path, method);
    shared_->router.add(std::move(method), std::move(path), std::move(handler));
  }

  void route_events(std::string path, FeedHandler handler) override {
    shared_->metrics.announce(path, "GET");
    shared_->router.add(std::move(path), Router::FeedRoute{std::move(handler), false});
  }

  void route_websocket(std::string path, FeedHandler handler) override {
    shared_->metrics.announce(path, "GET");
    shared_->router.add(std::move(path), Router::FeedRoute{std::move(handler), true});
  }

  void trace(tracing::Tracer& tracer) override { shared_->tracer = &tracer; }

  void run() override { shared_->tasks.spawn("http_accept", accept(shared_, acceptor_)); }

  void stop() override {
    shared_->stopping = true;
    error_code ignored;
    acceptor_->close(ignored);
    stop_connections(*shared_);
  }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override { return shared_->connections.size(); }

 private:
  // Parameters, not members: the coroutine may outlive the server.
  static asio::awaitable<void> accept(std::shared_ptr<Shared> shared,
                                      std::shared_ptr<tcp::acceptor> acceptor) {
    log::Folded failed(shared->log, log::Level::Warning, "http_accept_failed");
    asio::steady_timer pause(acceptor->get_executor());
    while (acceptor->is_open()) {
      auto [error, socket] = co_await acceptor->async_accept(asio::as_tuple(asio::use_awaitable));
      if (!error) {
        admit(shared, std::move(socket));
      } else if (acceptor->is_open() && error != asio::error::connection_aborted) {
        ++shared->accept_failed;
        failed.add(std::chrono::steady_clock::now());
        pause.expires_after(kRetry);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
      }
    }
  }

  static void admit(const std::shared_ptr<Shared>& shared, tcp::socket socket) {
    const bool room =
        shared->connections.size() - shared->refusing < shared->options.max_connections;
    if (room || make_room(*shared))
      serve(shared, std::move(socket));
    else
      refuse(shared, std::move(socket));
  }

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<tcp::acceptor> acceptor_;
  std::shared_ptr<prometheus::Collectable> gauge_;
  std::uint16_t port_ = 0;
};

error_code listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (error) return error;
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  // `[::]` takes IPv4 too, whatever the system's default.
  if (endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), error);
  acceptor.bind(endpoint, error);
  if (error) return error;
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::open(Tasks& tasks, const Options& options,
                                             metrics::Registry& registry, log::Logger log) {
  const auto endpoint = parse_endpoint(options.listen);
  if (!endpoint) return endpoint.error();
  auto acceptor = std::make_shared<tcp::acceptor>(tasks.executor());
  if (const auto error = listen(*acceptor, {endpoint->address, endpoint->port})) {
    return Error{"can't listen on " + options.listen + ": " +
                 bind_refusal(error.value(), endpoint->port)};
  }
  auto shared = std::make_shared<Shared>(tasks, options, registry, std::move(log));
  return std::unique_ptr<Server>(new Listening(std::move(shared), std::move(acceptor), registry));
}

}  // namespace srs::http
