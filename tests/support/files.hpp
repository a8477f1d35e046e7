// Whole files, as tests want them.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace srs::test {

// The bytes of `path`; throws where it can't be read.
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("can't read " + path.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("can't write " + path.string());
}

// Data of our own: tests/data/<relative>.
inline std::filesystem::path own_data(std::string_view relative) {
  return std::filesystem::path(SRS_SOURCE_DIR) / "tests" / "data" / relative;
}

}  // namespace srs::test
