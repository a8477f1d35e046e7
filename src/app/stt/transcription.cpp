#include "app/stt/transcription.hpp"

#include <srs/metrics/task_report.hpp>
#include <srs/util/offload.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kWorkers = 2;
constexpr std::size_t kWaitingWork = 10'000;

// Each job has one request at a time, deliveries come beside them, and all may go to one host.
HttpClient::Options client_options(const SttGround& ground) {
  const auto& options = ground.options;
  HttpClient::Options out;
  out.report = metrics::task_report(ground.registry, "stt", "upload", ground.log);
  out.max_active = std::max(out.max_active, 2 * options.concurrency);
  out.max_active_per_host = std::max(out.max_active_per_host, 2 * options.concurrency);
  return out;
}

// A crash, or a disk that refuses metadata.json, came between a render's job and its recording's
// completion: the next render ends in a job again. Blocks.
bool is_settled(const std::filesystem::path& directory) {
  const auto document = recording::load_document(directory);
  return !document || is_over(document->state);  // nobody renders what can't be read
}

}  // namespace

Transcription::Transcription(const SttGround& ground)
    : options_(ground.options),
      tasks_(ground.tasks),
      executor_(ground.tasks.executor()),
      log_(ground.log),
      editor_(ground.editor),
      declined_(ground.declined),
      self_(std::make_shared<Transcription*>(this)),
      http_(ground.tasks.executor(), client_options(ground)),
      workers_(std::make_unique<WorkerPool>(kWorkers, kWaitingWork)),
      pool_(std::make_unique<stt::Pool>(ground.tasks, ground.options, http_, *workers_,
                                        ground.tracer, ground.registry, log_)) {
  pool_->set_listener(this);
  pool_->set_settled(is_settled);
  for (const auto& [provider, option] : stt::ignored_options(options_))
    log_.warning("transcription_option_ignored", {{"provider", provider}, {"option", option}});
}

Transcription::~Transcription() {
  *self_ = nullptr;
}

LiveQueue Transcription::live_queue() {
  return [self = self_, executor = executor_](const stt::Job& job) -> Result<void> {
    if (auto stored = stt::store_job(job); !stored) return stored;
    boost::asio::post(executor, [self, job] {
      if (*self != nullptr) (*self)->pool_->submit(job);
    });
    return {};
  };
}

recording::AfterRender Transcription::hooks() {
  recording::AfterRender hooks;
  const bool asks = !options_.providers.empty();
  hooks.completing = [log = log_, asks](const auto& directory, recording::Document& document) {
    if (is_marked_declined(directory)) document.transcription = cancelled_entry();
    if (!asks || !document.audio || is_cancelled(document)) return;
    if (const auto stored = stt::store_job(job_of(directory, document)); !stored) {
      log.error("transcription_not_queued", {{"call_id", document.call_id},
                                             {"recording_id", document.recording_id},
                                             {"error", stored.error().text}});
    }
  };
  hooks.completed = [this, asks](const auto& directory, const auto& document) {
    if (is_cancelled(document)) return settle_declined(editor_, directory);
    if (asks) begin(directory, document);
  };
  return hooks;
}

void Transcription::begin(const std::filesystem::path& directory,
                          const recording::Document& document) {
  // Cancelled when the render had looked for the mark already: its job is on the disk.
  if (declined_.contains(document.recording_id))
    tasks_.spawn("stt.cancel", end_stored(self_, directory));
  else
    pool_->submit(job_of(directory, document));
}

boost::asio::awaitable<void> Transcription::end_stored(std::shared_ptr<Transcription*> self,
                                                       std::filesystem::path directory) {
  if (*self == nullptr) co_return;
  const bool told = co_await (*self)->pool_->cancel(directory);
  if (told || *self == nullptr) co_return;
  recording::Amendment amendment;
  amendment.transcription = cancelled_entry();
  (*self)->editor_.amend(directory, std::move(amendment));
  settle_declined((*self)->editor_, directory);
}

void Transcription::recover(const std::filesystem::path& recordings) {
  pool_->recover(recordings, [log = log_](std::size_t found) {
    if (found > 0) log.info("transcriptions_recovered", {{"jobs", found}});
  });
}

boost::asio::awaitable<bool> Transcription::cancel(std::filesystem::path directory) {
  const auto self = self_;
  const auto id = directory.filename().string();
  declined_.add(id);  // first: its render may end at any time
  const auto mark = [&directory] { return mark_declined(directory); };
  const auto marked = co_await offload(*workers_, std::cref(mark));
  if (*self == nullptr) co_return false;
  if (marked && !*marked)
    log_.error("transcription_job_not_stored",
               {{"recording_id", id}, {"error", marked->error().text}});
  const bool runs = !marked || !*marked || **marked;
  if (runs) co_return true;  // without its mark it is remembered as long as we live
  if (!declined_.contains(id)) co_return true;  // it was complete meanwhile, and that ended it
  const bool cancelled = co_await pool_->cancel(directory);
  // Else it stays: that it is complete may not have been told yet.
  if (!cancelled && *self != nullptr) declined_.remove(id);
  co_return cancelled;
}

boost::asio::awaitable<Result<stt::Renewed>> Transcription::retry(std::filesystem::path directory) {
  return pool_->retry(std::move(directory));
}

void Transcription::transcript_finished(const stt::Finished& finished) {
  editor_.amend(finished.directory, amendment_of(finished));
}

void Transcription::transcript_unfinished(const stt::Unfinished& unfinished) {
  editor_.amend(unfinished.directory, amendment_of(unfinished));
  if (unfinished.state == stt::Unfinished::State::Cancelled)
    settle_declined(editor_, unfinished.directory);
}

void Transcription::transcript_delivered(const stt::Delivered& delivered) {
  editor_.amend(delivered.directory, amendment_of(delivered));
}

void Transcription::transcript_waits(const stt::Waiting& waiting) {
  editor_.amend(waiting.directory, amendment_of(waiting));
}

}  // namespace srs::app
