// The multi handle and the requests that it and the queue hold.
#pragma once

#include "util/http_client/sockets.hpp"
#include "util/http_client/transfer.hpp"

#include <srs/util/http_client.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace srs {

struct HttpCancellation::State {
  bool cancelled = false;
  std::uint64_t next = 1;
  std::map<std::uint64_t, std::function<void()>> subscribers;
};

// libcurl must not be called from its own callbacks, and what users do in theirs (on_data) may end
// any request or the client: such endings are noted and carried out when libcurl has returned.
class HttpCore : public std::enable_shared_from_this<HttpCore> {
 public:
  using Transfer = std::shared_ptr<HttpTransfer>;

  HttpCore(boost::asio::any_io_executor executor, HttpClient::Options options);
  ~HttpCore();

  const boost::asio::any_io_executor& executor() const { return executor_; }

  // Begins or queues it; it may end at once.
  void submit(const Transfer& transfer);
  // Ends it, where it has not ended.
  void fail(const Transfer& transfer, HttpFailure failure);
  // Ends all of them as cancelled and lets go of libcurl.
  void close();

  std::size_t active() const { return active_.size(); }
  std::size_t waiting() const { return waiting_.size(); }
  std::uint64_t finished() const { return finished_; }
  std::uint64_t failed(HttpFailure::Kind kind) const {
    return failed_.at(static_cast<std::size_t>(kind));
  }

 private:
  void subscribe(const Transfer& transfer);
  void begin(const Transfer& transfer);
  void open_files(const Transfer& transfer);
  void run(const Transfer& transfer, const std::shared_ptr<Upload>& upload);
  bool begin_next();
  bool has_room(const std::string& origin) const;
  void resume(CURL* easy);

  // Calls `into` libcurl, then carries out what came of it.
  template <class Into>
  void enter(Into into);
  void settle();
  void collect();
  void retire(const Transfer& transfer);

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void*);
  void urge_soon(CURL* easy);
  void urge(CURL* easy);
  bool runs(const CURL* easy) const;
  static int on_timer(CURLM*, long milliseconds, void* self);
  void set_timer(long milliseconds);

  boost::asio::any_io_executor executor_;
  const HttpClient::Options options_;
  Sockets sockets_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<WorkerPool> readers_;  // made for the first file
  CURLM* multi_ = nullptr;               // null once closed
  bool inside_ = false;                  // libcurl is calling us
  bool closing_ = false;
  bool settling_ = false;
  std::deque<Transfer> waiting_;
  std::set<Transfer> active_;  // Preparing and Running
  std::map<std::string, std::size_t> active_by_origin_;
  std::vector<Transfer> ended_inside_;
  std::uint64_t finished_ = 0;
  std::array<std::uint64_t, kHttpFailureKinds> failed_{};
};

}  // namespace srs
