#include "recording/recovery.hpp"

#include "recording/rebuilt.hpp"

#include <srs/storage/files.hpp>

#include <system_error>

namespace srs::recording {
namespace {

constexpr std::uint64_t kMaxDocumentBytes = 16 << 20;

std::vector<std::filesystem::path> directories_in(const std::filesystem::path& parent) {
  std::vector<std::filesystem::path> result;
  std::error_code error;
  for (std::filesystem::directory_iterator it(parent, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_directory(error)) result.push_back(it->path());
  }
  return result;
}

// Evidence without metadata is evidence all the same.
void rescue(const std::filesystem::path& directory, const std::string& why, Orphans& orphans) {
  std::error_code error;
  if (!std::filesystem::exists(directory / kCaptureFile, error)) return;
  auto rebuilt = rebuilt_from_capture(directory);
  if (rebuilt)
    orphans.found.push_back({directory, std::move(*rebuilt), true});
  else
    orphans.unreadable.push_back(directory.string() + ": " + why + "; " + rebuilt.error().text);
}

void look_into(const std::filesystem::path& directory, Orphans& orphans) {
  const auto text = storage::read_file(directory / kMetadataFile, kMaxDocumentBytes);
  auto document = text ? from_json(*text) : Result<Document>(text.error());
  if (!document) return rescue(directory, document.error().text, orphans);
  const bool unfinished =
      document->state == State::Recording || document->state == State::Rendering;
  if (!unfinished) return;
  const bool was_recording = document->state == State::Recording;
  if (was_recording) {
    document->end_reason = EndReason::Crashed;
    document->state = State::Rendering;
  }
  orphans.found.push_back({directory, std::move(*document), was_recording});
}

}  // namespace

Orphans find_orphans(const std::filesystem::path& root) {
  Orphans orphans;
  for (const auto& day : directories_in(root)) {
    for (const auto& recording : directories_in(day)) look_into(recording, orphans);
  }
  return orphans;
}

}  // namespace srs::recording
