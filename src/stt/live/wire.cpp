#include "stt/live/wire.hpp"

namespace srs::stt {

void Wire::read(const Some<boost::asio::mutable_buffer>& buffers, WhenDone done) {
  if (tls_) return tls_->async_read_some(buffers, std::move(done));
  tcp_.async_read_some(buffers, std::move(done));
}

void Wire::write(const Some<boost::asio::const_buffer>& buffers, WhenDone done) {
  if (tls_) return tls_->async_write_some(buffers, std::move(done));
  tcp_.async_write_some(buffers, std::move(done));
}

}  // namespace srs::stt
