// How many processes ended while they read the capture of one recording.
#pragma once

#include <filesystem>
#include <string_view>

namespace srs::recording {

// Beside metadata.json, while a recording that an earlier process left is rendered, or rebuilt from
// its capture: how many processes began it, and in which boot of the machine the last one did.
inline constexpr std::string_view kRenderMarkFile = "render.begun";
// A recording that so many processes have ended of is not rendered again: a server that starts,
// renders and dies for ever records nothing.
inline constexpr unsigned kMostDeaths = 3;

// What metadata.json says of one that is given up, behind their number, until it is rendered after
// all.
inline constexpr std::string_view kGivenUpWarning =
    " processes ended while they rendered this recording, and no other tries: its capture is kept";

// Of the processes that had marked the recording and did not come to remove the mark. One that went
// down with the whole machine is none of them. Blocks.
unsigned deaths_of(const std::filesystem::path& directory);

// Says on disk that this process works on the recording, until it goes. Blocks. What the disk does
// not take is not counted.
class RenderMark {
 public:
  // Afterwards: nothing is left to do, or more is and earlier deaths stay counted.
  enum class Then { Forget, Remember };
  RenderMark(std::filesystem::path directory, unsigned deaths, Then then = Then::Forget);
  ~RenderMark();
  RenderMark(const RenderMark&) = delete;
  RenderMark& operator=(const RenderMark&) = delete;

 private:
  const std::filesystem::path directory_;
  const unsigned before_;  // deaths that stay
};
// For a recording that is given up.
void remove_render_mark(const std::filesystem::path& directory);

}  // namespace srs::recording
