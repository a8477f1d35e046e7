// The recording service: takes INVITEs, keeps the table of sessions, finishes what they leave.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/recording/document.hpp>
#include <srs/recording/live.hpp>
#include <srs/recording/options.hpp>
#include <srs/rtp/engine.hpp>
#include <srs/rtp/metrics.hpp>
#include <srs/rtp/options.hpp>
#include <srs/rtp/port_pool.hpp>
#include <srs/sip/handler.hpp>
#include <srs/storage/files.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/tasks.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace srs::recording {

// What others do with a recording that has sound. Either may be empty.
struct AfterRender {
  // On a render's thread, before metadata.json says `complete`: what must survive a crash from then
  // on. May block, and add to the document; an error of its own is its own affair.
  std::function<void(const std::filesystem::path& directory, Document&)> completing;
  // On the io_context, afterwards.
  std::function<void(const std::filesystem::path& directory, const Document&)> completed;
};

// What the service stands on; all of it outlives the service.
struct Ground {
  Tasks& tasks;
  const Options& options;
  const rtp::Options& rtp_options;
  rtp::PortPool& ports;
  rtp::Engine& engine;
  rtp::Totals& totals;
  metrics::Registry& registry;
  tracing::Tracer& tracer;
  AfterRender after_render;
  LiveListeners live;  // empty: nobody listens while calls run
};

// Runs on the io_context.
class Service : public sip::SessionHandler {
 public:
  using MediaAddress = std::function<std::string(std::string_view source)>;

  static std::unique_ptr<Service> make(const Ground& ground, log::Logger log);

  // How our SDP names this host to an SRC; set before the first INVITE.
  virtual void set_media_address(MediaAddress media_address) = 0;
  // Begins the once-a-second look at timeouts and the disk, and the search for recordings that an
  // earlier process left unfinished.
  virtual void start() = 0;

  // From now on new calls get 503.
  virtual void drain() = 0;
  // Ends every running session (BYE with Reason), finishing its files.
  virtual void end_all() = 0;
  // Of calls that end_all() cut the metrics tell while the process lasts; where nobody keeps them
  // the next process does. True while they tell of calls that nobody has been told of.
  virtual bool tells_of_cut() const = 0;
  // Somebody keeps what they tell.
  virtual void cut_told() = 0;
  // Stops the timers.
  virtual void stop() = 0;

  virtual std::size_t active() const = 0;  // sessions not ended
  virtual bool finished() const = 0;       // no session, no render waiting or running
  virtual std::size_t renders_waiting() const = 0;
  virtual std::size_t render_capacity() const = 0;
  virtual std::chrono::nanoseconds oldest_render() const = 0;
  // Recordings and files that the disk refused and that are tried again.
  virtual std::size_t postponed() const = 0;
  virtual storage::Space space() const = 0;
  // Why the disk allows no new recording; empty: it does.
  virtual std::string disk_trouble() const = 0;
  // How the disk is too slow for the calls, or was within minutes; empty: it is not.
  virtual std::string slow_disk() const = 0;
  // Why recordings go to another directory than that of their day; empty: they don't.
  virtual std::string detour() const = 0;
  virtual bool draining() const = 0;
};

}  // namespace srs::recording
