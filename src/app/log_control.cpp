#include "app/log_control.hpp"

#include "app/admin.hpp"

#include <srs/metrics/task_report.hpp>
#include <srs/util/text.hpp>

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kMaxFilter = 1024;

std::optional<log::Level> level_of(std::string_view text) {
  using enum log::Level;
  if (iequals(text, "warn")) return Warning;
  for (const auto level : std::array{Trace, Debug, Info, Warning, Error, Off}) {
    if (iequals(text, log::to_string(level))) return level;
  }
  return std::nullopt;
}

// `{"key": "value"}`, or the value alone. Nothing where the JSON is another.
std::optional<std::string> value_in(std::string_view body, const char* key) {
  const auto text = trim(body);
  if (!text.starts_with('{')) return std::string(text);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains(key) || !json[key].is_string()) return std::nullopt;
  return json[key].get<std::string>();
}

http::Response answer(const char* key, std::string_view value) {
  const nlohmann::json body = {{key, value}};
  return {200, "application/json", body.dump(-1, ' ', true) + "\n", {}};
}

}  // namespace

LogControl::LogControl(Components& components, App::Reload reload)
    : c_(components),
      reload_(std::move(reload)),
      reopen_errors_(components.registry.error("log", "reopen")),
      settings_errors_(components.registry.error("log", "settings")) {}

LogControl::~LogControl() {
  *alive_ = false;
}

void LogControl::start() {
  set_filter(c_.settings.log.sip_filter);
  route("GET", "/log/level", &LogControl::get_level);
  route("PUT", "/log/level", &LogControl::put_level);
  route("GET", "/log/sip-filter", &LogControl::get_filter);
  route("PUT", "/log/sip-filter", &LogControl::put_filter);
}

void LogControl::route(const std::string& method, const std::string& path, Route answer) {
  c_.http->route(method, path, [this, answer](const http::Request& request) {
    auto refused = refuse_admin(c_, request);
    if (!refused) return (this->*answer)(request);
    return std::move(*refused);
  });
}

http::Response LogControl::get_level(const http::Request&) {
  return answer("level", log::to_string(c_.log_root.level()));
}

http::Response LogControl::put_level(const http::Request& request) {
  const auto value = value_in(request.body, "level");
  const auto level = value ? level_of(*value) : std::nullopt;
  if (!level) {
    return http::error_response(
        400,
        "send {\"level\": \"debug\"}, or the level alone: trace, debug, info, warning, error, off");
  }
  const auto tell = [&] {
    c_.log.warning("log_level_changed",
                   {{"level", log::to_string(*level)}, {"remote", request.remote}});
  };
  // Whoever silences the log is the last whom it names.
  const bool silences = *level > c_.log_root.level();
  if (silences) tell();
  c_.log_root.set_level(*level);
  if (!silences) tell();
  return get_level(request);
}

http::Response LogControl::get_filter(const http::Request&) {
  return answer("filter", filter_);
}

http::Response LogControl::put_filter(const http::Request& request) {
  auto value = value_in(request.body, "filter");
  if (!value || value->size() > kMaxFilter) {
    return http::error_response(400,
                                "send {\"filter\": \"all\"}, or the filter alone: all, or parts of "
                                "Call-ID, From, To or the peer's address, at most 1024 bytes");
  }
  set_filter(std::move(*value));
  c_.log.warning("sip_filter_changed", {{"filter", filter_}, {"remote", request.remote}});
  return get_filter(request);
}

void LogControl::set_filter(std::string filter) {
  filter_ = to_utf8(filter);
  c_.stack->set_trace_filter(filter_);
}

void LogControl::reread() {
  if (const auto reopened = c_.log_root.reopen(); reopened) {
    c_.log.info("log_reopened");
  } else {
    ++reopen_errors_;
    c_.log.error("log_not_reopened", {{"error", reopened.error().text}});
  }
  if (!reload_) return;
  if (!reader_)
    reader_ = std::make_unique<WorkerPool>(
        1, 1, metrics::task_report(c_.registry, "app", "settings", c_.log));
  // Refused where one waits already: that one will read what is there now.
  reader_->submit([this, alive = alive_, reload = reload_, executor = c_.tasks.executor()] {
    boost::asio::post(executor, [this, alive, loaded = reload()] {
      if (*alive) take(loaded);
    });
  });
}

void LogControl::take(const config::Loaded& loaded) {
  if (!loaded.faults.empty()) {
    ++settings_errors_;
    const auto& first = loaded.faults.front();
    return c_.log.error("settings_not_reread", {{"where", first.where},
                                                {"key", first.key},
                                                {"error", first.text},
                                                {"faults", loaded.faults.size()}});
  }
  const auto& log = loaded.settings.log;
  c_.log_root.set_level(log.level);
  c_.log_root.set_mask_numbers(log.mask_numbers);
  set_filter(log.sip_filter);
  c_.log.info("settings_reread", {{"level", log::to_string(log.level)},
                                  {"sip_filter", filter_},
                                  {"mask_numbers", log.mask_numbers}});
}

}  // namespace srs::app
