#include "recording/leftovers.hpp"

#include "recording/session_notes.hpp"
#include "recording/traced.hpp"

#include <srs/metrics/task_report.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace srs::recording {

Leftovers::Leftovers(boost::asio::any_io_executor executor, std::filesystem::path root,
                     RenderQueue& renders, Metrics& metrics, metrics::Registry& registry,
                     log::Logger log)
    : executor_(std::move(executor)),
      root_(std::move(root)),
      renders_(renders),
      metrics_(metrics),
      log_(std::move(log)),
      errors_(registry.error("recording", "recovery")),
      searcher_(std::make_unique<WorkerPool>(
          1, 4, metrics::task_report(registry, "recording", "recovery", log_))) {}

Leftovers::~Leftovers() {
  *alive_ = false;
  searcher_.reset();
}

void Leftovers::search(bool after_crash) {
  searching_ = true;
  searcher_->submit([this, alive = alive_, after_crash, root = root_, executor = executor_] {
    Orphans orphans;
    try {
      orphans = find_orphans(root);
    } catch (const std::exception& error) {
      // The search is over, and nothing was found: the others are found by the next start.
      orphans.unreadable.push_back(root.string() + ": " + error.what());
    }
    boost::asio::post(executor, [this, alive, after_crash, orphans = std::move(orphans)]() mutable {
      if (*alive) take(std::move(orphans), after_crash);
    });
  });
}

void Leftovers::take(Orphans orphans, bool after_crash) {
  searching_ = false;
  for (const auto& text : orphans.unreadable) {
    ++errors_;
    log_.error("recovery_failed", {{"recording", text}});
  }
  // What may end this process too comes last: the others are safe by then.
  std::stable_sort(orphans.found.begin(), orphans.found.end(),
                   [](const auto& a, const auto& b) { return a.deaths < b.deaths; });
  for (auto& orphan : orphans.found) {
    // After a full queue only what waits for its render is ours; what records belongs to a
    // session, and so does what began while we searched.
    if (orphan.was_recording && !after_crash) continue;
    if (begun_.contains(orphan.document.recording_id)) continue;
    if (after_crash) tell_recovered(orphan);
    const bool fits = render(orphan);
    if (!fits && orphan.was_recording) left_over_.push_back(std::move(orphan));
  }
  begun_.clear();
}

void Leftovers::tell_recovered(Orphan& orphan) {
  auto& document = orphan.document;
  const auto log =
      traced(log_.with("recording_id", document.recording_id).with("call_id", document.call_id),
             kept_trace(document));
  metrics_.recovered(orphan.was_recording);
  log.warning("recording_recovered");
  if (orphan.rebuilt) SessionNotes(document, metrics_, log).tell_since(Warning::Metadata, 0);
}

bool Leftovers::render(const Orphan& orphan) {
  return renders_.submit(orphan.directory, orphan.document, RenderQueue::Origin::Disk,
                         kept_trace(orphan.document), orphan.deaths);
}

void Leftovers::begun(const std::string& recording_id) {
  if (searching_) begun_.insert(recording_id);
}

// A later search takes calls that are `recording` on disk for running ones.
void Leftovers::refill() {
  for (; !left_over_.empty(); left_over_.pop_front()) {
    if (!render(left_over_.front())) return;
  }
  search(false);
}

}  // namespace srs::recording
