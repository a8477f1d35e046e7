#include "recording/session_summary.hpp"

#include "recording/direction.hpp"

#include <algorithm>
#include <chrono>

namespace srs::recording {
namespace {

std::int64_t duration_ms(const Document& document) {
  if (!document.ended_at) return 0;
  const auto duration = *document.ended_at - document.started_at;
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

void log_summary(const log::Logger& log, const Document& document, const MediaLines& media,
                 const Capture::Summary& captured) {
  std::uint64_t lost = 0;
  std::uint64_t duplicates = 0;
  double jitter_ms = 0;
  for (const auto& stream : document.streams) {
    lost += stream.packets_lost;
    duplicates += stream.packets_duplicate;
    jitter_ms = std::max(jitter_ms, stream.jitter_ms);
  }
  log.info("session_ended", {{"reason", to_string(document.end_reason.value_or(EndReason::Failed))},
                             {"duration_ms", duration_ms(document)},
                             {"streams", document.streams.size()},
                             {"participants", document.participants.size()},
                             {"direction", to_string(direction_of(document.session))},
                             {"packets", media.packets()},
                             {"packets_lost", lost},
                             {"packets_late", media.late()},
                             {"packets_duplicate", duplicates},
                             {"jitter_ms", jitter_ms},
                             {"captured", captured.packets},
                             {"captured_bytes", captured.bytes},
                             {"warnings", document.warnings.size()},
                             {"src", document.session.src_address}});
}

void log_files(const log::Logger& log, const std::filesystem::path& directory,
               const Document& document, std::chrono::nanoseconds render_time) {
  const std::chrono::duration<double, std::milli> render_ms = render_time;
  const bool failed = document.state == State::Failed;
  log.write(failed ? log::Level::Error : log::Level::Info,
            failed ? "recording_failed" : "recording_complete",
            {{"recording_id", document.recording_id},
             {"call_id", document.call_id},
             {"directory", directory.string()},
             {"end_reason", document.end_reason ? to_string(*document.end_reason) : ""},
             {"duration_ms", duration_ms(document)},
             {"streams", document.streams.size()},
             {"media", had_media(document)},
             {"files", document.files.size()},
             {"warnings", document.warnings.size()},
             {"render_ms", render_ms.count()},
             {"error", failed && !document.warnings.empty() ? document.warnings.back() : ""}});
}

std::optional<std::int64_t> first_packet_offset_ms(const Document& document) {
  std::optional<std::int64_t> first;
  for (const auto& stream : document.streams) {
    const auto& offset = stream.first_packet_offset_ms;
    if (offset && (!first || *offset < *first)) first = offset;
  }
  return first;
}

}  // namespace srs::recording
