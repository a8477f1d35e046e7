#include "app/stt/declined.hpp"

#include <srs/recording/document.hpp>
#include <srs/storage/files.hpp>
#include <srs/stt/transcript.hpp>

namespace srs::app {
namespace {

constexpr std::size_t kMaxMetadataBytes = 16 << 20;

bool is_over(recording::State state) {
  return state == recording::State::Complete || state == recording::State::Failed;
}

}  // namespace

Result<bool> mark_declined(const std::filesystem::path& directory) {
  const auto metadata = directory / recording::kMetadataFile;
  std::error_code ignored;
  // Without it it has only just begun.
  if (std::filesystem::exists(metadata, ignored)) {
    const auto text = storage::read_file(metadata, kMaxMetadataBytes);
    const auto document =
        text ? recording::from_json(*text) : Result<recording::Document>(text.error());
    if (!document || is_over(document->state)) return false;
  }
  if (auto done = storage::write_atomically(directory / stt::kCancelledFile, "",
                                            storage::Durability::Synced);
      !done)
    return done.error();
  return true;
}

bool is_marked_declined(const std::filesystem::path& directory) {
  std::error_code ignored;
  return std::filesystem::exists(directory / stt::kCancelledFile, ignored);
}

}  // namespace srs::app
