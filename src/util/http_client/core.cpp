#include "util/http_client/core.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace srs {
namespace {

namespace asio = boost::asio;
using Kind = HttpFailure::Kind;

// A disk that hangs holds one of them; the others go on.
constexpr std::size_t kReaders = 2;
constexpr std::size_t kReadsWaiting = 4096;

void initialise_libcurl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);  // once in a process
  if (done != CURLE_OK) throw std::runtime_error("libcurl can't be initialised");
}

bool is_connecting(CURL* easy) {
  curl_off_t connected = 0;
  return easy != nullptr && curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected) == 0 &&
         connected == 0;
}

// Why they can't all be opened.
std::optional<HttpFailure> open_all(const Upload& upload) {
  for (const auto& file : upload.files()) {
    if (const auto opened = file->open(); !opened)
      return HttpFailure{Kind::File, opened.error().text};
  }
  return std::nullopt;
}

}  // namespace

HttpCore::HttpCore(asio::any_io_executor executor, HttpClient::Options options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      sockets_(executor_,
               [this](curl_socket_t socket, int events) {
                 const auto self = shared_from_this();
                 enter([&] {
                   int running = 0;
                   curl_multi_socket_action(multi_, socket, events, &running);
                 });
               }),
      timer_(executor_) {
  initialise_libcurl();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &HttpCore::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &HttpCore::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.max_active));
}

HttpCore::~HttpCore() {
  close();
}

void HttpCore::submit(const Transfer& transfer) {
  const auto& request = transfer->request();
  auto origin = origin_of(request.url);
  if (closing_) {
    fail(transfer, {Kind::Cancelled, "the client is closed"});
  } else if (!origin) {
    fail(transfer, origin.error());
  } else if (auto wrong = check_request(request)) {
    fail(transfer, std::move(*wrong));
  } else if (request.cancellation && request.cancellation->cancelled()) {
    fail(transfer, {Kind::Cancelled, "its caller cancelled it"});
  } else {
    transfer->origin = std::move(*origin);
    subscribe(transfer);
    if (has_room(transfer->origin) && !inside_) {
      begin(transfer);
    } else if (waiting_.size() < options_.max_waiting) {
      waiting_.push_back(transfer);
    } else {
      fail(transfer, {Kind::Busy, "too many requests wait already"});
    }
  }
}

void HttpCore::subscribe(const Transfer& transfer) {
  if (!transfer->request().cancellation) return;
  auto& token = *transfer->request().cancellation->state_;
  transfer->subscription = token.next++;
  token.subscribers[transfer->subscription] = [core = weak_from_this(),
                                               one = std::weak_ptr(transfer)] {
    const auto self = core.lock();
    const auto alive = one.lock();
    if (self && alive) self->fail(alive, {Kind::Cancelled, "its caller cancelled it"});
  };
}

bool HttpCore::has_room(const std::string& origin) const {
  const auto at = active_by_origin_.find(origin);
  return active_.size() < options_.max_active &&
         (at == active_by_origin_.end() || at->second < options_.max_active_per_host);
}

void HttpCore::begin(const Transfer& transfer) {
  active_.insert(transfer);
  ++active_by_origin_[transfer->origin];
  if (transfer->has_upload()) {
    open_files(transfer);
  } else {
    run(transfer, nullptr);
  }
}

void HttpCore::open_files(const Transfer& transfer) {
  transfer->state = HttpTransfer::State::Preparing;
  if (!readers_) readers_ = std::make_unique<WorkerPool>(kReaders, kReadsWaiting, options_.report);
  auto upload = std::make_shared<Upload>(transfer->request().body, executor_, *readers_);
  auto job = [core = weak_from_this(), executor = executor_, one = std::weak_ptr(transfer),
              upload = std::move(upload)] {
    const auto go_on = [&](std::optional<HttpFailure> failure) {
      asio::post(executor, [core, one, upload, failure = std::move(failure)] {
        const auto self = core.lock();
        const auto alive = one.lock();
        if (!self || !alive || alive->ended()) return;
        if (failure) return self->fail(alive, *failure);
        self->run(alive, upload);
      });
    };
    try {
      go_on(open_all(*upload));
    } catch (...) {
      go_on(HttpFailure{Kind::Busy, "an error of ours kept its files from being opened"});
      throw;  // to the pool's report
    }
  };
  if (!readers_->submit(std::move(job))) {
    fail(transfer, {Kind::Busy, "too many files wait to be read"});
  }
}

void HttpCore::run(const Transfer& transfer, const std::shared_ptr<Upload>& upload) {
  transfer->state = HttpTransfer::State::Running;
  CURL* easy = transfer->prepare(options_, upload);
  for (const auto& file : upload ? upload->files() : std::vector<std::shared_ptr<FileStream>>()) {
    file->on_progress([core = weak_from_this(), easy] {
      if (const auto self = core.lock()) self->resume(easy);
    });
  }
  enter([&] {
    if (easy == nullptr || curl_multi_add_handle(multi_, easy) != CURLM_OK) {
      transfer->fail({Kind::Protocol, "libcurl takes no more requests"});
      ended_inside_.push_back(transfer);
    }
  });
}

void HttpCore::resume(CURL* easy) {
  enter([&] { curl_easy_pause(easy, CURLPAUSE_CONT); });
}

void HttpCore::fail(const Transfer& transfer, HttpFailure failure) {
  if (transfer->ended()) return;
  transfer->fail(std::move(failure));
  if (inside_) {
    ended_inside_.push_back(transfer);
  } else {
    retire(transfer);
    settle();
  }
}

template <class Into>
void HttpCore::enter(Into into) {
  if (multi_ == nullptr) return;
  inside_ = true;
  into();
  inside_ = false;
  settle();
}

// Runs until nothing changes: what ends makes room for what waits.
void HttpCore::settle() {
  if (closing_) return close();
  if (std::exchange(settling_, true)) return;  // the loop below is under way
  do {
    collect();
    for (const auto& transfer : std::exchange(ended_inside_, {})) retire(transfer);
  } while (begin_next() || !ended_inside_.empty());
  settling_ = false;
}

void HttpCore::collect() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    HttpTransfer* ended = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &ended);
    ended->finish(message->data.result);
    const auto at = std::find_if(active_.begin(), active_.end(),
                                 [&](const Transfer& one) { return one.get() == ended; });
    ended_inside_.push_back(*at);
  }
}

// The first that waits and may run; false: there is none.
bool HttpCore::begin_next() {
  const auto at = std::find_if(waiting_.begin(), waiting_.end(),
                               [this](const Transfer& one) { return has_room(one->origin); });
  if (at == waiting_.end()) return false;
  const auto transfer = *at;
  waiting_.erase(at);
  begin(transfer);
  return true;
}

// Takes an ended request out of everything and wakes its coroutine.
void HttpCore::retire(const Transfer& transfer) {
  if (transfer->state == HttpTransfer::State::Ended) return;
  if (transfer->subscription != 0) {
    transfer->request().cancellation->state_->subscribers.erase(transfer->subscription);
  }
  if (active_.erase(transfer) != 0) {
    const auto at = active_by_origin_.find(transfer->origin);
    if (--at->second == 0) active_by_origin_.erase(at);
    if (transfer->easy() != nullptr) {
      inside_ = true;  // it may call back about sockets and timers, which end nothing
      curl_multi_remove_handle(multi_, transfer->easy());
      inside_ = false;
    }
  } else {
    std::erase(waiting_, transfer);
  }
  transfer->state = HttpTransfer::State::Ended;
  transfer->release();
  transfer->wake.cancel();
  if (transfer->outcome()) {
    ++finished_;
  } else {
    ++failed_.at(static_cast<std::size_t>(transfer->outcome().error().kind));
  }
}

void HttpCore::close() {
  closing_ = true;
  if (inside_ || multi_ == nullptr) return;  // settle() comes back
  auto all = std::exchange(ended_inside_, {});
  all.insert(all.end(), active_.begin(), active_.end());
  all.insert(all.end(), waiting_.begin(), waiting_.end());
  for (const auto& transfer : all) {
    transfer->fail({Kind::Cancelled, "the client was closed"});
    retire(transfer);
  }
  readers_.reset();  // waits for a read that runs
  curl_multi_cleanup(std::exchange(multi_, nullptr));
  sockets_.clear();
  timer_.cancel();
}

int HttpCore::on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void*) {
  auto& core = *static_cast<HttpCore*>(self);
  if (what == CURL_POLL_REMOVE && is_connecting(easy)) core.urge_soon(easy);
  return core.sockets_.watch(socket, what) ? 0 : -1;
}

// libcurl 7.88 looks at a host's next address, once one has failed or timed out, when half of the
// time for connecting has passed since: at the end of it all where that one took the first half.
void HttpCore::urge_soon(CURL* easy) {
  asio::post(executor_, [core = weak_from_this(), easy] {
    const auto self = core.lock();
    if (self && self->runs(easy)) self->urge(easy);
  });
}

// A change of what is paused has libcurl look at the request. Nothing is, while it connects.
void HttpCore::urge(CURL* easy) {
  if (!is_connecting(easy)) return;
  enter([&] {
    curl_easy_pause(easy, CURLPAUSE_SEND);
    curl_easy_pause(easy, CURLPAUSE_CONT);
  });
}

bool HttpCore::runs(const CURL* easy) const {
  return std::any_of(active_.begin(), active_.end(),
                     [easy](const Transfer& one) { return one->easy() == easy; });
}

int HttpCore::on_timer(CURLM*, long milliseconds, void* self) {
  static_cast<HttpCore*>(self)->set_timer(milliseconds);
  return 0;
}

void HttpCore::set_timer(long milliseconds) {
  if (milliseconds < 0) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::chrono::milliseconds(milliseconds));
  timer_.async_wait([core = weak_from_this()](const boost::system::error_code& error) {
    const auto self = core.lock();
    if (error || !self) return;
    self->enter([&] {
      int running = 0;
      curl_multi_socket_action(self->multi_, CURL_SOCKET_TIMEOUT, 0, &running);
    });
  });
}

}  // namespace srs
