// What the server and its connections have in common.
#pragma once

#include "http/metrics.hpp"
#include "http/router.hpp"

#include <srs/http/server.hpp>
#include <srs/log/folded.hpp>
#include <srs/util/tasks.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <set>

namespace srs::http {

class Connection;

// Lives as long as the last coroutine that uses it, which may be longer than the server.
struct Shared {
  Shared(Tasks& t, const Options& o, metrics::Registry& registry, log::Logger l)
      : tasks(t),
        options(o),
        log(l),
        router(l, registry.error("http", "handler")),
        metrics(registry),
        accept_failed(registry.error("http", "accept")),
        turned_away(registry.error("http", "connection_limit")),
        slow_reader(registry.error("http", "slow_reader")),
        crowded(l, log::Level::Warning, "http_connection_limit_reached"),
        cut(l, log::Level::Warning, "http_reader_cut") {}

  Tasks& tasks;
  Options options;
  log::Logger log;
  Router router;
  Metrics metrics;
  std::atomic<std::uint64_t>& accept_failed;
  std::atomic<std::uint64_t>& turned_away;
  std::atomic<std::uint64_t>& slow_reader;
  log::Folded crowded;
  log::Folded cut;
  std::set<Connection*> connections;
  std::size_t refusing = 0;  // connections beyond the limit that still hear why
  bool stopping = false;
  tracing::Tracer* tracer = nullptr;  // none: no spans
};

// Starts to answer the requests of a connection, which counts from now on.
void serve(const std::shared_ptr<Shared>& shared, boost::asio::ip::tcp::socket socket);
// Closes the connection that has waited longest for a request, or else for the rest of one, so that
// those who hold connections keep nobody out; false where all are being answered.
bool make_room(Shared& shared);
// Answers 503, whatever is asked, and closes.
void refuse(const std::shared_ptr<Shared>& shared, boost::asio::ip::tcp::socket socket);
// Closes those that wait for a request; the others close after their answer.
void stop_connections(Shared& shared);
// Closes all.
void cut_connections(Shared& shared);

}  // namespace srs::http
