// What a provider may use to do its work.
#pragma once

#include "stt/answer.hpp"
#include "stt/complaint.hpp"

#include <srs/stt/options.hpp>
#include <srs/util/http_client.hpp>
#include <srs/util/offload.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace srs::stt {

// Ends what a job waits for, from elsewhere on the io_context's thread.
class Cancellation {
 public:
  void cancel();
  bool cancelled() const { return cancelled_; }
  // Called once by cancel(); replaced by the next thing that is waited for.
  void on_cancel(std::function<void()> action) { action_ = std::move(action); }

  // The process ends: what the provider works on by itself, under a name that is kept, is left to
  // the next one.
  void leave();
  bool leaving() const { return leaving_; }

  const HttpCancellation& http() const { return http_; }

 private:
  friend class Exchange;
  bool cancelled_ = false;
  bool leaving_ = false;
  bool may_leave_ = false;  // what is waited for now ends by leave() too
  HttpCancellation http_;
  std::function<void()> action_;
};

// In place of a name that the provider gives: our audio lies in a bucket of its own.
inline constexpr std::string_view kUploaded = "uploaded";

// One provider's dealings about one piece: requests whose answers are judged, pauses, work on other
// threads. Lives on the io_context's thread, in the coroutine of the job.
class Exchange {
 public:
  // `http` and `workers` outlive every use; `cancellation` says when not to use them any more.
  Exchange(HttpClient& http, WorkerPool& workers, const Options& options,
           std::shared_ptr<Cancellation> cancellation);

  // Sends it with our time-out, bound on answers and cancellation. Only 2xx is a success:
  // everything else is judged, with the provider's own words where there are any.
  boost::asio::awaitable<Outcome<HttpResponse>> send(HttpRequest request);

  // Blocking or long work; `work` returns an Outcome.
  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> work(Work work);

  // prepare -> send -> parse, the two of them on worker threads. `parse` gets the body.
  template <class Prepare, class Parse>
  auto ask(Prepare prepare, Parse parse)
      -> boost::asio::awaitable<std::invoke_result_t<Parse, std::string_view>>;

  // How those who are asked say what is wrong.
  ReadComplaint read_complaint = common_complaint;

  // Of every request and connection (W3C Trace Context); empty: they carry none.
  std::string traceparent;

  // False where the job was cancelled meanwhile.
  boost::asio::awaitable<bool> pause(std::chrono::milliseconds time);
  // The same while the provider works on `remote`; false also where the process ends.
  boost::asio::awaitable<bool> pause_before_poll(std::chrono::milliseconds time);

  // The provider's own name for the piece that it works on: kept over a restart, so that nothing is
  // paid twice. Empty: not submitted yet; kUploaded: nor that, but our audio lies there.
  std::string remote;
  // Makes `remote` durable.
  std::function<boost::asio::awaitable<void>(std::string)> remember;
  // Whether nothing works on it yet.
  bool is_to_submit() const { return remote.empty() || remote == kUploaded; }
  // Sets `remote` and makes it durable.
  boost::asio::awaitable<void> keep(std::string name);
  // Before a job is begun on what was uploaded, which may have arrived though the answer did not.
  template <class T>
  boost::asio::awaitable<void> keep_upload(const Outcome<T>& uploaded);

  bool cancelled() const { return cancellation_->cancelled(); }
  bool leaving() const { return cancellation_->leaving(); }
  Cancellation& cancellation() { return *cancellation_; }
  HttpClient& http() { return http_; }
  WorkerPool& workers() { return workers_; }
  const Options& options() const { return options_; }

 private:
  HttpClient& http_;
  WorkerPool& workers_;
  const Options& options_;
  std::shared_ptr<Cancellation> cancellation_;
};

// What an answer's status says, and `read` of what came with it; nothing for 2xx.
std::optional<Failure> judge(const HttpResponse& response,
                             std::chrono::system_clock::time_point now,
                             ReadComplaint read = common_complaint);
Failure failure_of(const HttpFailure& failure);

// `text` without the secrets that `headers` hold, should a provider echo them.
std::string without_secrets(std::string text, const HttpHeaders& headers);

template <class T>
boost::asio::awaitable<void> Exchange::keep_upload(const Outcome<T>& uploaded) {
  if (!uploaded) {
    const auto reason = uploaded.error().reason;
    const bool sent = reason != Reason::Connect && reason != Reason::Tls;
    if (!sent || remedy_of(reason) == Remedy::Never) co_return;
  }
  if (remote.empty()) co_await keep(std::string(kUploaded));
}

template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> Exchange::work(Work work) {
  for (;;) {
    if (cancelled()) co_return Failure{Reason::Cancelled, "cancelled"};
    auto done = co_await offload(workers_, std::ref(work));
    if (cancelled()) co_return Failure{Reason::Cancelled, "cancelled"};
    if (done) co_return std::move(*done);
    if (!co_await pause(std::chrono::milliseconds(50)))
      co_return Failure{Reason::Cancelled, "cancelled"};
  }
}

template <class Prepare, class Parse>
auto Exchange::ask(Prepare prepare, Parse parse)
    -> boost::asio::awaitable<std::invoke_result_t<Parse, std::string_view>> {
  auto request = co_await work(std::move(prepare));
  if (!request) co_return request.error();
  auto response = co_await send(std::move(*request));
  if (!response) co_return response.error();
  const auto body = std::move(response->body);
  co_return co_await work([&] { return parse(std::string_view(body)); });
}

}  // namespace srs::stt
