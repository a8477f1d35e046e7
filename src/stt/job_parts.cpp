#include "stt/job_parts.hpp"

#include "stt/files.hpp"
#include "stt/job_json.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

constexpr std::uint64_t kMaxParts = 512 << 20;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
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
  Json json{{"channels", piece.channels}, {"begin", piece.begin.count()},
            {"end", piece.end.count()},   {"from", piece.from.count()},
            {"to", piece.to.count()},     {"silent", piece.silent}};
  if (piece.replaced) json["replaced"] = true;
  return json;
}

bool is_true(const Json& json, std::string_view key) {
  const auto& value = member(json, key);
  return value.is_boolean() && value.get<bool>();
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
  piece.silent = is_true(json, "silent");
  piece.replaced = is_true(json, "replaced");
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

bool is_done(const Progress& progress, std::size_t number) {
  const auto& piece = progress.pieces[number];
  return piece.silent || piece.replaced ||
         std::any_of(progress.parts.begin(), progress.parts.end(),
                     [&](const Part& part) { return part.number == number; });
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

std::vector<Use> paid_for(const std::filesystem::path& directory) {
  const auto progress = load_progress(directory);
  return progress ? sum_up(progress->pieces, progress->parts) : std::vector<Use>();
}

}  // namespace srs::stt
