#include "app/stt/untold.hpp"

#include "app/stt/transcription.hpp"

#include <srs/metrics/task_report.hpp>
#include <srs/recording/directories.hpp>
#include <srs/stt/live.hpp>
#include <srs/stt/transcript.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kMostAtOnce = 4'000;  // the next start finds the others

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

// What lies beside a complete recording and is not named in it.
struct Unnamed {
  bool transcript = false;
  bool live = false;
  bool held = false;
  std::optional<recording::Document> document;
};

bool names(const recording::Document& document, std::string_view file) {
  return std::any_of(document.files.begin(), document.files.end(),
                     [file](const recording::FileEntry& entry) { return entry.name == file; });
}

Unnamed unnamed(const std::filesystem::path& directory) {
  Unnamed found;
  found.transcript = is_there(directory / stt::kTranscriptFile);
  found.live = is_there(directory / stt::kLiveFile);
  found.held = is_there(directory / stt::kHeldFile);
  if (!found.transcript && !found.live && !found.held) return found;
  auto document = recording::load_document(directory);
  if (!document || document->state != recording::State::Complete) return {};
  found.transcript = found.transcript && !names(*document, stt::kTranscriptFile);
  found.live = found.live && !names(*document, stt::kLiveFile);
  found.document = std::move(*document);
  return found;
}

stt::Millis length_of(const recording::Document& document) {
  return std::chrono::duration_cast<stt::Millis>(document.ended_at.value_or(document.started_at) -
                                                 document.started_at);
}

// Whether nobody has made anything of the live text yet, or is about to.
bool is_to_be_made(const std::filesystem::path& directory, const Unnamed& found) {
  return found.live && !is_there(directory / stt::kTranscriptFile) &&
         !is_there(directory / stt::kJobFile) && !found.document->transcription;
}

stt::Job live_job(const std::filesystem::path& directory, const recording::Document& document) {
  auto job = job_of(directory, document);
  job.live = stt::LiveText{length_of(document),
                           {},
                           {"made at a later start: the call's last words may be missing, and what "
                            "the live provider was "
                            "used for is not known"}};
  return job;
}

}  // namespace

bool is_untold(const std::filesystem::path& directory) {
  const auto found = unnamed(directory);
  return found.document && (found.transcript || found.live || found.held);
}

Result<recording::Amendment> untold(const std::filesystem::path& directory,
                                    const LiveQueue& queue) {
  recording::Amendment amendment;
  auto found = unnamed(directory);
  if (!found.document) return amendment;
  if (found.held) {
    if (const auto done = stt::recover_held(directory); !done) return done.error();
    found = unnamed(directory);
  }
  if (found.transcript) {
    const auto finished = stt::finished_of(job_of(directory, *found.document));
    if (!finished) return finished.error();
    amendment = amendment_of(*finished);
  } else if (is_to_be_made(directory, found)) {
    if (const auto done = queue(live_job(directory, *found.document)); !done) return done.error();
  }
  if (found.live) amendment.files.push_back(live_entry());
  return amendment;
}

UntoldSearch::UntoldSearch(Tasks& tasks, LiveQueue queue, MetadataEditor& editor,
                           metrics::Registry& registry, log::Logger log)
    : tasks_(tasks),
      queue_(std::move(queue)),
      editor_(editor),
      log_(std::move(log)),
      self_(std::make_shared<UntoldSearch*>(this)),
      thread_(std::make_unique<WorkerPool>(
          1, 1, metrics::task_report(registry, "stt", "untold", log_))) {}

UntoldSearch::~UntoldSearch() {
  stopped_ = true;
  thread_.reset();
  *self_ = nullptr;
}

void UntoldSearch::begin(const std::filesystem::path& recordings,
                         std::function<bool(const std::string&)> is_heard) {
  thread_->submit([this, self = self_, executor = tasks_.executor(),
                   recordings = std::filesystem::absolute(recordings),
                   is_heard = std::move(is_heard)] {
    Directories found, marked;
    recording::for_each_directory(recordings, [&](const auto& directory) {
      if (is_untold(directory)) found.push_back(directory);
      if (is_marked_declined(directory)) marked.push_back(directory);
      return !stopped_ && found.size() + marked.size() < kMostAtOnce;
    });
    boost::asio::post(executor,
                      [self, is_heard, found = std::move(found), marked = std::move(marked)] {
                        if (*self == nullptr) return;
                        for (const auto& directory : marked)
                          settle_declined((*self)->editor_, directory);
                        (*self)->take(found, is_heard);
                      });
  });
}

void UntoldSearch::take(const Directories& found,
                        const std::function<bool(const std::string&)>& is_heard) {
  std::size_t taken = 0;
  for (const auto& directory : found) {
    if (is_heard && is_heard(directory.filename().string())) continue;
    ++taken;
    editor_.amend(directory, [directory, queue = queue_] { return untold(directory, queue); });
  }
  if (taken > 0) log_.info("transcripts_recovered", {{"transcripts", taken}});
}

}  // namespace srs::app
