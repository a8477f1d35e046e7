// Session timers: the rules of RFC 4028, and a call that lives by them.
#include "sip/session_timer.hpp"

#include "stack_fixture.hpp"

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using sip::TimerOffer;
using testing::HasSubstr;

TimerOffer offer(std::chrono::seconds interval,
                 TimerOffer::Refresher refresher = TimerOffer::Refresher::Unsaid) {
  return {interval, refresher, true, false};
}

TEST(SessionTimerRules, RunNoTimerWhereNoneIsOffered) {
  EXPECT_FALSE(sip::negotiate(std::nullopt, 90s).interval);
}

TEST(SessionTimerRules, RunNoTimerWhereTheSrcDoesNotSupportIt) {
  auto proxys_wish = offer(1800s);
  proxys_wish.timer_supported = false;
  const auto answer = sip::negotiate(proxys_wish, 90s);
  EXPECT_FALSE(answer.interval);
  EXPECT_FALSE(answer.too_small);
}

TEST(SessionTimerRules, LetTheSrcRefreshUnlessItAsksUs) {
  const auto answer = sip::negotiate(offer(1800s), 90s);
  EXPECT_EQ(answer.interval, 1800s);
  EXPECT_FALSE(answer.we_refresh);
}

TEST(SessionTimerRules, MakeUsRefreshOnlyWhereTheSrcTakesUpdate) {
  auto asked = offer(1800s, TimerOffer::Refresher::Uas);
  EXPECT_FALSE(sip::negotiate(asked, 90s).interval);
  asked.update_allowed = true;
  EXPECT_TRUE(sip::negotiate(asked, 90s).we_refresh);
}

TEST(SessionTimerRules, RefuseAnIntervalBelowTheMinimum) {
  EXPECT_TRUE(sip::negotiate(offer(89s), 90s).too_small);
  EXPECT_FALSE(sip::negotiate(offer(90s), 90s).too_small);
}

TEST(SessionTimerRules, GiveUpAThirdOr32SecondsBeforeTheEnd) {
  EXPECT_EQ(sip::gives_up_after(90s), 60s);
  EXPECT_EQ(sip::gives_up_after(1800s), 1768s);
  EXPECT_EQ(sip::refreshes_after(1800s), 900s);
}

class SessionTimer : public StackTest {
 protected:
  RawSipMessage established(const std::string& headers) {
    options.min_session_expires = 1s;
    start();
    peer.emplace(udp());
    src.emplace(*peer);
    src->extra = headers;
    auto answer = src->establish();
    src->extra.clear();
    return answer;
  }
  std::optional<RawSipPeer> peer;
  std::optional<RawSipCall> src;
};

TEST_F(SessionTimer, TooShortGets422WithMinSe) {
  options.min_session_expires = 90s;
  start();
  peer.emplace(udp());
  src.emplace(*peer);
  src->extra = "Supported: timer\r\nSession-Expires: 60\r\n";
  peer->send(src->invite());
  const auto answer = peer->wait_for_final();
  EXPECT_EQ(answer.status(), 422);
  EXPECT_EQ(answer.header("Min-SE"), "90");
  EXPECT_EQ(call([this] { return stack->dialogs(); }), 0u);
}

TEST_F(SessionTimer, OfAnSrcThatStaysSilentEndsTheCallWithBye) {
  const auto answer = established("Supported: timer\r\nSession-Expires: 1;refresher=uac\r\n");
  EXPECT_EQ(answer.header("Session-Expires"), "1;refresher=uac");
  EXPECT_EQ(answer.header("Require"), "timer");
  const auto bye = peer->wait_for_request("BYE");
  EXPECT_THAT(bye.header("Reason"), HasSubstr("session timer expired"));
  ASSERT_TRUE(eventually([this] { return application.ends.size() == 1; }));
  EXPECT_EQ(call([this] { return application.ends.front().why; }), sip::DialogEnd::Expired);
  peer->send(RawSipCall::response(bye, "200 OK"));
  EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0; }));
  EXPECT_EQ(metric("sip_session_timer_expirations_total"), 1);
}

TEST_F(SessionTimer, IsSetAnewByEveryRefresh) {
  established("Supported: timer\r\nSession-Expires: 3\r\n");
  src->extra = "Supported: timer\r\nSession-Expires: 3\r\n";
  for (int i = 0; i < 8; ++i) {  // each well within the 2 s, and all together longer
    EXPECT_FALSE(peer->find([](const auto& m) { return !m.is_response(); }, 300ms));
    peer->send(src->request("UPDATE", ++src->cseq));
    EXPECT_EQ(peer->wait_for_final("UPDATE", src->cseq).header("Session-Expires"),
              "3;refresher=uac");
  }
  EXPECT_EQ(call([this] { return application.ends.size(); }), 0u);
}

TEST_F(SessionTimer, EndsWhereARefreshLeavesItOut) {
  established("Supported: timer\r\nSession-Expires: 3\r\n");
  peer->send(src->request("UPDATE", ++src->cseq));
  EXPECT_FALSE(peer->wait_for_final("UPDATE").has("Session-Expires"));
  EXPECT_FALSE(peer->find([](const auto& m) { return !m.is_response(); }, 3000ms));
}

TEST_F(SessionTimer, IsRefreshedByUsWhereTheSrcAsksForIt) {
  const auto answer = established(
      "Supported: timer\r\nAllow: INVITE, UPDATE\r\nSession-Expires: 1;refresher=uas\r\n");
  EXPECT_EQ(answer.header("Session-Expires"), "1;refresher=uas");
  for (int i = 0; i < 3; ++i) {
    const auto update = peer->wait_for_request("UPDATE");
    EXPECT_EQ(update.header("Session-Expires"), "1;refresher=uac");
    peer->send(RawSipCall::response(update, "200 OK"));
  }
  EXPECT_EQ(call([this] { return application.ends.size(); }), 0u);
}

TEST_F(SessionTimer, RefusedByAnSrcThatAskedForItIsGivenUpAndTheCallGoesOn) {
  established("Supported: timer\r\nAllow: INVITE, UPDATE\r\nSession-Expires: 1;refresher=uas\r\n");
  peer->send(RawSipCall::response(peer->wait_for_request("UPDATE"), "405 No"));
  EXPECT_FALSE(peer->find([](const auto& m) { return !m.is_response(); }, 1200ms));
  EXPECT_EQ(src->bye().status(), 200);
}

}  // namespace
}  // namespace srs::test
