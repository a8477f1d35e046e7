#include "app/components.hpp"

#include "app/errors.hpp"

#include <srs/storage/files.hpp>

#include <algorithm>
#include <string_view>

namespace srs::app {
namespace {

// Takes what `opened` holds, or notes its error as a fault of `key`.
template <class Owner, class Opened>
void take(Owner& owner, Result<Opened> opened, const std::string& key,
          std::vector<config::Fault>& faults) {
  if (opened) {
    owner = std::move(*opened);
  } else {
    add_new(faults, {{"system", key, opened.error().text}});
  }
}

bool names(const std::vector<config::Fault>& faults, std::string_view key) {
  return std::any_of(faults.begin(), faults.end(),
                     [key](const config::Fault& fault) { return fault.key == key; });
}

std::shared_ptr<prometheus::Collectable> expose_log(metrics::Registry& registry,
                                                    const log::Root& root) {
  return metrics::computed(registry, [&root](auto& families) {
    families.push_back(metrics::family(
        "log_lines_dropped_total", "Log lines lost: the log's queue was full, or its disk.",
        prometheus::MetricType::Counter, {{{}, static_cast<double>(root.dropped())}}));
  });
}

}  // namespace

Components::Components(boost::asio::any_io_executor executor, const config::Settings& given,
                       log::Root& root)
    : settings(given),
      log_root(root),
      log(root.logger("app")),
      tasks(std::move(executor),
            [log = log, &failed = registry.error("app", "task")](std::string_view name,
                                                                 std::string_view what) {
              ++failed;
              log.error("task_failed", {{"task", name}, {"error", what}});
            }),
      tracing(
          tasks, given.tracing, [this] { return collect_for_new_relic(); }, root.logger("tracing"),
          [this] {
            if (service) readers.taken(*service);
          }),
      health(SRS_VERSION) {
  registry.count_as_errors(error_rows());
  figures.push_back(rtp::expose(registry, rtp_totals));
  figures.push_back(metrics::expose_process(
      registry, [this] { return tasks.running(); }, SRS_VERSION));
  figures.push_back(expose_log(registry, root));
  figures.push_back(tracing.figures());
  registry.add(tracing.figures());
}

recording::AfterRender Components::after_render() {
  auto hooks = transcription ? transcription->hooks() : recording::AfterRender{};
  hooks.completed = [this, completed = std::move(hooks.completed)](const auto& directory,
                                                                   const auto& document) {
    if (completed) completed(directory, document);
    if (live) live->completed(directory, document);
    declined.remove(document.recording_id);
  };
  return hooks;
}

std::vector<prometheus::MetricFamily> Components::collect_for_new_relic() {
  if (service) readers.collected(*service);
  return registry.collect();
}

void Components::open_service() {
  const auto stt_log = log_root.logger("stt");
  editor = std::make_unique<MetadataEditor>(tasks.executor(), registry, stt_log);
  const SttGround ground{tasks,    settings.stt, *editor, declined, tracing.tracer(),
                         registry, stt_log};
  const bool hears = !settings.stt.live.provider.empty();
  if (hears || !settings.stt.providers.empty()) {
    transcription = std::make_unique<Transcription>(ground);
    untold = std::make_unique<UntoldSearch>(tasks, transcription->live_queue(), *editor, registry,
                                            stt_log);
  }
  if (hears) live = std::make_unique<LiveTranscription>(ground, transcription->live_queue());
  service = recording::Service::make(
      {tasks, settings.recording, settings.rtp, *ports, *engine, rtp_totals, registry,
       tracing.tracer(), after_render(), live ? live->listeners() : recording::LiveListeners{}},
      log_root.logger("recording"));
}

std::vector<config::Fault> Components::open(std::vector<config::Fault> known) {
  auto faults = config::check_system(settings);
  add_new(faults, std::move(known));
  const auto executor = tasks.executor();
  take(lock, storage::lock_directory(settings.recording.directory), "recording.directory", faults);
  // Where the address is the fault, every port of it would be another one.
  if (!names(faults, "rtp.bind_address"))
    take(ports, rtp::PortPool::open(settings.rtp, registry, log_root.logger("rtp")), "rtp.port_min",
         faults);
  take(engine, rtp::make_engine(executor, settings.rtp, registry, log_root.logger("rtp")),
       "rtp.engine", faults);
  take(http, http::Server::open(tasks, settings.http, registry, log_root.logger("http")),
       "http.listen", faults);
  take(admin_token, http::Token::admin(settings.http, log), "http.admin_token_file", faults);
  take(transcript_token, http::Token::transcript(settings.http, log), "http.transcript_token_file",
       faults);
  if (http) http->trace(tracing.tracer());
  if (ports && engine && faults.empty()) open_service();
  // SIP comes last: a listener that is bound must find its service.
  struct Nobody final : sip::SessionHandler {
    void on_invite(std::shared_ptr<sip::Dialog>, std::shared_ptr<sip::Transaction>) override {}
  } nobody;
  sip::SessionHandler& handler = service ? static_cast<sip::SessionHandler&>(*service) : nobody;
  auto sip_options = settings.sip;
  if (names(faults, "sip.tls_directory")) {  // every tls: listener would be that fault again
    std::erase_if(sip_options.listen, [](const auto& text) { return text.starts_with("tls:"); });
  }
  if (!sip_options.listen.empty()) {
    take(stack, sip::Stack::open(executor, sip_options, handler, registry, log_root.logger("sip")),
         "sip.listen", faults);
  }
  if (!faults.empty()) {
    stack.reset();  // it knows `nobody`
    return faults;
  }
  service->set_media_address(
      [this](std::string_view source) { return stack->media_address(source); });
  return faults;
}

}  // namespace srs::app
