#include "log/mask.hpp"
#include "log/render.hpp"

#include <srs/log/folded.hpp>
#include <srs/log/root.hpp>

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace srs::log {
namespace {

constexpr std::chrono::seconds kLastLines{5};

spdlog::sink_ptr make_sink(const Options& options) {
  if (options.file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
      options.file.string(), options.max_file_size, options.max_files);
}

// Counts the lines that `inner` did not take: a disk that is full, a file that can't be rotated.
class CountingSink final : public spdlog::sinks::sink {
 public:
  CountingSink(spdlog::sink_ptr inner, std::atomic<std::uint64_t>& refused)
      : inner_(std::move(inner)), refused_(refused) {}

  void log(const spdlog::details::log_msg& line) override {
    try {
      inner_->log(line);
      inner_->flush();
    } catch (...) {
      ++refused_;
      throw;  // spdlog tells stderr, once a second
    }
  }
  void flush() override {}
  void set_pattern(const std::string& pattern) override { inner_->set_pattern(pattern); }
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
    inner_->set_formatter(std::move(formatter));
  }

 private:
  spdlog::sink_ptr inner_;
  std::atomic<std::uint64_t>& refused_;
};

}  // namespace

class Root::Core final : public Sink {
 public:
  Core(const Options& options, spdlog::sink_ptr sink)
      : options_(options),
        level_(options.level),
        mask_numbers_(options.mask_numbers),
        threads_(std::make_shared<spdlog::details::thread_pool>(options.queue, 1)),
        outputs_(std::make_shared<spdlog::sinks::dist_sink_mt>(
            std::vector<spdlog::sink_ptr>{counted(std::move(sink))})),
        logger_(std::make_shared<spdlog::async_logger>(
            "srs", outputs_, threads_, spdlog::async_overflow_policy::overrun_oldest)) {
    outputs_->set_pattern("%v");
    logger_->set_level(spdlog::level::trace);
    logger_->flush_on(spdlog::level::trace);
  }

  bool enabled(Level level) const override {
    return level >= level_ && level != Level::Off && !closed_;
  }

  void write(Level level, std::string_view logger, std::string_view event, const Fields& bound,
             std::initializer_list<Field> fields) override {
    if (closed_) return;
    const auto render = options_.format == Format::Json ? render_json : render_text;
    logger_->info(
        render(wall_now(), level, logger, event, bound, fields, {.numbers = mask_numbers_.load()}));
  }

  void set_level(Level level) { level_ = level; }
  Level level() const { return level_; }
  void set_mask_numbers(bool mask) { mask_numbers_ = mask; }

  Result<void> reopen() {
    if (options_.file.empty()) return {};
    try {
      auto sink = counted(make_sink(options_));
      sink->set_pattern("%v");
      outputs_->set_sinks({std::move(sink)});
    } catch (const spdlog::spdlog_ex& error) {
      return Error{error.what()};
    }
    return {};
  }

  std::uint64_t dropped() const { return threads_->overrun_counter() + refused_; }

  // Writes out what waits and ends the thread; loggers that live longer write nowhere. A reader who
  // takes no lines, of a pipe, keeps nobody from ending: after a while the thread is left to the
  // end of the process, with all that it uses. False then.
  static bool close(const std::shared_ptr<Core>& core) {
    if (core->closed_.exchange(true)) return true;
    std::promise<void> done;
    auto ended = done.get_future();
    std::thread closer([core, done = std::move(done)]() mutable {
      core->threads_.reset();
      done.set_value();
    });
    const bool written = ended.wait_for(kLastLines) == std::future_status::ready;
    if (written)
      closer.join();
    else
      closer.detach();
    return written;
  }

 private:
  spdlog::sink_ptr counted(spdlog::sink_ptr sink) {
    return std::make_shared<CountingSink>(std::move(sink), refused_);
  }

  const Options options_;
  std::atomic<Level> level_;
  std::atomic<bool> mask_numbers_;
  std::atomic<bool> closed_{false};
  std::atomic<std::uint64_t> refused_{0};
  std::shared_ptr<spdlog::details::thread_pool> threads_;
  std::shared_ptr<spdlog::sinks::dist_sink_mt> outputs_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

Result<std::unique_ptr<Root>> Root::open(const Options& options) {
  try {
    return std::unique_ptr<Root>(new Root(std::make_shared<Core>(options, make_sink(options))));
  } catch (const spdlog::spdlog_ex& error) {
    return Error{error.what()};
  }
}

Root::Root(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Root::~Root() {
  close();
}
bool Root::close() {
  return Core::close(core_);
}

Logger Root::logger(std::string name) const {
  return Logger(core_, std::move(name));
}
void Root::set_level(Level level) {
  core_->set_level(level);
}
Level Root::level() const {
  return core_->level();
}
void Root::set_mask_numbers(bool mask) {
  core_->set_mask_numbers(mask);
}
Result<void> Root::reopen() {
  return core_->reopen();
}
void Root::write_overdue() {
  log::write_overdue(*core_, Folded::Clock::now());
}
std::uint64_t Root::dropped() const {
  return core_->dropped();
}

}  // namespace srs::log
