// The few files beside a recording. Everything here blocks: for worker threads.
#pragma once

#include <srs/util/result.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace srs::stt {

// An empty file, for others to write: for its owner and group alone, as all files here.
Result<void> make_file(const std::filesystem::path& path);
// Replaces `path`: readers see the old or the new text, and after a crash of the machine too.
Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);
// `temporary`, written and closed, gets the name `path`; both are on the disk then. It is removed
// where that fails.
Result<void> take_name(const std::filesystem::path& temporary, const std::filesystem::path& path);
// Appends one line and flushes it to the disk; the file stays as it was where that fails. A line
// torn by a crash has no newline at its end.
Result<void> append_line(const std::filesystem::path& path, std::string_view line);
Result<std::string> read_text(const std::filesystem::path& path, std::uint64_t max_bytes);
void remove_file(const std::filesystem::path& path);
bool is_there(const std::filesystem::path& path);

// One name for each directory, however it was written.
std::filesystem::path whole_path(const std::filesystem::path& path);

}  // namespace srs::stt
