#include "stt/job_file.hpp"

#include "stt/files.hpp"
#include "stt/use_json.hpp"

#include <srs/util/text.hpp>

#include <algorithm>

namespace srs::stt {
namespace {

constexpr std::string_view kSchema = "siprec-transcription-job/1";
constexpr std::uint64_t kMaxJobFile = 1 << 20;
constexpr std::uint64_t kMaxParts = 512 << 20;

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

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
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
  record.failures =
      static_cast<std::size_t>(std::clamp(number_of(json, "failures").value_or(0), 0.0, 1e6));
  const auto& refused = member(json, "refused");
  record.refused = refused.is_boolean() && refused.get<bool>();
  record.reason = reason_from(text_of(json, "reason"));
  record.text = text_of(json, "error");
  record.not_before = from_rfc3339(text_of(json, "not_before")).value_or(WallTime{});
  return record;
}

unsigned small_number(const Json& json, std::string_view key) {
  return static_cast<unsigned>(std::clamp(number_of(json, key).value_or(0), 0.0, 1e6));
}

Json write(const Channel& channel) {
  return {{"channel", channel.channel},
          {"label", channel.label},
          {"participant", channel.participant},
          {"name", channel.name}};
}

Json write(const Word& word) {
  Json json{{"t", word.text}, {"s", word.start.count()}, {"e", word.end.count()}};
  if (word.confidence) json["c"] = *word.confidence;
  return json;
}

Json write(const Segment& segment) {
  Json json{{"channel", segment.channel},
            {"s", segment.start.count()},
            {"e", segment.end.count()},
            {"t", segment.text},
            {"language", segment.language}};
  if (segment.confidence) json["c"] = *segment.confidence;
  auto words = Json::array();
  for (const auto& word : segment.words) words.push_back(write(word));
  json["words"] = std::move(words);
  return json;
}

Millis time_of(const Json& json, std::string_view key) {
  return millis_of(json, key).value_or(Millis(0));
}

Segment read_segment(const Json& json) {
  Segment segment;
  segment.channel = small_number(json, "channel");
  segment.start = time_of(json, "s");
  segment.end = time_of(json, "e");
  segment.text = text_of(json, "t");
  segment.language = text_of(json, "language");
  segment.confidence = number_of(json, "c");
  for (const auto& word : elements(json, "words"))
    segment.words.push_back(
        {text_of(word, "t"), time_of(word, "s"), time_of(word, "e"), number_of(word, "c")});
  return segment;
}

Json write(const Piece& piece) {
  return {{"channels", piece.channels}, {"begin", piece.begin.count()}, {"end", piece.end.count()},
          {"from", piece.from.count()}, {"to", piece.to.count()},       {"silent", piece.silent}};
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

Piece read_piece(const Json& json) {
  Piece piece;
  for (const auto& channel : elements(json, "channels"))
    piece.channels.push_back(
        static_cast<unsigned>(std::clamp(number_of(channel).value_or(0), 0.0, 1e3)));
  piece.begin = time_of(json, "begin");
  piece.end = time_of(json, "end");
  piece.from = time_of(json, "from");
  piece.to = time_of(json, "to");
  const auto& silent = member(json, "silent");
  piece.silent = silent.is_boolean() && silent.get<bool>();
  return piece;
}

Part read_part(const Json& json) {
  Part part;
  part.number = small_number(json, "part");
  part.provider = text_of(json, "provider");
  part.model = text_of(json, "model");
  part.cost = number_of(json, "cost").value_or(0);
  part.currency = text_of(json, "currency");
  part.answer.language = text_of(json, "language");
  for (const auto& warning : elements(json, "warnings"))
    part.answer.warnings.push_back(text_of(warning));
  for (const auto& segment : elements(json, "segments"))
    part.answer.segments.push_back(read_segment(segment));
  return part;
}

void read_line(std::string_view line, Progress& progress) {
  const auto json = parse_json(line);
  if (!json) return;
  if (member(*json, "plan").is_array()) {
    progress.pieces.clear();
    for (const auto& piece : elements(*json, "plan")) progress.pieces.push_back(read_piece(piece));
    progress.duration = time_of(*json, "duration_ms");
  } else if (member(*json, "remote").is_string()) {
    progress.remote[text_of(*json, "key")] = text_of(*json, "remote");
  } else if (member(*json, "part").is_number()) {
    auto part = read_part(*json);
    const bool known = std::any_of(progress.parts.begin(), progress.parts.end(),
                                   [&](const Part& p) { return p.number == part.number; });
    if (!known && part.number < progress.pieces.size()) progress.parts.push_back(std::move(part));
  }
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
                              {"last_provider", state.last_provider}};
  auto channels = Json::array();
  for (const auto& channel : state.job.channels) channels.push_back(write(channel));
  json["channels"] = std::move(channels);
  auto providers = Json::object();
  for (const auto& [name, record] : state.providers) providers[name] = write(record);
  json["providers"] = std::move(providers);
  json["delivery"] = write(state.delivery);
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
  for (const auto& channel : elements(*json, "channels"))
    state.job.channels.push_back({small_number(channel, "channel"), text_of(channel, "label"),
                                  text_of(channel, "participant"), text_of(channel, "name")});
  state.phase = phase_from(text_of(*json, "state"));
  const auto& written = member(*json, "written");
  state.written = written.is_boolean() && written.get<bool>();
  state.submitted_at = from_rfc3339(text_of(*json, "submitted_at")).value_or(WallTime{});
  state.last_provider = text_of(*json, "last_provider");
  if (const auto& providers = member(*json, "providers"); providers.is_object())
    for (const auto& [name, record] : providers.items())
      state.providers[name] = read_record(record);
  state.delivery = read_record(member(*json, "delivery"));
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

void remove_job(const std::filesystem::path& directory) {
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

std::string plan_line(const Progress& progress) {
  auto pieces = Json::array();
  for (const auto& piece : progress.pieces) pieces.push_back(write(piece));
  return dumped({{"plan", std::move(pieces)}, {"duration_ms", progress.duration.count()}});
}

std::string part_line(const Part& part) {
  auto segments = Json::array();
  for (const auto& segment : part.answer.segments) segments.push_back(write(segment));
  return dumped({{"part", part.number},
                 {"provider", part.provider},
                 {"model", part.model},
                 {"cost", part.cost},
                 {"currency", part.currency},
                 {"language", part.answer.language},
                 {"warnings", part.answer.warnings},
                 {"segments", std::move(segments)}});
}

std::string remote_line(const std::string& key, const std::string& id) {
  return dumped({{"key", key}, {"remote", id}});
}

std::optional<Progress> progress_from(std::string_view lines) {
  Progress progress;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    if (end == std::string_view::npos) break;  // torn by a crash
    read_line(lines.substr(0, end), progress);
    lines.remove_prefix(end + 1);
  }
  if (progress.pieces.empty()) return std::nullopt;
  return progress;
}

std::optional<Progress> load_progress(const std::filesystem::path& directory) {
  const auto text = read_text(directory / kPartsFile, kMaxParts);
  if (!text) return std::nullopt;
  // A line that a crash tore must not take the next one with it.
  if (!text->empty() && text->back() != '\n') (void)append_line(directory / kPartsFile, "");
  return progress_from(*text);
}

}  // namespace srs::stt
