#include "sweep.hpp"

#include <srs/rtp/engine.hpp>

namespace srs::rtp {

Result<std::unique_ptr<Engine>> make_engine(boost::asio::any_io_executor executor,
                                            const Options& options, metrics::Registry& registry,
                                            log::Logger log) {
  if (options.engine != "sweep")
    return Error{"rtp engine `" + options.engine + "` is unknown; there is `sweep`"};
  if (options.sweep_interval < std::chrono::milliseconds(1) ||
      options.sweep_interval > std::chrono::seconds(1)) {
    return Error{"rtp sweep interval: must be between 1 ms and 1 s"};
  }
  return std::unique_ptr<Engine>(
      std::make_unique<SweepEngine>(std::move(executor), options, registry, std::move(log)));
}

}  // namespace srs::rtp
