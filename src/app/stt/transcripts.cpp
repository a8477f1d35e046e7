#include "app/stt/transcripts.hpp"

#include "app/stt/transcription_routes.hpp"

#include <srs/recording/directories.hpp>
#include <srs/storage/files.hpp>
#include <srs/stt/transcript.hpp>
#include <srs/util/offload.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kMaxTranscriptBytes = 64 << 20;
constexpr std::size_t kReaders = 1;
constexpr std::size_t kWaitingReads = 64;

struct Format {
  std::string_view name;
  std::string_view file;
  std::string_view type;
};
constexpr std::array<Format, 4> kFormats{{
    {"json", stt::kTranscriptFile, "application/json"},
    {"vtt", stt::kVttFile, "text/vtt; charset=utf-8"},
    {"text", stt::kTextFile, "text/plain; charset=utf-8"},
    {"live", stt::kLiveFile, "application/x-ndjson"},
}};

const Format* format_of(const http::Request& request) {
  const auto name = request.parameter("format");
  const auto found = std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& format) {
    return format.name == (name.empty() ? "json" : name);
  });
  return found == kFormats.end() ? nullptr : &*found;
}

// Blocks. A recording that is not there and one without transcript are told apart.
http::Response read(const std::filesystem::path& directory, const Format& format) {
  if (directory.empty()) return no_such_recording();
  std::error_code error;
  const auto is_there = [&](std::string_view file) {
    return std::filesystem::exists(directory / file, error);
  };
  if (!is_there(format.file) && format.file == stt::kLiveFile)
    return http::error_response(404, "no text was heard live, or none yet");
  if (!is_there(format.file) && is_there(stt::kJobFile)) {
    return http::error_response(
        404,
        "no transcript yet: transcription.json beside the recording tells what its providers said "
        "so far");
  }
  if (!is_there(format.file)) {
    return http::error_response(404,
                                "no transcript: nobody transcribes (stt.providers), or "
                                "`transcription` in the recording's metadata.json tells why");
  }
  auto text = storage::read_file(directory / format.file, kMaxTranscriptBytes);
  if (!text) return http::error_response(500, "the transcript can't be read");
  return {200, std::string(format.type), std::move(*text), {{"Cache-Control", "no-store"}}};
}

boost::asio::awaitable<http::Response> transcript(Components& c,
                                                  std::shared_ptr<WorkerPool> readers,
                                                  http::Request request) {
  if (auto refused =
          http::unauthorized(request, c.transcript_token.current(), "http.transcript_token"))
    co_return std::move(*refused);
  const auto* format = format_of(request);
  if (format == nullptr) co_return http::error_response(400, "format is json, vtt, text or live");
  const auto& recordings = c.settings.recording.directory;
  auto response = co_await offload(
      *readers, [&] { return read(directory_of(recordings, request.captured), *format); });
  if (!response) co_return http::error_response(503, "too many transcripts are being read");
  co_return std::move(*response);
}

}  // namespace

http::Response no_such_recording() {
  return http::error_response(404, "no such recording");
}

std::filesystem::path directory_of(const std::filesystem::path& recordings,
                                   std::string_view recording_id) {
  // 20261122T172305273Z-d57564275f7554ea: the day leads to the directory.
  constexpr std::size_t kShortest = 10;
  constexpr std::size_t kLongest = 64;
  const auto is_ours = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'T' || c == 'Z' || c == '-';
  };
  const auto day = recording_id.substr(0, 8);
  if (recording_id.size() < kShortest || recording_id.size() > kLongest ||
      !std::all_of(recording_id.begin(), recording_id.end(), is_ours) ||
      !std::all_of(day.begin(), day.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return {};
  }
  std::string date(day);
  date.insert(6, "-").insert(4, "-");
  return recording::find_recording(recordings, date, recording_id);
}

void add_transcript_routes(Components& c) {
  const auto readers = std::make_shared<WorkerPool>(kReaders, kWaitingReads);
  c.http->route_waiting("GET", "/recordings/{}/transcript", [&c, readers](http::Request request) {
    return transcript(c, readers, std::move(request));
  });
  add_transcription_routes(c, readers);
}

}  // namespace srs::app
