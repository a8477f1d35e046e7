#include "app/siprec_call/prepare.hpp"

#include "app/siprec_call/target.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

namespace srs::call {
namespace {

constexpr std::size_t kMostBulkSockets = 64;

// oRTP binds two sockets for each leg.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::vector<std::string> numbered_labels(std::size_t count) {
  std::vector<std::string> labels;
  for (std::size_t i = 1; i <= count; ++i) labels.push_back(std::to_string(i));
  return labels;
}

Result<void> choose_metadata(Plan& plan, std::size_t legs) {
  plan.labels = numbered_labels(legs);
  if (plan.options.metadata.empty()) return {};
  auto own = read_metadata(plan.options.metadata);
  if (!own) return own.error();
  plan.metadata = std::move(own->text);
  const auto given = std::min(legs, own->labels.size());
  std::copy_n(own->labels.begin(), given, plan.labels.begin());
  return {};
}

Result<void> choose_addresses(Plan& plan) {
  auto target = parse_target(plan.options.target);
  if (!target) return target.error();
  target->tcp = target->tcp || plan.options.tcp;
  const auto resolved = resolve(*target);
  if (!resolved) return resolved.error();
  plan.options.tcp = resolved->tcp;
  plan.target_uri = resolved->uri();
  plan.local_address = plan.options.local;
  if (!plan.local_address.empty()) return {};
  auto local = local_address_for(*resolved);
  if (!local) return local.error();
  plan.local_address = std::move(*local);
  return {};
}

}  // namespace

Result<Prepared> prepare(const Options& options) {
  Prepared prepared;
  auto& plan = prepared.plan;
  plan.options = options;
  if (const auto chosen = choose_addresses(plan); !chosen) return chosen.error();
  auto voices = load_voices(options);
  if (!voices) return voices.error();
  prepared.voices = std::move(*voices);
  if (const auto chosen = choose_metadata(plan, prepared.voices.size()); !chosen) {
    return chosen.error();
  }
  plan.script = write_script(options);
  raise_descriptor_limit();
  return prepared;
}

Result<std::unique_ptr<sip::Caller>> open_caller(boost::asio::any_io_executor executor,
                                                 const Plan& plan, log::Logger log) {
  sip::CallerOptions options;
  options.listen = (plan.options.tcp ? "tcp:" : "udp:") + bracketed(plan.local_address) + ":0";
  // A request without any response fails after 64 T1 (RFC 3261 §17.1.1.2, timer B).
  options.t1 = std::min(options.t1, plan.options.timeout / 64);
  return sip::Caller::open(std::move(executor), options, std::move(log));
}

Result<OpenMedia> open_media(boost::asio::any_io_executor executor, const Plan& plan,
                             const std::vector<Voice>& voices, Lateness& lateness) {
  OpenMedia media;
  if (!plan.options.media) {
    media.factory = no_media(voices.size());
  } else if (sender_kind(plan.options) == SenderKind::Ortp) {
    media.factory =
        ortp_media(std::move(executor), plan.local_address, plan.options.codec, voices, lateness);
  } else {
    rtp::BulkSenderOptions options;
    options.local_address = plan.local_address;
    options.tick = plan.options.step;
    options.sockets = std::min(kMostBulkSockets, voices.size() * concurrent_calls(plan.options));
    auto bulk = rtp::BulkSender::open(options);
    if (!bulk) return bulk.error();
    media.bulk = std::move(*bulk);
    media.factory = bulk_media(std::move(executor), plan.options.codec, voices, *media.bulk);
  }
  return media;
}

std::chrono::milliseconds expected_length(const Plan& plan, const std::vector<Voice>& voices) {
  const auto& options = plan.options;
  if (concurrent_calls(options) < options.calls) return {};
  auto call = options.duration.value_or(
      options.media ? kFrame * static_cast<std::int64_t>(voices.front().frames())
                    : std::chrono::milliseconds{0});
  if (!options.duration) {
    for (const auto& hold : options.holds) call += hold.length;
  }
  if (options.rate > 0) {
    call += std::chrono::milliseconds(
        static_cast<std::int64_t>(1000 * static_cast<double>(options.calls - 1) / options.rate));
  }
  return call;
}

}  // namespace srs::call
