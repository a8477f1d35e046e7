#include "recording/archive.hpp"

#include "recording/archive_shared.hpp"

#include <srs/metrics/task_report.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>
#include <future>
#include <iterator>
#include <random>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxWaitingFiles = 100'000;
constexpr std::size_t kMaxWaitingJobs = 16;  // a batch, a look at the disk, the last words

std::string digits_only(std::string text) {
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return text;
}

// Of files by their paths.
template <class Texts>
void rename_directory(Texts& texts, const std::filesystem::path& from,
                      const std::filesystem::path& to) {
  Texts renamed;
  for (auto at = texts.begin(); at != texts.end();) {
    auto next = std::next(at);
    if (at->first.parent_path() == from) {
      auto text = texts.extract(at);
      text.key() = to / text.key().filename();
      renamed.insert(std::move(text));
    }
    at = next;
  }
  texts.merge(renamed);
}

}  // namespace

std::string make_recording_id(WallTime time) {
  static thread_local std::mt19937_64 random{std::random_device{}()};
  char tail[24];
  std::snprintf(tail, sizeof tail, "-%016llx", static_cast<unsigned long long>(random()));
  return digits_only(to_rfc3339(time)) + tail;
}

Archive::Archive(boost::asio::any_io_executor executor, const Options& options,
                 metrics::Registry& registry, log::Logger log)
    : executor_(std::move(executor)),
      root_(std::filesystem::absolute(options.directory)),
      min_free_space_(options.min_free_space),
      log_(std::move(log)),
      detoured_(registry.error("recording", "day_directory")),
      shared_(std::make_shared<Shared>()),
      self_(std::make_shared<Archive*>(this)),
      retry_(executor_, [this] { retry(); }),
      batch_timer_(executor_),
      batch_done_(executor_, boost::asio::steady_timer::time_point::max()),
      thread_(std::make_unique<WorkerPool>(
          1, kMaxWaitingJobs, metrics::task_report(registry, "recording", "archive", log_))) {
  shared_->log = log_;
  if (shared_->look(root_)) take(shared_->detours);
  figures_ = metrics::computed(registry, [this](auto& families) { expose(families); });
}

void Archive::expose(std::vector<prometheus::MetricFamily>& families) const {
  const auto gauge = [&](const char* name, const char* help, std::uint64_t value) {
    families.push_back(metrics::family(name, help, prometheus::MetricType::Gauge,
                                       {{{}, static_cast<double>(value)}}));
  };
  gauge("recording_disk_free_bytes", "Free space of the recordings' file system.",
        shared_->available);
  gauge("recording_disk_size_bytes", "Size of the recordings' file system.", shared_->total);
  gauge("recording_min_free_bytes", "Free space below which no new calls are taken.",
        min_free_space_);
  gauge("recording_disk_files_free",
        "Files that the recordings' file system can still hold (inodes); 0 where it counts none.",
        shared_->files_available);
  gauge("recording_disk_files",
        "Files that the recordings' file system can hold in all (inodes); 0 where it counts none.",
        shared_->files);
  gauge("recording_writes_postponed", "Metadata files that the disk refused; they are tried again.",
        retries());
  families.push_back(metrics::family(
      "recording_write_errors_total", "Metadata files that could not be written.",
      prometheus::MetricType::Counter, {{{}, static_cast<double>(shared_->errors.load())}}));
}

Archive::~Archive() {
  *self_ = nullptr;
  figures_.reset();
  waiting_.merge(refused_);
  // One thread, one order: what it still writes comes before this.
  auto done = std::make_shared<std::promise<void>>();
  const auto written = done->get_future();
  thread_->submit([this, done = std::exchange(done, {})] {
    write(*shared_, waiting_);
    done->set_value();
  });
  written.wait();  // or until that is broken off, and the promise with it
}

std::filesystem::path Archive::directory_of(const std::string& recording_id,
                                            WallTime started) const {
  const auto date = to_rfc3339(started).substr(0, 10);
  const auto detour = detours_.find(date);
  if (detour == detours_.end()) return root_ / date / recording_id;
  ++detoured_;
  return root_ / detour->second.name / recording_id;
}

void Archive::store(const std::filesystem::path& directory, std::string name, std::string bytes) {
  put(directory / std::move(name), {std::move(bytes)});
}

void Archive::store(const std::filesystem::path& directory, Document document) {
  put(directory / kMetadataFile, {std::move(document)});
}

void Archive::move(const std::filesystem::path& from, const std::filesystem::path& to) {
  ++detoured_;
  rename_directory(waiting_, from, to);
  rename_directory(refused_, from, to);
  if (writing_) moved_.insert_or_assign(from, to);
  // New calls are taken meanwhile: where their day takes nothing they move too.
  shared_->doubted = true;
  refresh();
  retry();
}

void Archive::forget(const std::filesystem::path& directory) {
  waiting_.erase(directory / kMetadataFile);
  refused_.erase(directory / kMetadataFile);
}

void Archive::put(std::filesystem::path path, Text text) {
  if (waiting_.size() >= kMaxWaitingFiles) {
    shared_->settle(Error{"the disk is too slow: too many files wait"}, path);
    return;
  }
  refused_.erase(path);
  waiting_.insert_or_assign(std::move(path), std::move(text));
  if (due_ || writing_) return;
  due_ = true;
  batch_timer_.expires_after(kBatchWait);
  batch_timer_.async_wait([self = self_](boost::system::error_code error) {
    if (!error && *self != nullptr) (*self)->write_batch();
  });
}

void Archive::write_batch() {
  due_ = false;
  if (waiting_.empty()) return;
  writing_ = true;
  auto batch = std::make_shared<const Batch>(std::exchange(waiting_, {}));
  thread_->submit([batch, number = batch_++, shared = shared_, self = self_, executor = executor_] {
    auto refused = write(*shared, *batch);
    boost::asio::post(executor, [self, number, refused = std::move(refused)]() mutable {
      if (*self != nullptr) (*self)->batch_written(number, std::move(refused));
    });
  });
}

void Archive::batch_written(std::uint64_t batch, Batch refused) {
  written_ = batch;
  writing_ = false;
  batch_done_.cancel();
  for (const auto& [from, to] : std::exchange(moved_, {})) rename_directory(refused, from, to);
  keep(std::move(refused));
  if (refused_.empty()) retry_.reset();
  write_batch();  // what came meanwhile has waited long enough
}

// What was stored anew meanwhile is newer.
void Archive::keep(Batch refused) {
  for (const auto& [path, text] : waiting_) refused.erase(path);
  if (refused.size() + refused_.size() > kMaxWaitingFiles) return;  // a start will find them
  for (auto& [path, text] : refused) text.refused_before = true;
  refused_.merge(refused);
  if (!refused_.empty()) retry_.start();
}

void Archive::retry() {
  waiting_.merge(refused_);
  refused_.clear();  // whose newer text waits already
  if (!writing_ && !due_) write_batch();
}

// Nobody who waits for the batch may wait for ever: what is thrown is a file that was not written.
Result<void> Archive::write(const std::filesystem::path& path, const Text& text) try {
  const auto* document = std::get_if<Document>(&text.content);
  const std::string bytes =
      document != nullptr ? to_json(*document) : std::get<std::string>(text.content);
  if (auto made = storage::make_directories(path.parent_path()); !made) return made;
  return storage::write_atomically(path, bytes, storage::Durability::Cached);
} catch (const std::exception& error) {
  return Error{error.what()};
}

Archive::Batch Archive::write(Shared& shared, const Batch& batch) {
  Batch refused;
  for (const auto& [path, text] : batch) {
    const Working working(shared.progress);
    const auto result = write(path, text);
    shared.settle(result, path, text.refused_before);
    if (!result) refused.emplace(path, text);
  }
  return refused;
}

boost::asio::awaitable<void> Archive::settled() {
  const auto mine = waiting_.empty() ? batch_ - 1 : batch_;
  while (written_ < mine) {
    co_await batch_done_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

void Archive::refresh() {
  if (thread_->waiting() > 0) return;  // the disk is slow: one look is enough
  thread_->submit([root = root_, shared = shared_, self = self_, executor = executor_] {
    const Working working(shared->progress);
    if (!shared->look(root)) return;
    boost::asio::post(executor, [self, detours = shared->detours]() mutable {
      if (*self != nullptr) (*self)->take(std::move(detours));
    });
  });
}

void Archive::take(Detours detours) {
  for (const auto& [date, detour] : detours) {
    const auto known = detours_.find(date);
    if (known != detours_.end() && known->second.name == detour.name) continue;
    log_.error("recording_day_taken",
               {{"directory", (root_ / detour.name).string()}, {"error", detour.why}});
  }
  detours_ = std::move(detours);
}

std::string Archive::detour() const {
  if (detours_.empty()) return {};
  const auto& [name, why] = detours_.rbegin()->second;
  return why + "; its recordings go to " + (root_ / name).string();
}

void Archive::suspect(std::string why) {
  shared_->blame(std::move(why));
  // A call that began before its day's detour was found goes on being refused.
  if (detours_.empty()) shared_->failing = true;
  shared_->suspected = true;
}

std::string Archive::trouble() const {
  if (shared_->failing) {
    const auto why = shared_->why();
    return "recording.directory can't be written: " + root_.string() +
           (why.empty() ? "" : " (" + why + ")");
  }
  if (shared_->available < min_free_space_) {
    return "less than recording.min_free_space is free in " + root_.string();
  }
  if (storage::short_of_files(space())) {
    return "the file system of " + root_.string() +
           " has hardly any inodes left: " + std::to_string(shared_->files_available) + " of " +
           std::to_string(shared_->files);
  }
  return {};
}

std::chrono::nanoseconds Archive::stalled() const {
  return shared_->progress.stalled();
}

storage::Space Archive::space() const {
  return {.total = shared_->total,
          .available = shared_->available,
          .files = shared_->files,
          .files_available = shared_->files_available};
}

}  // namespace srs::recording
