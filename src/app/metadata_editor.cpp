#include "app/metadata_editor.hpp"

#include <srs/storage/files.hpp>

#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kWaitingWork = 10'000;

}  // namespace

MetadataEditor::MetadataEditor(metrics::Registry& registry, log::Logger log)
    : log_(std::move(log)), errors_(registry.error("stt", "metadata")), worker_(1, kWaitingWork) {}

void MetadataEditor::submit(const std::filesystem::path& path, std::function<Result<void>()> work) {
  const auto failed = [log = log_, &errors = errors_, path](const std::string& why) {
    ++errors;
    log.error("transcript_not_in_metadata", {{"directory", path.string()}, {"error", why}});
  };
  const bool taken = worker_.submit([work = std::move(work), failed] {
    if (const auto done = work(); !done) failed(done.error().text);
  });
  if (!taken) failed("too many metadata files wait for the disk");
}

void MetadataEditor::amend(const std::filesystem::path& directory, recording::Amendment amendment) {
  submit(directory, [directory, amendment = std::move(amendment)] {
    return recording::amend(directory, amendment);
  });
}

void MetadataEditor::amend(const std::filesystem::path& directory,
                           std::function<Result<recording::Amendment>()> work) {
  submit(directory, [directory, work = std::move(work)]() -> Result<void> {
    const auto amendment = work();
    if (!amendment) return amendment.error();
    return recording::amend(directory, *amendment);
  });
}

void MetadataEditor::append(const std::filesystem::path& file, std::string line) {
  submit(file, [file, line = std::move(line)] { return storage::append(file, line + "\n"); });
}

}  // namespace srs::app
