// The pool's inside: the queue, and the coroutine of each job. Coroutines share it, so that they
// may outlive the pool.
#pragma once

#include "stt/engine.hpp"
#include "stt/entry.hpp"
#include "stt/job_file.hpp"
#include "stt/job_parts.hpp"
#include "stt/metrics.hpp"
#include "stt/notice.hpp"
#include "stt/redact.hpp"
#include "stt/turns.hpp"

#include <srs/stt/pool.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace srs::stt {

inline double seconds(auto time) {
  return std::chrono::duration<double>(time).count();
}

class PoolCore : public std::enable_shared_from_this<PoolCore> {
 public:
  PoolCore(Tasks& tasks, const Options& options, HttpClient& http, WorkerPool& workers,
           tracing::Tracer& tracer, metrics::Registry& registry, log::Logger log);

  void drain();
  void stop();
  void submit(Job job);
  void recover(std::filesystem::path recordings, std::function<void(std::size_t)> done);
  boost::asio::awaitable<bool> cancel(std::filesystem::path directory);
  boost::asio::awaitable<Result<Renewed>> retry(std::filesystem::path directory);

  Listener* listener = nullptr;
  std::function<bool(const std::filesystem::path&)> is_settled;  // on workers; empty: all are

  std::size_t size() const { return entries_.size(); }
  std::size_t running() const { return running_; }
  std::size_t parked() const { return parked_.size(); }
  std::size_t live_texts() const;
  std::size_t under_way() const { return running_ + delivering_; }
  std::size_t looks() const { return looks_; }
  const std::vector<Engine>& engines() const { return engines_; }

 private:
  // Its lines carry the job's ids.
  log::Logger log_of(const Job& job) const;
  using Clock = std::chrono::steady_clock;
  // What a step of a job says: go on with the next, or leave the job for now.
  enum class Step { Next, Leave };

  // The queue.
  void add(JobState state, bool stored);
  void forget(const EntryPointer& entry);
  void put_back(const EntryPointer& entry, std::chrono::milliseconds pause);
  void dispatch();
  EntryPointer next_to_ask(const Now& now);
  EntryPointer next_to_deliver() const;
  bool has_to_give_way(const Entry& entry);
  void begin(const EntryPointer& entry);
  std::chrono::milliseconds wait_of(Entry& entry, const Now& now);
  std::chrono::milliseconds pause_of(const Entry& entry, const Now& now) const;
  // A provider is asked, or has ended: others may be let through now.
  void providers_changed() { quiet_until_ = {}; }
  void hold_back(Entry& entry, const Choice& choice);
  void pass_on(Entry& entry, const Choice& choice);
  void watch_waiting();
  void look_at_waiting();
  bool tell_waiting(Entry& entry, const Now& now);
  bool may_begin(const Entry& entry) const;
  // Jobs in memory, of each kind up to Options::queue: more wait on disk, and no receiver that
  // takes nothing keeps others from being transcribed.
  bool is_full(bool written) const;
  bool leave_out(bool written);
  bool count_delivery(Entry& entry);
  std::size_t& slots_of(const Entry& entry) { return entry.delivering ? delivering_ : running_; }
  void wake_in(std::chrono::milliseconds time);
  void fetch_left_out();  // once half of what fits into memory is gone
  bool end_entry(const std::filesystem::path& directory);
  void figures(std::vector<prometheus::MetricFamily>& families) const;

  // Begins later, when the pool may be gone: `work`, one of the coroutines below, keeps this.
  void spawn(const char* name, boost::asio::awaitable<void> work);

  // One job.
  boost::asio::awaitable<void> scan(std::filesystem::path recordings,
                                    std::function<void(std::size_t)> done);
  boost::asio::awaitable<void> look_for_jobs(const std::filesystem::path& recordings,
                                             const std::function<void(std::size_t)>& done);
  boost::asio::awaitable<void> store_and_queue(EntryPointer entry);
  boost::asio::awaitable<void> run(EntryPointer entry);
  boost::asio::awaitable<Step> work_on(EntryPointer entry);
  boost::asio::awaitable<Step> transcribe(EntryPointer entry, Exchange& exchange);
  boost::asio::awaitable<Step> do_piece(EntryPointer entry, Exchange& exchange, Progress& progress,
                                        std::size_t number);
  boost::asio::awaitable<void> forget_remote(EntryPointer entry, Exchange& exchange,
                                             Progress& progress, std::size_t number,
                                             std::string provider);
  boost::asio::awaitable<void> forget_all_remote(EntryPointer entry, Exchange& exchange,
                                                 Progress& progress, std::size_t number);
  // An answer, and why the disk refused it; empty: it is stored.
  struct Heard {
    Part part;
    std::string refused;
  };
  // `asked` where the provider was: else nothing of its limits is used up.
  boost::asio::awaitable<Outcome<Heard>> ask(EntryPointer entry, Exchange& exchange, Engine& engine,
                                             Progress& progress, std::size_t number, bool& asked);
  boost::asio::awaitable<Step> finish(EntryPointer entry, Exchange& exchange,
                                      const Progress& progress);
  boost::asio::awaitable<Step> deliver(EntryPointer entry, Exchange& exchange);
  boost::asio::awaitable<Step> fail(EntryPointer entry, Exchange& exchange, Engine& engine,
                                    Failure failure);
  boost::asio::awaitable<Step> give_up(EntryPointer entry, Exchange& exchange, Phase phase,
                                       std::string provider, Reason reason, std::string text);
  boost::asio::awaitable<Step> miss_deadline(EntryPointer entry, Exchange& exchange);
  boost::asio::awaitable<void> tell_again(EntryPointer entry, Exchange& exchange);
  boost::asio::awaitable<Step> keep_and_wait(EntryPointer entry, Exchange& exchange);
  // The disk refused; the job waits for it.
  Step wait_for_disk(Entry& entry);
  boost::asio::awaitable<bool> store_again(EntryPointer entry, Exchange& exchange,
                                           Progress& progress);
  boost::asio::awaitable<void> clean_up(EntryPointer entry);

  // Tells the listener and, where there is one, the receiver of transcripts.
  void tell_unfinished(const Entry& entry, Unfinished unfinished);
  void give_up_oldest_notice();
  boost::asio::awaitable<void> send_notices();
  // False where it has to be sent again.
  boost::asio::awaitable<bool> send(Notice& notice, Exchange& exchange);

  // What the limits have counted, over restarts.
  boost::asio::awaitable<void> resume_spending(Exchange& exchange);
  void keep_spending();
  boost::asio::awaitable<void> write_spending();

  void begin_span(Entry& entry, const Engine& engine, const Piece& piece);
  void begin_span(Entry& entry, const char* name);
  void note(Engine& engine, Record& record, const Failure& failure);
  std::chrono::milliseconds time_left(const Entry& entry) const;  // until the deadline
  bool is_overdue(const Entry& entry) const { return time_left(entry).count() == 0; }
  double chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  Tasks& tasks_;
  const Options options_;
  HttpClient& http_;
  WorkerPool& workers_;
  tracing::Tracer& tracer_;
  log::Logger log_;
  Metrics metrics_;
  const Redactor redactor_;
  std::vector<Price> prices_;
  std::vector<Engine> engines_;

  std::map<std::filesystem::path, EntryPointer> entries_;
  Turns turns_;
  // Until then nobody of turns_.tried() can begin, unless a provider does better before.
  Clock::time_point quiet_until_{};
  std::size_t looks_ = 0;
  std::set<std::filesystem::path> parked_;
  std::deque<Notice> notices_;  // at most Options::queue
  bool notices_are_sent_ = false;
  const std::shared_ptr<Cancellation> notices_end_ = std::make_shared<Cancellation>();
  // Answers, paid for, that the disk refused: of each job one at most. Nobody is asked for more
  // while there are as many as jobs that run.
  std::map<std::filesystem::path, Part> unstored_;
  std::uint64_t next_number_ = 0;
  // Each up to Options::concurrency: who takes no deliveries keeps nobody from being transcribed.
  std::size_t running_ = 0;
  std::size_t delivering_ = 0;
  bool stopped_ = false;
  bool draining_ = false;       // nobody is asked any more
  std::size_t deliveries_ = 0;  // of entries_
  bool left_out_ = false;       // jobs to transcribe, on disk
  bool deliveries_left_out_ = false;
  bool scanning_ = false;
  std::set<std::filesystem::path> in_hand_;  // being cancelled, or begun again from their files
  std::set<std::filesystem::path> ended_;  // since the scan that runs began: it may have read them
  std::filesystem::path recordings_;
  std::filesystem::path spending_file_;  // empty: no limit counts what has to be kept
  bool resuming_ = false;
  bool spending_changed_ = false;
  bool spending_is_written_ = false;
  std::atomic<std::uint64_t>& spending_errors_;
  std::atomic<std::uint64_t>& disk_errors_;
  const WallTime started_at_ = wall_now();
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer look_;  // at those that wait
  bool watching_ = false;
  std::filesystem::path looked_at_;
  std::mt19937 random_{std::random_device{}()};
  std::shared_ptr<prometheus::Collectable> figures_;
};

}  // namespace srs::stt
