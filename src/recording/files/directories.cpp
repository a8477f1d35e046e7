#include <srs/recording/directories.hpp>
#include <srs/util/time.hpp>

#include <system_error>

namespace srs::recording {
namespace {

// False where `look` said so.
bool for_each_below(const std::filesystem::path& parent,
                    const std::function<bool(const std::filesystem::path&)>& look) {
  std::error_code error;
  for (std::filesystem::directory_iterator it(parent, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code gone;  // one that somebody removed meanwhile ends nothing
    if (it->is_directory(gone) && !look(it->path())) return false;
  }
  return true;
}

struct Day {
  std::string date;
  unsigned number = 0;  // 0: it is no day's directory
};

Day day_of(const std::filesystem::path& recording) {
  const auto day = recording.parent_path().filename().string();
  const auto date = day.substr(0, 10);
  if (!from_rfc3339(date + "T00:00:00Z")) return {};
  for (unsigned number = 1; number <= kDayDirectories; ++number)
    if (day == day_directory(date, number)) return {date, number};
  return {};
}

std::filesystem::path sibling(const std::filesystem::path& recording, const std::string& date,
                              unsigned number) {
  return recording.parent_path().parent_path() / day_directory(date, number) / recording.filename();
}

}  // namespace

void for_each_directory(const std::filesystem::path& root,
                        const std::function<bool(const std::filesystem::path&)>& look) {
  for_each_below(root, [&](const auto& day) { return for_each_below(day, look); });
}

std::string day_directory(std::string_view date, unsigned number) {
  return number == 1 ? std::string(date) : std::string(date) + "-" + std::to_string(number);
}

std::vector<std::filesystem::path> later_directories(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> later;
  const auto day = day_of(directory);
  for (auto number = day.number + 1; day.number > 0 && number <= kDayDirectories; ++number)
    later.push_back(sibling(directory, day.date, number));
  return later;
}

std::vector<std::filesystem::path> earlier_directories(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> earlier;
  const auto day = day_of(directory);
  for (auto number = day.number; number > 1; --number)
    earlier.push_back(sibling(directory, day.date, number - 1));
  return earlier;
}

std::filesystem::path find_recording(const std::filesystem::path& root, std::string_view date,
                                     std::string_view recording_id) {
  std::error_code ignored;
  for (unsigned number = kDayDirectories; number > 0; --number) {
    auto path = root / day_directory(date, number) / recording_id;
    if (std::filesystem::is_directory(path, ignored)) return path;
  }
  return {};
}

}  // namespace srs::recording
