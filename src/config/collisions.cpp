#include "config/collisions.hpp"

#include "config/values.hpp"

#include <srs/util/endpoint.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace srs::config {
namespace {

using boost::asio::ip::address;

// One socket that is asked for.
struct Wanted {
  const char* key;
  std::string text;  // as it was written
  Endpoint endpoint;
  bool datagrams = false;
  bool both_families = false;  // `[::]` takes IPv4 too
};

// `::ffff:192.0.2.1` is 192.0.2.1.
address plain(const address& given) {
  using boost::asio::ip::make_address_v4;
  if (!given.is_v6() || !given.to_v6().is_v4_mapped()) return given;
  return make_address_v4(boost::asio::ip::v4_mapped, given.to_v6());
}

bool holds(const Wanted& wildcard, const Wanted& other) {
  const auto& all = wildcard.endpoint.address;
  if (!all.is_unspecified()) return false;
  return all.is_v6() == plain(other.endpoint.address).is_v6() ||
         (all.is_v6() && wildcard.both_families);
}

bool collide(const Wanted& a, const Wanted& b) {
  if (a.datagrams != b.datagrams || a.endpoint.port != b.endpoint.port) return false;
  return plain(a.endpoint.address) == plain(b.endpoint.address) || holds(a, b) || holds(b, a);
}

// sofia binds a wildcard to each address of its family; our own HTTP server binds `[::]` for both.
std::vector<Wanted> wanted(const Settings& settings) {
  std::vector<Wanted> result;
  for (const auto& text : settings.sip.listen) {
    const auto colon = text.find(':');
    if (colon == std::string::npos) continue;
    if (const auto endpoint = parse_endpoint(std::string_view(text).substr(colon + 1)))
      result.push_back({"sip.listen", text, *endpoint, text.starts_with("udp:"), false});
  }
  if (const auto endpoint = parse_endpoint(settings.http.listen))
    result.push_back({"http.listen", settings.http.listen, *endpoint, false, true});
  std::erase_if(result, [](const Wanted& one) { return one.endpoint.port == 0; });
  return result;
}

Fault fault(const Wanted& later, const Wanted& earlier) {
  if (later.text == earlier.text)
    return {"", later.key, "names " + in_quotes(later.text) + " twice"};
  return {"", later.key,
          in_quotes(later.text) + " is taken by " + earlier.key + " " + in_quotes(earlier.text) +
              ": give one of them another port"};
}

}  // namespace

std::vector<Fault> collisions(const Settings& settings) {
  std::vector<Fault> faults;
  const auto all = wanted(settings);
  for (auto later = all.begin(); later != all.end(); ++later) {
    const auto earlier =
        std::find_if(all.begin(), later, [&](const Wanted& one) { return collide(one, *later); });
    if (earlier != later) faults.push_back(fault(*later, *earlier));
  }
  return faults;
}

}  // namespace srs::config
