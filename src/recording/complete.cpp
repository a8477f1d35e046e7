#include "recording/complete.hpp"

#include "recording/render_mark.hpp"

#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace srs::recording {
namespace {

// The promise of docs/recording-format.md: every file that is named has its size and its digest.
void seal(const std::filesystem::path& directory, Document& document) {
  std::vector<FileEntry> there;
  for (auto& file : document.files) {
    std::error_code ignored;
    if (!std::filesystem::exists(directory / file.name, ignored)) {
      document.warn(file.name + " is gone: somebody removed it, or its directory");
      continue;
    }
    if (file.sha256.empty() && file.name != kCaptureFile) {
      auto digest = storage::sha256(directory / file.name);
      if (digest)
        file.sha256 = std::move(*digest);
      else
        document.warn(file.name + " can't be read: " + digest.error().text);
    }
    there.push_back(std::move(file));
  }
  document.files = std::move(there);
}

// An error where nobody can say: rights that were taken away may be given back.
Result<bool> has_capture(const std::filesystem::path& directory) {
  std::error_code error;
  const bool there = std::filesystem::exists(directory / kCaptureFile, error);
  if (error) return storage::file_error("look for", directory / kCaptureFile, error.value());
  return there;
}

// Its day is there and it is not: somebody took it away, and no retry brings it back. A day that
// takes none of ours is another one, put in the place of it.
bool was_removed(const std::filesystem::path& directory) {
  std::error_code error;
  const auto day = directory.parent_path();
  return !std::filesystem::exists(directory, error) && !error &&
         std::filesystem::is_directory(day, error) &&
         ::faccessat(AT_FDCWD, day.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

// A call without media leaves its metadata alone: a file of silence would look like a recording.
Evidence finish_without_capture(Document& document) {
  if (!document.ended_at) document.ended_at = document.started_at;
  const bool gone = had_media(document);
  document.state = gone ? State::Failed : State::Complete;
  document.warn(gone
                    ? "capture.pcapng is gone: somebody removed it, or moved the directory, or the "
                      "machine lost it when it crashed, and what was said with it"
                    : std::string(kNoMediaWarning));
  return gone ? Evidence::Gone : Evidence::None;
}

// Writes metadata.json; `given` is what the recording was before, for the next attempt.
Completed written(const std::filesystem::path& directory, Document document, Document given,
                  storage::Durability durability, const log::Logger& log) {
  const auto text = to_json(document);
  const auto begun = wall_now();
  auto done = storage::write_atomically(directory / kMetadataFile, text, durability);
  if (done) {
    Stored stored{std::string(kMetadataFile), text.size(), begun, wall_now()};
    return {std::move(document), {}, {std::move(stored)}};
  }
  if (!was_removed(directory)) return {std::move(given), done.error().text, {}};
  log.error("recording_not_finished", {{"recording_id", given.recording_id},
                                       {"call_id", given.call_id},
                                       {"error", done.error().text}});
  given.state = State::Failed;
  return {std::move(given), {}, {}};
}

Completed without_capture(const std::filesystem::path& directory, Document document,
                          const log::Logger& log) {
  auto given = document;
  const auto evidence = finish_without_capture(document);
  seal(directory, document);
  // Nothing is lost with it that a sync would save: the journal writes it within seconds.
  auto done =
      written(directory, std::move(document), std::move(given), storage::Durability::Cached, log);
  done.evidence = evidence;
  return done;
}

Completed with_capture(const std::filesystem::path& directory, Document document,
                       const Options& options, const log::Logger& log, const AfterRender& after) {
  auto given = document;
  auto rendered = render(directory, document, options.render);
  bool needs_capture = true;
  bool damaged = false;
  std::optional<Stored> audio;
  if (rendered && !rendered->refused.empty()) return {std::move(given), rendered->refused, {}};
  if (rendered) {
    document = std::move(rendered->document);
    needs_capture = rendered->needs_capture;
    audio = std::move(rendered->audio);
    damaged = rendered->damaged;
    document.state = damaged && !audio ? State::Failed : State::Complete;
  } else {
    document.state = State::Failed;
    document.warn("rendering failed: " + rendered.error().text);
  }
  seal(directory, document);
  const bool drop = !needs_capture && options.keep_capture == KeepCapture::WhenNeeded;
  if (drop) {
    std::erase_if(document.files, [](const FileEntry& file) { return file.name == kCaptureFile; });
  }
  if (document.state == State::Complete && document.audio && after.completing)
    after.completing(directory, document);
  auto done =
      written(directory, std::move(document), std::move(given), storage::Durability::Synced, log);
  if (damaged) done.evidence = Evidence::Damaged;
  if (audio) done.stored.insert(done.stored.begin(), std::move(*audio));
  // The evidence goes only after its rendering is safely on disk.
  if (drop && done.refused.empty()) {
    std::error_code ignored;
    std::filesystem::remove(directory / kCaptureFile, ignored);
  }
  return done;
}

}  // namespace

Completed complete(const std::filesystem::path& directory, Document document,
                   const Options& options, const log::Logger& log, const AfterRender& after) {
  auto given = document;
  std::string fault;
  try {
    const auto capture = has_capture(directory);
    if (!capture) return {std::move(given), capture.error().text, {}};
    if (!*capture) return without_capture(directory, std::move(document), log);
    return with_capture(directory, std::move(document), options, log, after);
  } catch (const std::exception& error) {
    fault = error.what();
  }
  // Left as it was, it would be found by the next process and end that one too.
  log.error("task_failed", {{"task", "render"},
                            {"recording_id", given.recording_id},
                            {"call_id", given.call_id},
                            {"error", fault}});
  auto failed = given;
  failed.state = State::Failed;
  failed.warn("our own error ended the render: " + fault);
  return written(directory, std::move(failed), std::move(given), storage::Durability::Synced, log);
}

Completed given_up(const std::filesystem::path& directory, Document document, unsigned deaths,
                   const log::Logger& log) {
  log.error(
      "render_given_up",
      {{"recording_id", document.recording_id}, {"call_id", document.call_id}, {"deaths", deaths}});
  auto given = document;
  document.state = State::Failed;
  document.warn(std::to_string(deaths) + std::string(kGivenUpWarning));
  return written(directory, std::move(document), std::move(given), storage::Durability::Synced,
                 log);
}

}  // namespace srs::recording
