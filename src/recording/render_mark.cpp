#include "recording/render_mark.hpp"

#include <srs/storage/files.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace srs::recording {
namespace {

// Of this run of the machine's kernel; empty where it does not say.
std::string boot_id() {
  auto id = storage::read_file("/proc/sys/kernel/random/boot_id", 64);
  if (!id) return {};
  if (id->ends_with('\n')) id->pop_back();
  return std::move(*id);
}

void write(const std::filesystem::path& directory, const std::string& mark) {
  (void)storage::write_atomically(directory / kRenderMarkFile, mark + "\n",
                                  storage::Durability::Cached);
}

}  // namespace

unsigned deaths_of(const std::filesystem::path& directory) {
  const auto text = storage::read_file(directory / kRenderMarkFile, 64);
  if (!text) return 0;
  unsigned begun = 0;
  const auto* end = text->data() + text->size();
  const auto number = std::from_chars(text->data(), end, begun);
  std::string_view boot(number.ptr, static_cast<std::size_t>(end - number.ptr));
  while (boot.starts_with(' ')) boot.remove_prefix(1);
  if (boot.ends_with('\n')) boot.remove_suffix(1);
  const bool machine_went_down = !boot.empty() && boot != boot_id();
  return std::min(machine_went_down && begun > 0 ? begun - 1 : begun, kMostDeaths);
}

RenderMark::RenderMark(std::filesystem::path directory, unsigned deaths, Then then)
    : directory_(std::move(directory)), before_(then == Then::Remember ? deaths : 0) {
  const auto boot = boot_id();
  write(directory_, std::to_string(deaths + 1) + (boot.empty() ? "" : " " + boot));
}

RenderMark::~RenderMark() {
  if (before_ > 0)
    write(directory_, std::to_string(before_));  // of which no boot takes any back
  else
    remove_render_mark(directory_);
}

void remove_render_mark(const std::filesystem::path& directory) {
  std::error_code ignored;
  std::filesystem::remove(directory / kRenderMarkFile, ignored);
}

}  // namespace srs::recording
