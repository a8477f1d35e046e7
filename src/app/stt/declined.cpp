#include "app/stt/declined.hpp"

#include <srs/recording/amend.hpp>
#include <srs/storage/files.hpp>
#include <srs/stt/pool.hpp>

#include <optional>
#include <utility>

namespace srs::app {
namespace {

// The document of a recording whose mark is of no use but for what is not told yet.
std::optional<recording::Document> over_and_marked(const std::filesystem::path& directory) {
  std::error_code ignored;
  if (!is_marked_declined(directory)) return std::nullopt;
  if (std::filesystem::exists(directory / stt::kJobFile, ignored)) return std::nullopt;
  auto document = recording::load_document(directory);
  if (!document || !is_over(document->state)) return std::nullopt;
  return std::move(*document);
}

bool is_untold(const recording::Document& document) {
  return document.state == recording::State::Complete && document.audio && !document.transcription;
}

Result<recording::Amendment> cancelled_if_untold(const std::filesystem::path& directory) {
  recording::Amendment amendment;
  const auto document = over_and_marked(directory);
  if (document && is_untold(*document)) amendment.transcription = cancelled_entry();
  return amendment;
}

Result<recording::Amendment> unmarked(const std::filesystem::path& directory) {
  const auto document = over_and_marked(directory);
  std::error_code ignored;
  if (document && !is_untold(*document))
    std::filesystem::remove(directory / stt::kCancelledFile, ignored);
  return recording::Amendment{};
}

}  // namespace

void settle_declined(MetadataEditor& editor, const std::filesystem::path& directory) {
  editor.amend(directory, [directory] { return cancelled_if_untold(directory); });
  editor.amend(directory, [directory] { return unmarked(directory); });
}

recording::TranscriptionEntry cancelled_entry() {
  recording::TranscriptionEntry entry;
  entry.state = to_string(stt::Unfinished::State::Cancelled);
  entry.reason = entry.state;
  entry.message = entry.state;
  return entry;
}

bool is_cancelled(const recording::Document& document) {
  return document.transcription &&
         document.transcription->state == to_string(stt::Unfinished::State::Cancelled);
}

Result<bool> mark_declined(const std::filesystem::path& directory) {
  std::error_code ignored;
  // Without it it has only just begun.
  if (std::filesystem::exists(directory / recording::kMetadataFile, ignored)) {
    const auto document = recording::load_document(directory);
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
