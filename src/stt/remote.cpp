// What a provider keeps of a piece, and what becomes of an answer that the disk refused.
#include "stt/remote.hpp"

#include "stt/core.hpp"
#include "stt/crypto.hpp"
#include "stt/files.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

std::string names_of(const std::vector<unsigned>& channels) {
  std::string names;
  for (const auto channel : channels) names += (names.empty() ? "" : ",") + std::to_string(channel);
  return names;
}

// The same for each try, another one for other audio.
std::string idempotency_key(const Job& job, const Piece& piece, std::size_t number) {
  return hex(sha256(job.recording_id + "/" + job.audio + "/" + std::to_string(number) + "/" +
                    names_of(piece.channels) + "/" + std::to_string(piece.begin.count()) + "-" +
                    std::to_string(piece.end.count())))
      .substr(0, 32);
}

}  // namespace

std::string remote_key(std::size_t number, std::string_view provider) {
  return std::to_string(number) + " " + std::string(provider);
}

std::vector<std::string> working_on(const Progress& progress, std::size_t number) {
  const auto prefix = remote_key(number, "");
  std::vector<std::string> providers;
  for (auto at = progress.remote.lower_bound(prefix);
       at != progress.remote.end() && at->first.starts_with(prefix); ++at)
    if (!at->second.empty()) providers.push_back(at->first.substr(prefix.size()));
  return providers;
}

Request described(const Job& job, const Piece& piece, std::size_t number) {
  Request request;
  request.recording_id = job.recording_id;
  request.channels = names_of(piece.channels);
  request.idempotency_key = idempotency_key(job, piece, number);
  request.directory = job.directory;
  return request;
}

// The provider's own job is of no use any more: its answer is on our disk, or it will give none and
// the next try begins a new one. Nothing of the call stays there.
boost::asio::awaitable<void> PoolCore::forget_remote(EntryPointer entry, Exchange& exchange,
                                                     Progress& progress, std::size_t number,
                                                     std::string provider) {
  const auto key = remote_key(number, provider);
  exchange.remote = std::exchange(progress.remote[key], {});
  if (exchange.remote.empty()) co_return;
  const auto& job = entry->state.job;
  (void)co_await exchange.work([&]() -> Outcome<bool> {
    (void)append_line(job.directory / kPartsFile, remote_line(key, ""));
    return true;
  });
  const auto engine = std::find_if(engines_.begin(), engines_.end(),
                                   [&](const Engine& each) { return each.name() == provider; });
  if (engine == engines_.end()) co_return;
  const auto request = described(job, progress.pieces[number], number);
  exchange.read_complaint = engine->provider->complaints();
  co_await engine->provider->forget(request, exchange);
}

// Those who failed before another one answered know it too.
boost::asio::awaitable<void> PoolCore::forget_all_remote(EntryPointer entry, Exchange& exchange,
                                                         Progress& progress, std::size_t number) {
  for (const auto& provider : working_on(progress, number)) {
    if (stopped_) co_return;
    co_await forget_remote(entry, exchange, progress, number, provider);
  }
}

// What is paid for and was refused by the disk. False where it is refused again.
boost::asio::awaitable<bool> PoolCore::store_again(EntryPointer entry, Exchange& exchange,
                                                   Progress& progress) {
  const auto& directory = entry->state.job.directory;
  const auto line = part_line(unstored_.at(directory));
  const auto stored = co_await exchange.work([&]() -> Outcome<bool> {
    if (auto done = append_line(directory / kPartsFile, line); !done)
      return Failure{Reason::Audio, done.error().text};
    return true;
  });
  if (!stored && stored.error().reason == Reason::Cancelled) co_return false;
  if (!stored) {
    log_of(entry->state.job)
        .error("transcription_answer_not_stored", {{"error", stored.error().text}});
    (void)wait_for_disk(*entry);
    co_return false;
  }
  progress.parts.push_back(std::move(unstored_.extract(directory).mapped()));
  const auto number = progress.parts.back().number;
  co_await forget_all_remote(entry, exchange, progress, number);
  co_return !stopped_;
}

}  // namespace srs::stt
