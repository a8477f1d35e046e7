#include "app/metadata_editor.hpp"

#include <srs/metrics/task_report.hpp>
#include <srs/storage/files.hpp>

#include <boost/asio/post.hpp>

#include <iterator>
#include <set>
#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kWaitingWork = 10'000;
constexpr std::size_t kMostEdits = 10'000;
constexpr std::chrono::hours kLongest{24};

bool is_gone(const std::filesystem::path& directory) {
  std::error_code ignored;
  return !std::filesystem::exists(directory / recording::kMetadataFile, ignored);
}

}  // namespace

MetadataEditor::MetadataEditor(boost::asio::any_io_executor executor, metrics::Registry& registry,
                               log::Logger log)
    : executor_(std::move(executor)),
      log_(std::move(log)),
      errors_(registry.error("stt", "metadata")),
      retry_(executor_, [this] { retry(); }),
      self_(std::make_shared<MetadataEditor*>(this)),
      worker_(std::make_unique<WorkerPool>(
          1, kWaitingWork, metrics::task_report(registry, "stt", "metadata", log_))) {}

MetadataEditor::~MetadataEditor() {
  worker_.reset();
  *self_ = nullptr;
}

std::size_t MetadataEditor::refused() const {
  std::size_t count = 0;
  for (const auto& [directory, edits] : refused_) count += edits.size();
  return count;
}

void MetadataEditor::amend(const std::filesystem::path& directory, recording::Amendment amendment) {
  amend(directory, [amendment = std::move(amendment)] { return amendment; });
}

void MetadataEditor::amend(const std::filesystem::path& directory, Work work) {
  if (waiting_.size() + refused() >= kMostEdits)
    return fail(directory, "too many metadata files wait for the disk", false);
  waiting_.push_back({directory, std::move(work), Clock::now()});
  begin();
}

void MetadataEditor::append(const std::filesystem::path& file, std::string line) {
  const auto refused = [self = self_, executor = executor_, file](std::string error) {
    boost::asio::post(executor, [self, file, error = std::move(error)] {
      if (*self != nullptr) (*self)->fail(file, error, false);
    });
  };
  const bool taken = worker_->submit([file, refused, line = std::move(line)] {
    auto done = storage::append(file, line + "\n");
    // What is said may be faster than the metadata whose writer makes the directory.
    std::error_code ignored;
    if (!done && !std::filesystem::exists(file.parent_path(), ignored) &&
        storage::make_directories(file.parent_path()))
      done = storage::append(file, line + "\n");
    if (!done) refused(done.error().text);
  });
  if (!taken) fail(file, "too many lines wait for the disk", false);
}

// One batch at a time, without what has to come after something that was refused.
void MetadataEditor::begin() {
  if (writing_) return;
  auto batch = std::make_shared<Edits>();
  for (auto& edit : std::exchange(waiting_, {})) {
    const auto before = refused_.find(edit.directory);
    (before == refused_.end() ? *batch : before->second).push_back(std::move(edit));
  }
  if (batch->empty()) return;
  writing_ = worker_->submit([batch, self = self_, executor = executor_] {
    write(*batch);
    boost::asio::post(executor, [batch, self] {
      if (*self != nullptr) (*self)->done(std::move(*batch));
    });
  });
  if (writing_) return;
  for (auto& edit : *batch) refused_[edit.directory].push_back(std::move(edit));
  retry_.start();
}

// What is thrown is an edit that failed: the others of its batch, and later ones, are made.
Result<void> MetadataEditor::write(Edit& edit) try {
  auto amendment = edit.work();
  if (!amendment) return amendment.error();
  return recording::amend(edit.directory, *amendment);
} catch (const std::exception& error) {
  return Error{error.what()};
}

// On the thread. An edit that fails keeps back those of its directory that come after it.
void MetadataEditor::write(Edits& edits) {
  std::set<std::filesystem::path> stuck;
  for (auto& edit : edits) {
    edit.refused = stuck.contains(edit.directory);
    if (edit.refused) continue;
    const auto done = write(edit);
    if (done) continue;
    edit.refused = true;
    edit.failure = done.error().text;
    edit.hopeless = is_gone(edit.directory);
    stuck.insert(edit.directory);
  }
}

void MetadataEditor::done(Edits edits) {
  writing_ = false;
  for (auto& edit : edits)
    if (edit.refused) keep(std::move(edit));
  if (refused_.empty())
    retry_.reset();
  else
    retry_.start();
  begin();  // what came meanwhile
}

void MetadataEditor::keep(Edit edit) {
  const bool given_up = edit.hopeless || Clock::now() - edit.since > kLongest;
  if (given_up || (!edit.failure.empty() && !std::exchange(edit.told, true)))
    fail(edit.directory, edit.failure, !given_up);
  if (!given_up) refused_[edit.directory].push_back(std::move(edit));
}

void MetadataEditor::retry() {
  Edits again;
  for (auto& [directory, edits] : std::exchange(refused_, {}))
    std::move(edits.begin(), edits.end(), std::back_inserter(again));
  std::move(waiting_.begin(), waiting_.end(), std::back_inserter(again));
  waiting_ = std::move(again);
  begin();
}

void MetadataEditor::fail(const std::filesystem::path& path, std::string_view error, bool again) {
  ++errors_;
  log_.error("transcript_not_in_metadata",
             {{"directory", path.string()}, {"error", error}, {"again", again}});
}

}  // namespace srs::app
