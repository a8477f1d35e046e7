// How a dialog ends: by us, by the SRC, or with the server.
#include "sip/dialog.hpp"
#include "sip/server.hpp"

#include <utility>

namespace srs::sip {
namespace {

constexpr int max_bye_attempts = 4;

}  // namespace

void ServerDialog::bye(std::string_view reason) {
  if (ended_ || leaving_) return;
  const auto self = shared_from_this();
  leaving_ = true;
  handler_ = nullptr;
  timer_.reset();
  bye_reason_ = reason_header(reason, 200);
  if (!answered_) {
    // No dialog to leave yet: its INVITE is refused instead.
    for (const auto& known : std::exchange(waiting_, {})) {
      if (const auto transaction = known.lock())
        transaction->respond(refusal(480, std::string(reason)));
    }
    return;
  }
  refuse_waiting(487);
  // RFC 3261 §15: no BYE before the ACK came or was given up.
  if (settled_) send_bye();
}

void ServerDialog::send_bye() {
  ++bye_attempts_;
  if (!request_.send_bye(bye_reason_, connection_.get(),
                         [this](int status) { on_bye_answered(status); })) {
    return end(DialogEnd::Failed, nullptr);
  }
  // sofia tells of a URI that leads nowhere only when some other timer of its own is due.
  after(64 * server_->options().t1 + std::chrono::seconds(1), &ServerDialog::give_up);
}

void ServerDialog::give_up() {
  request_.drop();
  on_bye_answered(408);
}

// 2xx, 405, 481, silence: whatever it is, the call is over (RFC 3261 §15.1.1). Only 491 asks us to
// come again.
void ServerDialog::on_bye_answered(int status) {
  const auto self = shared_from_this();
  if (ended_) return;
  server_->metrics().peer_response(status);
  if (status >= 300) {
    server_->log().info("sip_bye_refused", {{"call_id", identity_.call_id}, {"status", status}});
  }
  if (status == 491 && bye_attempts_ < max_bye_attempts)
    return after(glare_delay(), &ServerDialog::send_bye);
  end(DialogEnd::Failed, nullptr);
}

void ServerDialog::refuse_waiting(int status) {
  for (const auto& known : std::exchange(waiting_, {})) {
    if (const auto transaction = known.lock()) transaction->respond(refusal(status));
  }
}

void ServerDialog::end(DialogEnd why, const Request* request) {
  if (ended_) return;
  const auto self = shared_from_this();
  const bool tell = !leaving_;
  close();
  auto* handler = std::exchange(handler_, nullptr);
  if (handler != nullptr && tell) handler->on_end(why, request);
}

// Our last reference may be the caller's: it holds one.
void ServerDialog::close() {
  ended_ = true;
  timer_.reset();
  connection_.reset();
  auto* server = std::exchange(server_, nullptr);
  if (server == nullptr) return;
  request_.drop();
  server->root().pump();
  server->forget(*this);
}

void ServerDialog::abandon() {
  ended_ = true;
  timer_.reset();
  connection_.reset();
  handler_ = nullptr;
  server_ = nullptr;
  request_.abandon();
}

}  // namespace srs::sip
