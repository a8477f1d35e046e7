#include <srs/util/tasks.hpp>

#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace srs {

Tasks::Tasks(boost::asio::any_io_executor executor, Report report)
    : executor_(std::move(executor)),
      report_(std::move(report)),
      running_(std::make_shared<std::atomic<std::size_t>>(0)) {}

void Tasks::spawn(std::string name, boost::asio::awaitable<void> task) {
  ++*running_;
  boost::asio::co_spawn(
      executor_, std::move(task),
      [name = std::move(name), report = report_, running = running_](std::exception_ptr error) {
        --*running;
        if (!error) return;
        try {
          std::rethrow_exception(error);
        } catch (const std::exception& e) {
          report(name, e.what());
        } catch (...) {
          report(name, "an exception of unknown type");
        }
      });
}

}  // namespace srs
