// Text that was held back when its process died: docs/transcript-format.md.
#include "stt/files.hpp"
#include "stt/json.hpp"

#include <srs/stt/live.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <map>

namespace srs::stt {
namespace {

constexpr std::uint64_t kMostBytes = 64 << 20;

Result<std::string> lines_of(const std::filesystem::path& file) {
  if (!is_there(file)) return std::string();
  return read_text(file, kMostBytes);
}

std::optional<unsigned> channel_of(const Json& line) {
  const auto& channel = member(line, "channel");
  if (!channel.is_number_unsigned()) return std::nullopt;
  return channel.get<unsigned>();
}

// Up to where each channel's text was told, and what was taken out of it reaches.
std::map<unsigned, Millis> told_until(std::string_view lines) {
  std::map<unsigned, Millis> told;
  for (const auto line : split(lines, '\n')) {
    const auto json = parse_json(line);
    const auto channel = json ? channel_of(*json) : std::nullopt;
    if (!channel) continue;
    auto& until = told.try_emplace(*channel, Millis(-1)).first->second;
    until = std::max(until, millis_of(*json, "start_ms").value_or(Millis(0)));
    for (const auto& place : elements(*json, "redactions"))
      until = std::max(until, millis_of(place, "end_ms").value_or(Millis(0)));
  }
  return told;
}

}  // namespace

Result<void> recover_held(const std::filesystem::path& directory) {
  const auto held = lines_of(directory / kHeldFile);
  if (!held) return held.error();
  const auto live = lines_of(directory / kLiveFile);
  if (!live) return live.error();
  std::string missing = live->empty() || live->ends_with('\n') ? "" : "\n";
  const auto before = missing.size();
  const auto told = told_until(*live);
  for (const auto line : split(*held, '\n')) {
    const auto json = parse_json(line);
    const auto channel = json ? channel_of(*json) : std::nullopt;
    if (!channel) continue;
    const auto until = told.find(*channel);
    const auto start = millis_of(*json, "start_ms").value_or(Millis(0));
    if (until == told.end() || start > until->second) missing.append(line).append("\n");
  }
  if (missing.size() > before) {
    missing.pop_back();  // append_line has one of its own
    if (auto done = append_line(directory / kLiveFile, missing); !done) return done;
  }
  remove_file(directory / kHeldFile);
  return {};
}

}  // namespace srs::stt
