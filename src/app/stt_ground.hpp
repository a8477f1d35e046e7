// What speech-to-text stands on.
#pragma once

#include "app/metadata_editor.hpp"

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/stt/options.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/tasks.hpp>

namespace srs::app {

// All of it outlives whoever is given it.
struct SttGround {
  Tasks& tasks;
  const stt::Options& options;
  MetadataEditor& editor;
  tracing::Tracer& tracer;
  metrics::Registry& registry;
  log::Logger log;
};

}  // namespace srs::app
