#include "recording/recovery.hpp"

#include "recording/rebuilt.hpp"
#include "recording/render_mark.hpp"

#include <srs/recording/directories.hpp>
#include <srs/storage/files.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <system_error>

namespace srs::recording {
namespace {

constexpr std::uint64_t kMaxDocumentBytes = 16 << 20;
constexpr std::string_view kDamagedMetadataFile = "metadata.json.damaged";
constexpr std::string_view kMovedMetadataFile = "metadata.json.moved";

bool is_there(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::exists(file, error);
}

void complain(const std::filesystem::path& directory, const std::string& why, Orphans& orphans) {
  orphans.unreadable.push_back(directory.string() + ": " + why);
}

// Somebody may still read in it what we can't.
void put_aside(const std::filesystem::path& directory, std::string_view name) {
  std::error_code ignored;
  const auto file = directory / kMetadataFile;
  if (std::filesystem::file_size(file, ignored) > 0 && !ignored)
    std::filesystem::rename(file, directory / name, ignored);
}

// Whether the recording went on in another directory, since this one took no files.
bool has_moved(const std::filesystem::path& directory) {
  const auto later = later_directories(directory);
  return std::any_of(later.begin(), later.end(), [](const auto& other) {
    return is_there(other / kMetadataFile) || is_there(other / kCaptureFile);
  });
}

// A capture that ends the process that reads it would end every start: it is marked meanwhile, as
// it is while it is rendered.
Result<Document> rebuilt(const std::filesystem::path& directory, unsigned deaths) {
  if (deaths < kMostDeaths) {
    const RenderMark mark(directory, deaths, RenderMark::Then::Remember);
    return rebuilt_from_capture(directory);
  }
  auto given_up = rebuilt_from_name(directory);
  if (given_up)
    given_up->warn(
        "metadata.json was lost, and nothing is known of the streams: without this one the next "
        "start reads the capture once more");
  return given_up;
}

// What stands in the directory that a recording has left, or stood there when it was looked into:
// its process died before it could say as much in the new one.
std::optional<Document> left_behind(const std::filesystem::path& directory) {
  for (const auto& earlier : earlier_directories(directory)) {
    for (const auto name : {kMetadataFile, kMovedMetadataFile}) {
      const auto text = storage::read_file(earlier / name, kMaxDocumentBytes);
      if (!text) continue;
      auto document = from_json(*text);
      if (document && document->state == State::Recording) return std::move(*document);
    }
  }
  return std::nullopt;
}

void set_crashed(Document& document) {
  document.end_reason = EndReason::Crashed;
  document.state = State::Rendering;
}

// Evidence without metadata is evidence all the same. What was rendered while they were there is
// better than anything that could be made of the capture alone.
void rescue(const std::filesystem::path& directory, const std::string& why, Orphans& orphans) {
  if (!is_there(directory / kCaptureFile)) {
    if (is_there(directory / kMetadataFile))
      complain(directory, why + "; there is no capture.pcapng", orphans);
    return;
  }
  if (is_there(directory / kAudioFile))
    return complain(directory, why + "; audio.wav is there, and left as it is", orphans);
  const auto deaths = deaths_of(directory);
  if (auto known = left_behind(directory)) {
    put_aside(directory, kDamagedMetadataFile);
    set_crashed(*known);
    orphans.found.push_back({directory, std::move(*known), true, false, deaths});
    return;
  }
  auto document = rebuilt(directory, deaths);
  if (!document) return complain(directory, why + "; " + document.error().text, orphans);
  put_aside(directory, kDamagedMetadataFile);
  orphans.found.push_back({directory, std::move(*document), true, true, deaths});
}

// Whether a document that is not as ours are says that nobody has to work on it.
bool is_finished(const nlohmann::json& document) {
  if (!document.is_object() || !document.contains("state")) return false;
  for (const auto state : {State::Complete, State::Failed})
    if (document["state"] == to_string(state)) return true;
  return false;
}

void take(const std::filesystem::path& directory, Document document, Orphans& orphans) {
  const bool was_recording = document.state == State::Recording;
  if (!was_recording && document.state != State::Rendering) return;
  if (was_recording && !is_there(directory / kCaptureFile) && has_moved(directory))
    return put_aside(directory, kMovedMetadataFile);
  // Somebody asks for it again, who has set the state.
  std::erase_if(document.warnings,
                [](const std::string& warning) { return warning.ends_with(kGivenUpWarning); });
  if (was_recording) set_crashed(document);
  orphans.found.push_back(
      {directory, std::move(document), was_recording, false, deaths_of(directory)});
}

void look_into(const std::filesystem::path& directory, Orphans& orphans) {
  const auto text = storage::read_file(directory / kMetadataFile, kMaxDocumentBytes);
  if (!text && is_there(directory / kMetadataFile))
    return complain(directory, text.error().text, orphans);  // what stands there may be good
  if (!text) return rescue(directory, text.error().text, orphans);
  auto document = from_json(*text);
  if (document) return take(directory, std::move(*document), orphans);
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (json.is_discarded()) return rescue(directory, document.error().text, orphans);
  if (!is_finished(json)) complain(directory, document.error().text, orphans);
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
