#include "recording/recovery.hpp"

#include "recording/rebuilt.hpp"

#include <srs/recording/directories.hpp>
#include <srs/storage/files.hpp>

#include <system_error>

namespace srs::recording {
namespace {

constexpr std::uint64_t kMaxDocumentBytes = 16 << 20;

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
  for_each_directory(root, [&](const auto& directory) {
    look_into(directory, orphans);
    return true;
  });
  return orphans;
}

}  // namespace srs::recording
