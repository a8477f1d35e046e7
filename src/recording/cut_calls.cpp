#include "recording/cut_calls.hpp"

#include <srs/storage/files.hpp>

#include <charconv>
#include <string>
#include <system_error>

namespace srs::recording {
namespace {

std::filesystem::path word_in(const std::filesystem::path& root) {
  return root / ".calls-cut-by-shutdown";
}

}  // namespace

Result<void> leave_cut_calls(const std::filesystem::path& root, std::uint64_t calls) {
  return storage::write_atomically(word_in(root), std::to_string(calls),
                                   storage::Durability::Cached);
}

void forget_cut_calls(const std::filesystem::path& root) {
  std::error_code ignored;
  std::filesystem::remove(word_in(root), ignored);
}

std::uint64_t take_cut_calls(const std::filesystem::path& root) {
  constexpr std::uint64_t kMaxBytes = 20;
  const auto word = storage::read_file(word_in(root), kMaxBytes);
  if (!word) return 0;
  forget_cut_calls(root);
  std::uint32_t calls = 0;  // no process has had more
  std::from_chars(word->data(), word->data() + word->size(), calls);
  return calls;
}

}  // namespace srs::recording
