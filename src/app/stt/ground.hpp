// What speech-to-text stands on.
#pragma once

#include "app/metadata_editor.hpp"
#include "app/stt/declined.hpp"

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/stt/options.hpp>
#include <srs/stt/pool.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/result.hpp>
#include <srs/util/tasks.hpp>

#include <functional>

namespace srs::app {

// All of it outlives whoever is given it.
struct SttGround {
  Tasks& tasks;
  const stt::Options& options;
  MetadataEditor& editor;
  Declined& declined;
  tracing::Tracer& tracer;
  metrics::Registry& registry;
  log::Logger log;
};

// Stores a job of live text on the disk and queues it. For any thread, blocks.
using LiveQueue = std::function<Result<void>(const stt::Job&)>;

}  // namespace srs::app
