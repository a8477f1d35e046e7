#include "stt/job_file.hpp"

#include "stt/files.hpp"
#include "stt/incidents.hpp"
#include "stt/job_json.hpp"
#include "stt/use_json.hpp"

#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::stt {
namespace {

constexpr std::string_view kSchema = "siprec-transcription-job/1";
constexpr std::uint64_t kMaxJobFile = 1 << 20;

Reason reason_from(std::string_view text) {
  for (std::size_t i = 0; i < kReasons; ++i)
    if (to_string(static_cast<Reason>(i)) == text) return static_cast<Reason>(i);
  return Reason::BadAnswer;
}

Phase phase_from(std::string_view text) {
  for (const auto phase : {Phase::Parked, Phase::Failed})
    if (to_string(phase) == text) return phase;
  return Phase::Waiting;
}

Json write(const Record& record) {
  Json json{{"failures", record.failures}};
  if (record.failures > 0 || record.refused) {
    json["reason"] = to_string(record.reason);
    json["error"] = record.text;
    json["refused"] = record.refused;
    json["not_before"] = to_rfc3339(record.not_before);
  }
  return json;
}

Record read_record(const Json& json) {
  Record record;
  record.failures = small_number(json, "failures");
  const auto& refused = member(json, "refused");
  record.refused = refused.is_boolean() && refused.get<bool>();
  record.reason = reason_from(text_of(json, "reason"));
  record.text = text_of(json, "error");
  record.not_before = from_rfc3339(text_of(json, "not_before")).value_or(WallTime{});
  return record;
}

Json write(const Channel& channel) {
  Json json{{"channel", channel.channel},
            {"label", channel.label},
            {"participant", channel.participant},
            {"name", channel.name}};
  for (const auto& speaker : channel.speakers)
    json["speakers"].push_back({{"from_ms", speaker.from.count()},
                                {"participant", speaker.participant},
                                {"name", speaker.name}});
  return json;
}

Channel read_channel(const Json& json) {
  Channel channel{small_number(json, "channel"), text_of(json, "label"),
                  text_of(json, "participant"), text_of(json, "name")};
  for (const auto& speaker : elements(json, "speakers"))
    channel.speakers.push_back(
        {time_of(speaker, "from_ms"), text_of(speaker, "participant"), text_of(speaker, "name")});
  return channel;
}

nlohmann::ordered_json write(const LiveText& live) {
  auto uses = nlohmann::ordered_json::array();
  for (const auto& use : live.uses) uses.push_back(to_json(use));
  return {{"duration_ms", live.duration.count()}, {"uses", uses}, {"warnings", live.warnings}};
}

LiveText read_live(const Json& json) {
  LiveText live;
  live.duration = time_of(json, "duration_ms");
  for (const auto& use : elements(json, "uses")) live.uses.push_back(use_from(use));
  for (const auto& warning : elements(json, "warnings")) live.warnings.push_back(text_of(warning));
  return live;
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::Waiting:
      return "waiting";
    case Phase::Parked:
      return "parked";
    case Phase::Failed:
      return "failed";
  }
  return "waiting";
}

tracing::SpanContext trace_of(const Job& job) {
  return tracing::parse_traceparent(job.traceparent, job.tracestate)
      .value_or(tracing::SpanContext{});
}

std::string to_json(const JobState& state) {
  nlohmann::ordered_json json{{"schema", kSchema},
                              {"recording_id", state.job.recording_id},
                              {"call_id", state.job.call_id},
                              {"state", to_string(state.phase)},
                              {"written", state.written},
                              {"submitted_at", to_rfc3339(state.submitted_at)},
                              {"audio", state.job.audio},
                              {"language", state.job.language},
                              {"priority", state.job.priority},
                              {"traceparent", state.job.traceparent},
                              {"tracestate", state.job.tracestate},
                              {"last_provider", state.last_provider}};
  if (state.written) json["written_at"] = to_rfc3339(state.written_at);
  auto channels = Json::array();
  for (const auto& channel : state.job.channels) channels.push_back(write(channel));
  json["channels"] = std::move(channels);
  auto providers = Json::object();
  for (const auto& [name, record] : state.providers) providers[name] = write(record);
  json["providers"] = std::move(providers);
  json["delivery"] = write(state.delivery);
  if (!state.incidents.empty()) json["incidents"] = to_json(state.incidents);
  if (state.job.live) json["live"] = write(*state.job.live);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<JobState> job_from_json(std::string_view text, const std::filesystem::path& directory) {
  const auto json = parse_json(text);
  if (!json) return Error{"is no JSON"};
  if (text_of(*json, "schema") != kSchema) return Error{"schema is not ", kSchema};
  JobState state;
  state.job.directory = directory;
  state.job.recording_id = text_of(*json, "recording_id");
  state.job.call_id = text_of(*json, "call_id");
  state.job.audio = text_of(*json, "audio");
  // A name, not a path: the file may have come from anywhere.
  if (state.job.audio.empty() || state.job.audio.find('/') != std::string::npos)
    return Error{"audio: `", state.job.audio, "` is no file name"};
  state.job.language = text_of(*json, "language");
  state.job.priority =
      static_cast<int>(std::clamp(number_of(*json, "priority").value_or(0), -1e6, 1e6));
  state.job.traceparent = text_of(*json, "traceparent");
  state.job.tracestate = text_of(*json, "tracestate");
  for (const auto& channel : elements(*json, "channels"))
    state.job.channels.push_back(read_channel(channel));
  state.phase = phase_from(text_of(*json, "state"));
  const auto& written = member(*json, "written");
  state.written = written.is_boolean() && written.get<bool>();
  state.submitted_at = from_rfc3339(text_of(*json, "submitted_at")).value_or(WallTime{});
  state.written_at = from_rfc3339(text_of(*json, "written_at")).value_or(state.submitted_at);
  state.last_provider = text_of(*json, "last_provider");
  if (const auto& providers = member(*json, "providers"); providers.is_object())
    for (const auto& [name, record] : providers.items())
      state.providers[name] = read_record(record);
  state.delivery = read_record(member(*json, "delivery"));
  state.incidents = incidents_from(*json);
  if (const auto& live = member(*json, "live"); live.is_object()) state.job.live = read_live(live);
  return state;
}

Result<void> store(const JobState& state) {
  return replace_file(state.job.directory / kJobFile, to_json(state));
}

Result<JobState> load_job(const std::filesystem::path& directory) {
  const auto path = directory / kJobFile;
  const auto text = read_text(path, kMaxJobFile);
  if (!text) return text.error();
  auto state = job_from_json(*text, directory);
  if (!state) return Error{path.string(), ": ", state.error().text};
  return state;
}

void remove_pieces(const std::filesystem::path& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> found;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    const auto name = at->path().filename().string();
    if (name.starts_with(kPieceFile) && name.ends_with(kPieceEnding)) found.push_back(at->path());
  }
  for (const auto& path : found) remove_file(path);
}

void remove_job(const std::filesystem::path& directory) {
  remove_pieces(directory);
  remove_file(directory / kPartsFile);
  remove_file(directory / kJobFile);
}

Result<void> store_job(const Job& job) {
  if (is_there(job.directory / kJobFile)) return {};
  JobState state;
  state.job = job;
  state.submitted_at = wall_now();
  return store(state);
}

}  // namespace srs::stt
