#include "stt/spending.hpp"

#include "stt/core.hpp"
#include "stt/files.hpp"
#include "stt/json.hpp"
#include "stt/on_exit.hpp"

namespace srs::stt {
namespace {

constexpr std::string_view kSchema = "siprec-transcription-spending/1";
constexpr std::uint64_t kMaxFile = 1 << 20;

// Zero or more; nothing for what can't be an amount.
std::optional<double> amount_of(const Json& json, std::string_view key) {
  const auto amount = number_of(json, key);
  if (!amount || *amount < 0 || *amount > 1e12) return std::nullopt;
  return amount;
}

}  // namespace

std::string to_json(const Spending& spending) {
  Json json{{"schema", kSchema}, {"at", to_rfc3339(spending.at)}, {"providers", Json::object()}};
  for (const auto& [name, spent] : spending.providers)
    json["providers"][name] = {{"audio_minutes", spent.audio_minutes}, {"cost", spent.cost}};
  return json.dump(2) + "\n";
}

Result<Spending> spending_from(std::string_view text) {
  const auto json = parse_json(text);
  if (!json || text_of(*json, "schema") != kSchema) return Error{"it is no ", kSchema, " document"};
  const auto at = from_rfc3339(text_of(*json, "at"));
  const auto& providers = member(*json, "providers");
  if (!at || !providers.is_object()) return Error{"`at` or `providers` is missing"};
  Spending spending{*at, {}};
  for (const auto& [name, entry] : providers.items()) {
    const auto audio = amount_of(entry, "audio_minutes");
    const auto cost = amount_of(entry, "cost");
    if (!audio || !cost) return Error{"an amount is missing or none"};
    spending.providers[name] = {*audio, *cost};
  }
  return spending;
}

// Until this is through no job is begun.
boost::asio::awaitable<void> PoolCore::resume_spending(Exchange& exchange) {
  const auto read = co_await exchange.work([&]() -> Outcome<std::optional<Spending>> {
    if (!is_there(spending_file_)) return std::optional<Spending>();
    const auto text = read_text(spending_file_, kMaxFile);
    if (!text) return Failure{Reason::Audio, text.error().text};
    auto spending = spending_from(*text);
    if (!spending) return Failure{Reason::Audio, spending.error().text};
    return std::optional<Spending>(std::move(*spending));
  });
  if (stopped_) co_return;
  resuming_ = false;
  if (!read) {
    ++spending_errors_;
    log_.warning("transcription_spending_lost",
                 {{"file", spending_file_.string()}, {"error", read.error().text}});
  }
  const auto now = Now::get();
  if (read && *read) {
    for (auto& engine : engines_) {
      const auto at = (*read)->providers.find(engine.name());
      if (at != (*read)->providers.end())
        engine.budget.resume(at->second, (*read)->at, now.steady, now.wall);
    }
  }
  dispatch();
}

void PoolCore::keep_spending() {
  if (spending_file_.empty() || stopped_) return;
  spending_changed_ = true;
  if (!spending_is_written_) spawn("stt.spending", write_spending());
}

// One at a time, so that a later count is never replaced by an earlier one.
boost::asio::awaitable<void> PoolCore::write_spending() {
  const auto self = shared_from_this();
  Exchange exchange(http_, workers_, options_, std::make_shared<Cancellation>());
  spending_is_written_ = true;
  const OnExit ended([this] { spending_is_written_ = false; });
  while (spending_changed_ && !stopped_) {
    spending_changed_ = false;
    const auto now = Now::get();
    Spending spending{now.wall, {}};
    for (const auto& engine : engines_)
      spending.providers[engine.name()] = engine.budget.spent(now.steady, now.wall);
    const auto written = co_await exchange.work([&]() -> Outcome<bool> {
      if (auto done = replace_file(spending_file_, to_json(spending)); !done)
        return Failure{Reason::Audio, done.error().text};
      return true;
    });
    if (stopped_) break;
    if (written) continue;
    ++spending_errors_;
    log_.error("transcription_spending_not_kept", {{"error", written.error().text}});
  }
}

}  // namespace srs::stt
