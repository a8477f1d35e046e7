// Any local program: an audio file in, JSON or text out.
#include "stt/files.hpp"
#include "stt/job_file.hpp"
#include "stt/process.hpp"
#include "stt/providers/mapping.hpp"
#include "stt/providers/provider.hpp"

#include <srs/stt/programs.hpp>
#include <srs/util/text.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace srs::stt {
namespace {

std::string filled_in(std::string text, std::string_view name, std::string_view value) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
    text.replace(at, name.size(), value);
  return text;
}

// Removes the piece when the program is done with it. One small file: it costs no thread of its
// own.
class PieceFile {
 public:
  explicit PieceFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~PieceFile() { remove_file(path_); }
  PieceFile(const PieceFile&) = delete;
  PieceFile& operator=(const PieceFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string last_line(std::string_view text) {
  auto line = trim(text);
  if (const auto end = line.rfind('\n'); end != std::string_view::npos) line = line.substr(end + 1);
  auto out = to_utf8(line.substr(0, 200));
  for (auto& c : out)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return out;
}

std::string why(const std::string& said) {
  return said.empty() ? " and said nothing to stderr" : ": " + said;
}

class Command : public Provider {
 public:
  explicit Command(const Options& options) : options_(options) {}
  std::string_view name() const override { return "command"; }
  std::string model() const override {
    return std::filesystem::path(options_.command.program.front()).filename().string();
  }

  boost::asio::awaitable<Outcome<Answer>> transcribe(const Request& request,
                                                     Exchange& exchange) override {
    // `*.tmp` is what may be deleted after a crash (docs/recording-format.md).
    const PieceFile piece(
        std::filesystem::absolute(request.directory) /
        (std::string(kPieceFile) + std::to_string(++count_) + std::string(kPieceEnding)));
    const auto written = co_await exchange.work([&]() -> Outcome<bool> {
      if (auto done = replace_file(piece.path(), request.sound.wav); !done)
        return Failure{Reason::Audio, done.error().text};
      return true;
    });
    if (!written) co_return written.error();
    auto ended = co_await run_program(program(request, piece.path()), exchange);
    if (!ended) co_return ended.error();
    if (ended->signal != 0)
      co_return Failure{Reason::Command,
                        "the program was ended by signal " + std::to_string(ended->signal) +
                            ": is stt.command.max_memory, max_cpu or max_file_size too small?"};
    if (ended->code != 0)
      co_return Failure{Reason::Command, "the program ended with code " +
                                             std::to_string(ended->code) +
                                             why(last_line(ended->errors))};
    co_return co_await exchange.work([&] { return parse(ended->output); });
  }

 private:
  Program program(const Request& request, const std::filesystem::path& audio) const {
    const auto& own = options_.command;
    Program out;
    for (const auto& argument : own.program) {
      auto text = filled_in(argument, "{audio}", audio.string());
      text = filled_in(std::move(text), "{language}", request.language);
      out.arguments.push_back(
          filled_in(std::move(text), "{rate}", std::to_string(request.sound.sample_rate)));
    }
    out.directory = "/tmp";
    out.max_memory = own.max_memory;
    out.max_cpu = own.max_cpu;
    out.max_file_size = own.max_file_size;
    out.timeout = options_.timeout;
    out.max_output = options_.max_answer;
    return out;
  }

  Outcome<Answer> parse(std::string_view output) const {
    if (options_.command.output == "text") return parse_plain(output);
    if (options_.command.output == "words") return parse_word_lines(output);
    return parse_mapped(output, options_.command.answer);
  }

  const Options& options_;
  std::size_t count_ = 0;  // on the io_context alone
};

}  // namespace

std::vector<Fault> program_faults(const Options& options) {
  const auto& names = options.providers;
  const auto& program = options.command.program;
  const bool asked = std::find(names.begin(), names.end(), "command") != names.end();
  if (!asked || program.empty() || program.front().find('/') == std::string::npos) return {};
  if (!program.front().starts_with('/'))
    return {
        {"stt.command.program", program.front() + " is no whole path: the program runs in /tmp"}};
  std::error_code error;
  if (std::filesystem::is_directory(program.front(), error))
    return {{"stt.command.program", program.front() + " is a directory"}};
  if (::access(program.front().c_str(), X_OK) == 0) return {};
  return {{"stt.command.program",
           "can't run " + program.front() + ": " + std::generic_category().message(errno)}};
}

std::unique_ptr<Provider> make_command(const Options& options) {
  return std::make_unique<Command>(options);
}

}  // namespace srs::stt
