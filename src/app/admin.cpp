#include "app/admin.hpp"

namespace srs::app {

std::optional<http::Response> refuse_admin(Components& components, const http::Request& request) {
  auto refused = http::unauthorized(request, components.admin_token.current());
  if (!refused) return std::nullopt;
  components.admin_refusals.add(log::Folded::Clock::now(), 1, [&] {
    return log::Fields{
        {"path", request.path}, {"remote", request.remote}, {"status", refused->status}};
  });
  return refused;
}

}  // namespace srs::app
