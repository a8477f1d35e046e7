#include "stt/providers/provider.hpp"

#include <utility>

namespace srs::stt {
namespace {

class OneRequestProvider : public Provider {
 public:
  explicit OneRequestProvider(OneRequest service) : service_(std::move(service)) {}
  std::string_view name() const override { return service_.name; }
  std::string model() const override { return service_.model; }
  bool takes_channels_together() const override { return service_.takes_channels_together; }
  Millis longest() const override { return service_.longest; }
  std::uint64_t largest() const override { return service_.largest; }
  ReadComplaint complaints() const override { return service_.complaints; }
  boost::asio::awaitable<Outcome<Answer>> transcribe(const Request& request,
                                                     Exchange& exchange) override {
    co_return co_await exchange.ask([&] { return service_.prepare(request); },
                                    [&](std::string_view body) { return service_.parse(body); });
  }

 private:
  const OneRequest service_;
};

}  // namespace

std::unique_ptr<Provider> make_provider(OneRequest service) {
  return std::make_unique<OneRequestProvider>(std::move(service));
}

}  // namespace srs::stt
