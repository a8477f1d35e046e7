// How many processes ended while they rendered one recording.
#pragma once

#include <filesystem>
#include <string_view>

namespace srs::recording {

// Beside metadata.json, while a recording that an earlier process left is rendered.
inline constexpr std::string_view kRenderMarkFile = "render.begun";
// A recording that so many processes have ended of is not rendered again: a server that starts,
// renders and dies for ever records nothing.
inline constexpr unsigned kMostDeaths = 3;

// Of the processes that had marked the recording and did not come to remove the mark. Blocks.
unsigned deaths_of(const std::filesystem::path& directory);

// Says on disk that this process renders the recording, until it goes. Blocks. What the disk does
// not take is not counted.
class RenderMark {
 public:
  RenderMark(std::filesystem::path directory, unsigned deaths);
  ~RenderMark();
  RenderMark(const RenderMark&) = delete;
  RenderMark& operator=(const RenderMark&) = delete;

 private:
  const std::filesystem::path directory_;
};
// For a recording that is given up.
void remove_render_mark(const std::filesystem::path& directory);

}  // namespace srs::recording
