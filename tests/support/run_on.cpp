#include "support/run_on.hpp"

#include <boost/asio/post.hpp>

#include <future>

namespace srs::test {

void run_on(boost::asio::io_context& io, const std::function<void()>& work) {
  std::packaged_task<void()> task(work);
  auto done = task.get_future();
  boost::asio::post(io, [&task] { task(); });
  done.get();
}

}  // namespace srs::test
