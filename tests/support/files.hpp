// Whole files, as tests want them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace srs::test {

// The bytes of `path`; throws where it can't be read.
std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view bytes);

// Data of our own: tests/data/<relative>.
inline std::filesystem::path own_data(std::string_view relative) {
  return std::filesystem::path(SRS_SOURCE_DIR) / "tests" / "data" / relative;
}

}  // namespace srs::test
