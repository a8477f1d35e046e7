// Runs a fuzz target without libFuzzer: over every file of the folders named on the command line,
// and over a fixed number of mutations of each, the same in every run. Folders that do not exist
// are left out; of captured SIP messages the body is taken.
#include "support/files.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMutations = 12000;  // together, whatever the number of files
constexpr std::size_t kLargest = 64 * 1024;

// xorshift64*: the same numbers everywhere.
class Random {
 public:
  std::size_t below(std::size_t limit) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return limit == 0 ? 0
                      : static_cast<std::size_t>((state_ * 2685821657736338717ULL) >> 16) % limit;
  }

 private:
  std::uint64_t state_ = 88172645463325252ULL;
};

std::vector<std::string> read_inputs(int count, char** folders) {
  std::vector<fs::path> paths;
  for (int i = 1; i < count; ++i) {
    if (!fs::is_directory(folders[i])) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folders[i])) {
      const bool audio = entry.path().extension() == ".wav" || entry.path().extension() == ".pcap";
      if (entry.is_regular_file() && !audio) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    auto bytes = srs::test::read_file(path);
    const auto head = path.extension() == ".sip" ? bytes.find("\r\n\r\n") : std::string::npos;
    if (head != std::string::npos) bytes.erase(0, head + 4);
    if (bytes.size() <= kLargest) inputs.push_back(std::move(bytes));
  }
  return inputs;
}

std::string_view piece_of(const std::string& text, Random& random) {
  const auto at = random.below(text.size() + 1);
  return std::string_view(text).substr(at, random.below(64));
}

std::string mutate(std::string text, const std::string& other, Random& random) {
  using std::string_view_literals::operator""sv;
  static constexpr std::array kWords = {
      "\0"sv, "\r\n"sv, "\n\n"sv, "--"sv,   "&"sv,         "<"sv,        ">"sv,    "\"/>"sv,
      "</"sv, "<!--"sv, "]]>"sv,  "&#0;"sv, "<!DOCTYPE"sv, "\xFF\xFE"sv, "\x80"sv, "65536"sv,
      "-1"sv, "a="sv,   "m="sv,   ":"sv,    "/"sv,         " "sv,        "\t"sv,   "99999999999"sv};
  for (auto changes = 1 + random.below(4); changes > 0 && text.size() < kLargest; --changes) {
    const auto at = random.below(text.size() + 1);
    switch (random.below(6)) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text.erase(at, random.below(32));
        break;
      case 2:
        text.insert(at, kWords[random.below(kWords.size())]);
        break;
      case 3:
        text.insert(at, piece_of(other, random));
        break;
      case 4:
        text.insert(at, std::string(piece_of(text, random)));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
    }
  }
  return text;
}

void run(const std::string& input) {
  // A copy of the exact size, so that reading one byte too far is seen.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  const auto inputs = read_inputs(argc, argv);
  if (inputs.empty()) {
    std::fprintf(stderr, "no input found: name folders of files\n");
    return 1;
  }
  Random random;
  for (const auto& input : inputs) run(input);
  for (std::size_t i = 0; i < kMutations; ++i) {
    run(mutate(inputs[i % inputs.size()], inputs[random.below(inputs.size())], random));
  }
  std::printf("%zu inputs and %zu mutations of them\n", inputs.size(), kMutations);
  return 0;
}
