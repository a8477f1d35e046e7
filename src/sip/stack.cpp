#include "sip/server.hpp"

namespace srs::sip {

Result<std::unique_ptr<Stack>> Stack::open(boost::asio::any_io_executor executor,
                                           const Options& options, SessionHandler& handler,
                                           metrics::Registry& registry, log::Logger log) {
  return Server::open(std::move(executor), options, handler, registry, std::move(log));
}

}  // namespace srs::sip
