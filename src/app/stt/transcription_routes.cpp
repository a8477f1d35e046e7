#include "app/stt/transcription_routes.hpp"

#include "app/admin.hpp"
#include "app/stt/transcripts.hpp"

#include <srs/recording/document.hpp>
#include <srs/tracing/context.hpp>
#include <srs/util/offload.hpp>

#include <nlohmann/json.hpp>

#include <utility>
#include <variant>

namespace srs::app {
namespace {

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
  if (found->empty()) co_return no_such_recording();
  co_return std::move(*found);
}

// Whose recording it is, as far as its metadata.json tells.
struct Owner {
  std::string call_id;
  tracing::SpanContext trace;
};

// Blocks. Empty where the call has only just begun.
Owner owner_of(const std::filesystem::path& directory) {
  const auto document = recording::load_document(directory);
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
    auto known = co_await offload(*readers, [&] { return owner_of(directory); });
    log_of(c, std::move(known).value_or(Owner{}))
        .error("transcription_job_not_stored",
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

void add_transcription_routes(Components& c, const std::shared_ptr<WorkerPool>& readers) {
  c.http->route_waiting(
      "DELETE", "/recordings/{}/transcription",
      [&c, readers](http::Request request) { return cancel(c, readers, std::move(request)); });
  c.http->route_waiting(
      "POST", "/recordings/{}/transcription",
      [&c, readers](http::Request request) { return retry(c, readers, std::move(request)); });
}

}  // namespace srs::app
