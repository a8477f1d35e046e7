// What the process is made of, in the order it is built; destruction undoes it.
#pragma once

#include "app/metadata_editor.hpp"
#include "app/metrics_readers.hpp"
#include "app/stt/live_transcription.hpp"
#include "app/stt/transcription.hpp"
#include "app/stt/untold.hpp"

#include <srs/config/config.hpp>
#include <srs/health/health.hpp>
#include <srs/health/heartbeat.hpp>
#include <srs/http/server.hpp>
#include <srs/http/token.hpp>
#include <srs/log/folded.hpp>
#include <srs/log/root.hpp>
#include <srs/metrics/process.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/recording/service.hpp>
#include <srs/rtp/engine.hpp>
#include <srs/rtp/metrics.hpp>
#include <srs/rtp/port_pool.hpp>
#include <srs/sip/stack.hpp>
#include <srs/storage/lock.hpp>
#include <srs/tracing/tracing.hpp>
#include <srs/util/tasks.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace srs::app {

struct Components {
  Components(boost::asio::any_io_executor executor, const config::Settings& settings,
             log::Root& log);

  // Opens everything that the system can refuse; each refusal is a fault with its key, beside those
  // that were `known` before.
  std::vector<config::Fault> open(std::vector<config::Fault> known);

  const config::Settings settings;
  log::Root& log_root;
  log::Logger log;
  log::Folded admin_refusals{log, log::Level::Warning, "admin_request_refused"};
  log::Folded listener_refusals{log, log::Level::Warning, "live_listener_refused"};
  metrics::Registry registry;  // floor 1
  MetricsReaders readers;
  Tasks tasks;
  tracing::Tracing tracing;
  rtp::Totals rtp_totals;  // floor 3
  std::vector<std::shared_ptr<prometheus::Collectable>> figures;
  std::optional<storage::DirectoryLock> lock;  // of the recordings, while anybody may write them
  std::unique_ptr<rtp::PortPool> ports;
  std::unique_ptr<rtp::Engine> engine;
  std::unique_ptr<MetadataEditor> editor;        // of complete recordings
  Declined declined;                             // while recordings are not complete
  std::unique_ptr<UntoldSearch> untold;          // where text is made
  std::unique_ptr<Transcription> transcription;  // before the service, which has its hooks
  std::unique_ptr<LiveTranscription> live;       // before the service, whose sessions it hears
  std::unique_ptr<recording::Service> service;   // floor 4, before its callers
  std::unique_ptr<sip::Stack> stack;
  std::unique_ptr<http::Server> http;
  http::Token admin_token;
  http::Token transcript_token;
  health::Health health;  // floor 5
  std::shared_ptr<health::Heartbeat> heartbeat;

 private:
  std::vector<prometheus::MetricFamily> collect_for_new_relic();
  void open_service();
  recording::AfterRender after_render();
};

}  // namespace srs::app
