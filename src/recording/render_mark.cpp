#include "recording/render_mark.hpp"

#include <srs/storage/files.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>
#include <utility>

namespace srs::recording {

unsigned deaths_of(const std::filesystem::path& directory) {
  const auto text = storage::read_file(directory / kRenderMarkFile, 64);
  if (!text) return 0;
  unsigned deaths = 0;
  std::from_chars(text->data(), text->data() + text->size(), deaths);
  return std::min(deaths, kMostDeaths);
}

RenderMark::RenderMark(std::filesystem::path directory, unsigned deaths)
    : directory_(std::move(directory)) {
  (void)storage::write_atomically(directory_ / kRenderMarkFile, std::to_string(deaths + 1) + "\n",
                                  storage::Durability::Cached);
}

RenderMark::~RenderMark() {
  remove_render_mark(directory_);
}

void remove_render_mark(const std::filesystem::path& directory) {
  std::error_code ignored;
  std::filesystem::remove(directory / kRenderMarkFile, ignored);
}

}  // namespace srs::recording
