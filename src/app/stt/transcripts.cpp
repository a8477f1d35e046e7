#include "app/stt/transcripts.hpp"

#include "app/admin.hpp"

#include <srs/recording/directories.hpp>
#include <srs/recording/document.hpp>
#include <srs/storage/files.hpp>
#include <srs/stt/transcript.hpp>
#include <srs/tracing/context.hpp>
#include <srs/util/offload.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace srs::app {
namespace {

constexpr std::size_t kMaxTranscriptBytes = 64 << 20;
constexpr std::size_t kMaxMetadataBytes = 16 << 20;
constexpr std::size_t kReaders = 1;
constexpr std::size_t kWaitingReads = 64;

constexpr std::string_view kNoRecording = "no such recording";

struct Format {
  std::string_view name;
  std::string_view file;
  std::string_view type;
};
constexpr std::array<Format, 3> kFormats{{
    {"json", stt::kTranscriptFile, "application/json"},
    {"vtt", stt::kVttFile, "text/vtt; charset=utf-8"},
    {"text", stt::kTextFile, "text/plain; charset=utf-8"},
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
  if (directory.empty()) return http::error_response(404, kNoRecording);
  std::error_code error;
  const auto is_there = [&](std::string_view file) {
    return std::filesystem::exists(directory / file, error);
  };
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

boost::asio::awaitable<http::Response> transcript(const Components& c,
                                                  std::shared_ptr<WorkerPool> readers,
                                                  http::Request request) {
  if (auto refused = http::unauthorized(request, c.transcript_token, "http.transcript_token"))
    co_return std::move(*refused);
  const auto* format = format_of(request);
  if (format == nullptr) co_return http::error_response(400, "format is json, vtt or text");
  const auto& recordings = c.settings.recording.directory;
  auto response = co_await offload(
      *readers, [&] { return read(directory_of(recordings, request.captured), *format); });
  if (!response) co_return http::error_response(503, "too many transcripts are being read");
  co_return std::move(*response);
}

// The recording whose transcription is to be changed, or the answer to those who may not do so or
// where there is none to change.
boost::asio::awaitable<std::variant<std::filesystem::path, http::Response>> find_for_change(
    Components& c, std::shared_ptr<WorkerPool> readers, const http::Request& request) {
  if (auto refused = refuse_admin(c, request)) co_return std::move(*refused);
  if (!c.transcription) {
    co_return http::error_response(404,
                                   "nobody transcribes: set stt.providers, or stt.live.provider");
  }
  const auto& recordings = c.settings.recording.directory;
  auto found =
      co_await offload(*readers, [&] { return directory_of(recordings, request.captured); });
  if (!found) co_return http::error_response(503, "too many requests wait for the disk");
  if (found->empty()) co_return http::error_response(404, kNoRecording);
  co_return std::move(*found);
}

// Whose recording it is, as far as its metadata.json tells.
struct Owner {
  std::string call_id;
  tracing::SpanContext trace;
};

// Blocks. Empty where the call has only just begun.
Owner owner_of(const std::filesystem::path& directory) {
  const auto text = storage::read_file(directory / recording::kMetadataFile, kMaxMetadataBytes);
  if (!text) return {};
  const auto document = recording::from_json(*text);
  if (!document) return {};
  const auto& session = document->session;
  const auto trace = tracing::parse_traceparent(session.traceparent, session.tracestate);
  return {document->call_id, trace.value_or(tracing::SpanContext{})};
}

log::Logger log_of(const Components& c, const Owner& owner) {
  auto log = owner.call_id.empty() ? c.log : c.log.with("call_id", owner.call_id);
  return owner.trace.valid() ? log.with("trace.id", owner.trace.trace_id_hex()) : log;
}

http::Response accepted(const http::Request& request, std::string_view state, const Owner& owner) {
  const nlohmann::json body = {{"recording_id", request.captured}, {"state", state}};
  http::Response response{202, "application/json", body.dump() + "\n", {}};
  response.linked = owner.trace;
  return response;
}

boost::asio::awaitable<http::Response> cancel(Components& c, std::shared_ptr<WorkerPool> readers,
                                              http::Request request) {
  auto found = co_await find_for_change(c, readers, request);
  if (auto* refused = std::get_if<http::Response>(&found)) co_return std::move(*refused);
  const auto& directory = std::get<std::filesystem::path>(found);
  const bool heard = c.live && c.live->decline(request.captured);
  const bool cancelled = co_await c.transcription->cancel(directory);
  if (!heard && !cancelled) {
    co_return http::error_response(
        409,
        "nothing to cancel: its transcription is over or was never begun; `transcription` in the "
        "recording's metadata.json tells");
  }
  auto known = co_await offload(*readers, [&] { return owner_of(directory); });
  const auto owner = std::move(known).value_or(Owner{});
  log_of(c, owner).warning("transcription_cancelled",
                           {{"recording_id", request.captured}, {"remote", request.remote}});
  co_return accepted(request, "cancelled", owner);
}

boost::asio::awaitable<http::Response> retry(Components& c, std::shared_ptr<WorkerPool> readers,
                                             http::Request request) {
  auto found = co_await find_for_change(c, readers, request);
  if (auto* refused = std::get_if<http::Response>(&found)) co_return std::move(*refused);
  const auto& directory = std::get<std::filesystem::path>(found);
  const auto retried = co_await c.transcription->retry(directory);
  if (!retried) {
    c.log.error("transcription_job_not_stored",
                {{"recording_id", request.captured}, {"error", retried.error().text}});
    co_return http::error_response(500,
                                   "its transcription.json can't be read or written: the log "
                                   "line transcription_job_not_stored tells why");
  }
  if (retried->outcome == stt::Retried::Waiting)
    co_return http::error_response(409, "nothing to begin again: it waits or runs already");
  if (retried->outcome == stt::Retried::Nothing) {
    co_return http::error_response(
        409,
        "nothing to begin again: its transcript is there, or it was cancelled or never asked for, "
        "`transcription` in the recording's metadata.json tells");
  }
  const Owner owner{retried->call_id, retried->trace};
  log_of(c, owner).warning("transcription_begun_again",
                           {{"recording_id", request.captured}, {"remote", request.remote}});
  co_return accepted(request, "queued", owner);
}

}  // namespace

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
  c.http->route_waiting(
      "DELETE", "/recordings/{}/transcription",
      [&c, readers](http::Request request) { return cancel(c, readers, std::move(request)); });
  c.http->route_waiting(
      "POST", "/recordings/{}/transcription",
      [&c, readers](http::Request request) { return retry(c, readers, std::move(request)); });
}

}  // namespace srs::app
