#include "recording/cut_calls.hpp"
#include "recording/leftovers.hpp"
#include "recording/render_queue.hpp"
#include "recording/session.hpp"
#include "recording/session_summary.hpp"
#include "recording/slow_disk.hpp"
#include "recording/traced.hpp"

#include <srs/recording/service.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::chrono::seconds kCheckInterval{1};
constexpr int kChecksPerDiskLook = 5;

// What the SRC, or a proxy before us, says of its own trace (W3C Trace Context §3.2).
tracing::SpanContext trace_of(const sip::Request& request) {
  const auto* parent = request.header("traceparent");
  if (parent == nullptr) return {};
  const auto* state = request.header("tracestate");
  return tracing::parse_traceparent(*parent, state != nullptr ? *state : std::string())
      .value_or(tracing::SpanContext{});
}

class ServiceImpl final : public Service {
 public:
  ServiceImpl(const Ground& ground, log::Logger log)
      : ground_(ground),
        log_(std::move(log)),
        metrics_(ground.registry),
        archive_(ground.tasks.executor(), ground.options, ground.registry, log_),
        captures_(CaptureWriter::make(ground.tasks.executor(), ground.options.capture,
                                      ground.registry, log_)),
        renders_(ground.tasks.executor(), ground.options, metrics_, ground.registry, ground.tracer,
                 log_, ground.after_render),
        room_{ground.options,
              {ground.tasks.executor(), ground.rtp_options, ground.ports, ground.engine,
               ground.totals},
              *captures_,
              archive_,
              metrics_,
              ground.tracer,
              [](std::string_view) { return std::string("0.0.0.0"); },
              ground.live},
        timer_(ground.tasks.executor()),
        leftovers_(ground.tasks.executor(), archive_.root(), renders_, metrics_, ground.registry,
                   log_) {
    renders_.on_room = [this] { leftovers_.refill(); };
    figures_ = metrics::computed(ground.registry, [this](auto& families) {
      families.push_back(metrics::family(
          "recording_disk_stalled_seconds",
          "How long the disk has finished nothing of what waits for it; 0 where nothing waits",
          prometheus::MetricType::Gauge, {{{}, std::chrono::duration<double>(stalled()).count()}}));
    });
  }

  void set_media_address(MediaAddress media_address) override {
    room_.media_address = std::move(media_address);
  }

  void start() override {
    metrics_.cut_before(take_cut_calls(archive_.root()));
    ground_.tasks.spawn("session_checks", check_sessions());
    leftovers_.search(true);
  }

  void drain() override { draining_ = true; }

  void end_all() override {
    // Ending one may take it out of the table.
    const auto sessions = sessions_;
    std::uint64_t cut = 0;
    for (const auto& session : sessions) cut += session->stop(EndReason::Shutdown) ? 1U : 0U;
    if (cut == 0) return;
    cut_untold_ = true;
    if (auto left = leave_cut_calls(archive_.root(), cut); !left)
      log_.warning("shutdown_not_told", {{"error", left.error().text}});
  }

  bool tells_of_cut() const override { return cut_untold_ && active() == 0; }

  void cut_told() override {
    cut_untold_ = false;
    forget_cut_calls(archive_.root());
  }

  void stop() override {
    stopped_ = true;
    timer_.cancel();
    // The disk may have room for this much: the next start shall not take them for a crash.
    for (auto& recording : renders_.give_up())
      archive_.store(recording.directory, std::move(recording.document));
  }

  void on_invite(std::shared_ptr<sip::Dialog> dialog,
                 std::shared_ptr<sip::Transaction> invite) override {
    const auto& request = invite->request();
    auto span = span_of(request);
    const auto log = log_.with("call_id", request.call_id);
    auto admitted = admit(request);
    if (auto* refused = std::get_if<Refused>(&admitted)) {
      return reject(*refused, *invite, log, span);
    }
    auto session =
        std::make_shared<Session>(room_, std::move(dialog), request, span.context(), log);
    if (const auto refused = session->begin(invite, std::move(std::get<Carried>(admitted)))) {
      return reject(*refused, *invite, log, span);
    }
    metrics_.started();
    sessions_.insert(session);
    leftovers_.begun(session->document().recording_id);
    ground_.tasks.spawn("session", tell(std::move(session)));
  }

  void on_crowded(const sip::Request& request, const sip::Response& response) override {
    note_refused(Refusal::Busy, request, response);
  }

  void on_unacceptable(const sip::Request& request, const sip::Response& response) override {
    note_refused(Refusal::Sip, request, response);
  }

  std::string_view unavailable() const override {
    if (draining_) return "shutting down";
    trouble_ = disk_trouble();
    return trouble_;
  }

  std::size_t active() const override { return sessions_.size(); }
  bool finished() const override {
    return sessions_.empty() && renders_.idle() && !leftovers_.searching();
  }
  std::size_t renders_waiting() const override { return renders_.waiting(); }
  std::size_t render_capacity() const override { return renders_.capacity(); }
  std::chrono::nanoseconds oldest_render() const override { return renders_.oldest_wait(); }
  std::size_t postponed() const override { return renders_.postponed() + archive_.retries(); }
  storage::Space space() const override { return archive_.space(); }
  std::string disk_trouble() const override {
    auto trouble = archive_.trouble();
    return trouble.empty() ? slow_disk_.trouble() : trouble;
  }
  std::string slow_disk() const override { return slow_disk_.warning(); }
  std::string detour() const override { return archive_.detour(); }
  bool draining() const override { return draining_; }

 private:
  std::variant<Carried, Refused> admit(const sip::Request& request) const {
    if (draining_) return refuse(Refusal::Draining, "shutting down: try another recorder");
    if (auto trouble = disk_trouble(); !trouble.empty()) return refuse(Refusal::Disk, trouble);
    auto body = read_body(request);
    if (const auto* carried = std::get_if<Carried>(&body);
        carried != nullptr && !is_recording_session(request, *carried, ground_.options.accept)) {
      return refuse(Refusal::NotSiprec,
                    "no recording session (RFC 7866 6.2): send Require: siprec and a Contact with "
                    "+sip.src, or set recording.accept");
    }
    return body;
  }

  // From its arrival on; below the caller's.
  tracing::Span span_of(const sip::Request& invite) {
    auto span = ground_.tracer.start("sip.invite", trace_of(invite), tracing::Kind::Server,
                                     invite.received);
    span.set("sip.call_id", invite.call_id);
    span.set("network.peer.address", invite.source);
    span.set("user_agent.original", invite.user_agent);
    return span;
  }

  // By the stack, whose log tells of it.
  void note_refused(Refusal reason, const sip::Request& invite, const sip::Response& response) {
    auto span = span_of(invite);
    span.set("sip.status_code", response.status);
    span.fail(response.warning);
    metrics_.refused(reason);
  }

  void reject(const Refused& refused, sip::Transaction& invite, log::Logger log,
              tracing::Span& span) {
    span.set("sip.status_code", refused.response.status);
    span.fail(refused.response.warning);
    metrics_.refused(refused.reason);
    log = traced(std::move(log), span.context());
    log.warning("session_refused", {{"reason", to_string(refused.reason)},
                                    {"status", refused.response.status},
                                    {"detail", refused.response.warning},
                                    {"src", invite.request().source}});
    invite.respond(refused.response);
  }

  boost::asio::awaitable<void> tell(std::shared_ptr<Session> session) {
    std::string failure;
    try {
      co_await session->run();
    } catch (const std::exception& error) {
      failure = error.what();
    }
    sessions_.erase(session);
    auto document = session->document();
    const bool had_media = session->had_media();
    const auto directory = session->directory();
    const auto trace = session->trace();
    session.reset();
    if (!failure.empty()) {
      traced(log_, trace)
          .error("session_failed", {{"call_id", document.call_id},
                                    {"recording_id", document.recording_id},
                                    {"error", failure}});
      document.end_reason = EndReason::Failed;
      document.warn("our own error ended the session: " + failure);
    }
    if (!document.ended_at) document.ended_at = wall_now();
    const std::chrono::duration<double> duration = *document.ended_at - document.started_at;
    metrics_.ended(document.end_reason.value_or(EndReason::Failed), duration.count(), had_media);
    if (had_media) metrics_.recorded(direction_of(document.session), duration.count());
    finish(directory, std::move(document), trace);
  }

  boost::asio::awaitable<void> check_sessions() {
    for (int round = 0; !stopped_; ++round) {
      timer_.expires_after(kCheckInterval);
      co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      const auto now = wall_now();
      for (const auto& session : sessions_) session->check(now);
      watch_captures();
      watch_pace();
      if (round % kChecksPerDiskLook == 0) archive_.refresh();
    }
  }

  // A disk that refuses captures takes no new calls either.
  void watch_captures() {
    const auto refusals = captures_->refusals();
    if (std::exchange(capture_refusals_, refusals) == refusals) return;
    archive_.suspect(captures_->refusal());
    archive_.refresh();
  }

  std::chrono::nanoseconds stalled() const {
    return std::max(captures_->stalled(), archive_.stalled());
  }

  void watch_pace() {
    const bool stood_still = slow_disk_.stands_still();
    const auto before = slow_disk_.stalled();
    slow_disk_.look(SlowDisk::Clock::now(), stalled(), captures_->crowded_out());
    if (slow_disk_.stands_still() == stood_still) return;
    const auto& time = stood_still ? before : slow_disk_.stalled();
    log_.write(stood_still ? log::Level::Info : log::Level::Error,
               stood_still ? "recording_disk_goes_on" : "recording_disk_stands_still",
               {{"directory", archive_.root().string()},
                {"seconds", std::chrono::duration<double>(time).count()}});
  }

  void finish(const std::filesystem::path& directory, Document document,
              const tracing::SpanContext& trace) {
    if (document.state != State::Recording && document.state != State::Rendering) {
      metrics_.finished(document.state);
      return log_files(traced(log_, trace), directory, document, {});
    }
    document.state = State::Rendering;
    archive_.forget(directory);
    if (!renders_.submit(directory, document, RenderQueue::Origin::Session, trace)) {
      archive_.store(directory, std::move(document));
    }
  }

  const Ground ground_;
  log::Logger log_;
  Metrics metrics_;
  Archive archive_;
  std::unique_ptr<CaptureWriter> captures_;
  RenderQueue renders_;
  SessionRoom room_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  boost::asio::steady_timer timer_;
  Leftovers leftovers_;
  std::uint64_t capture_refusals_ = 0;
  SlowDisk slow_disk_;
  std::shared_ptr<prometheus::Collectable> figures_;
  mutable std::string trouble_;
  bool draining_ = false;
  bool stopped_ = false;
  bool cut_untold_ = false;  // calls that end_all() ended
};

}  // namespace

std::unique_ptr<Service> Service::make(const Ground& ground, log::Logger log) {
  return std::make_unique<ServiceImpl>(ground, std::move(log));
}

}  // namespace srs::recording
