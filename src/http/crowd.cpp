// All connections together: how many there may be, and how they end.
#include "http/connection.hpp"

#include <chrono>
#include <utility>

namespace srs::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kMaxRefusing = 64;

asio::awaitable<void> run(std::shared_ptr<Connection> connection) {
  co_await connection->run();
}

asio::awaitable<void> run_refusal(std::shared_ptr<Shared> shared,
                                  std::shared_ptr<Connection> connection) {
  co_await connection->refuse();
  connection.reset();
  --shared->refusing;
}

void note_crowd(Shared& shared) {
  ++shared.turned_away;
  shared.crowded.add(std::chrono::steady_clock::now());
}

}  // namespace

void serve(const std::shared_ptr<Shared>& shared, tcp::socket socket) {
  shared->tasks.spawn("http_connection",
                      run(std::make_shared<Connection>(shared, std::move(socket))));
}

bool make_room(Shared& shared) {
  Connection* longest = nullptr;
  const auto rank = [](const Connection& c) { return std::pair(c.standing(), c.until()); };
  for (auto* connection : shared.connections) {
    if (connection->standing() == Connection::Standing::Busy) continue;
    if (longest == nullptr || rank(*connection) < rank(*longest)) longest = connection;
  }
  if (longest == nullptr) return false;
  note_crowd(shared);
  longest->close();
  return true;
}

void refuse(const std::shared_ptr<Shared>& shared, tcp::socket socket) {
  note_crowd(*shared);
  shared->metrics.answered(kOther, kOther, 503, std::chrono::nanoseconds(0));
  if (shared->refusing >= kMaxRefusing) return;  // closes the socket
  ++shared->refusing;
  shared->tasks.spawn("http_refusal",
                      run_refusal(shared, std::make_shared<Connection>(shared, std::move(socket))));
}

void stop_connections(Shared& shared) {
  for (auto* connection : shared.connections) connection->stop();
}

void cut_connections(Shared& shared) {
  for (auto* connection : shared.connections) connection->close();
}

}  // namespace srs::http
