#include <srs/recording/amend.hpp>
#include <srs/storage/files.hpp>

#include <utility>

namespace srs::recording {
namespace {

Result<FileEntry> sealed(const std::filesystem::path& directory, FileEntry file) {
  auto digest = storage::sha256(directory / file.name);
  if (!digest) return digest.error();
  std::error_code error;
  file.bytes = std::filesystem::file_size(directory / file.name, error);
  if (error) return Error{file.name + ": " + error.message()};
  file.sha256 = std::move(*digest);
  return file;
}

Result<void> add_files(const std::filesystem::path& directory, const Amendment& amendment,
                       Document& document) {
  for (const auto& file : amendment.files) {
    auto entry = sealed(directory, file);
    if (!entry) return entry.error();
    std::erase_if(document.files, [&](const FileEntry& old) { return old.name == file.name; });
    document.files.push_back(std::move(*entry));
  }
  return {};
}

bool is_empty(const Amendment& amendment) {
  return amendment.files.empty() && !amendment.transcription && !amendment.waits &&
         amendment.live_uses.empty() && !amendment.delivered_at && amendment.outdated.empty() &&
         amendment.warnings.empty();
}

}  // namespace

Result<void> amend(const std::filesystem::path& directory, const Amendment& amendment) {
  if (is_empty(amendment)) return {};
  auto document = load_document(directory);
  if (!document) return document.error();
  // Its renderer would write over this, or find its own outcome written over.
  if (!is_over(document->state)) return Error{"the recording is not complete yet"};
  if (auto added = add_files(directory, amendment, *document); !added) return added;
  if (amendment.waits) document->transcription_waits = amendment.waits;
  if (amendment.transcription) {
    document->transcription = amendment.transcription;
    document->transcription_waits.reset();
  }
  if (!amendment.live_uses.empty()) document->live_uses = amendment.live_uses;
  if (amendment.delivered_at && document->transcription)
    document->transcription->delivered_at = amendment.delivered_at;
  if (!amendment.outdated.empty())
    std::erase_if(document->warnings, [&](const std::string& warning) {
      return warning.starts_with(amendment.outdated);
    });
  for (const auto& warning : amendment.warnings) document->warn(warning);
  return storage::write_atomically(directory / kMetadataFile, to_json(*document),
                                   storage::Durability::Synced);
}

}  // namespace srs::recording
