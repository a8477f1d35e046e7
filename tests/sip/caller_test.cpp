// Our own SRC side against our own SRS side.
#include "stack_fixture.hpp"

#include <srs/sip/caller.hpp>

#include <boost/asio/ip/udp.hpp>

namespace srs::test {
namespace {

using testing::HasSubstr;

class NotingCall : public sip::CallHandler {
 public:
  void on_answer(const sip::Answer& answer) override {
    answers.push_back(answer);
    if (leave_at_once && answer.status == 200) call->bye();
  }
  void on_reanswer(const sip::Answer& answer) override { reanswers.push_back(answer); }
  void on_end(sip::CallEnd end, std::chrono::nanoseconds) override { ends.push_back(end); }

  bool leave_at_once = false;
  std::shared_ptr<sip::OutgoingCall> call;
  std::vector<sip::Answer> answers, reanswers;
  std::vector<sip::CallEnd> ends;
};

class Caller : public StackTest {
 protected:
  ~Caller() override {
    call([this] { caller.reset(); });
  }
  void open(const std::string& transport) {
    start();
    call([&] {
      sip::CallerOptions its_options;
      its_options.listen = transport + ":127.0.0.1:0";
      its_options.t1 = options.t1;
      auto opened = sip::Caller::open(asio_.get_executor(), its_options, log);
      ASSERT_TRUE(opened) << opened.error().text;
      caller = std::move(*opened);
    });
    to.target = "sip:srs@127.0.0.1:" + std::to_string(port(transport)) +
                (transport == "tcp" ? ";transport=tcp" : "");
    to.content_type = "application/sdp";
    to.body = RawSipCall::offer();
  }
  void place(NotingCall& handler) {
    call([&] { handler.call = caller->invite(to, handler); });
  }

  std::unique_ptr<sip::Caller> caller;
  sip::CallOptions to;
  NotingCall src;
};

TEST_F(Caller, PlacesARecordingSessionAndEndsIt) {
  for (const std::string transport : {"udp", "tcp"}) {
    open(transport);
    to.headers = {{"P-Asserted-Identity", "<sip:alice@example.com>"}, {"X-Test", "1"}};
    NotingCall one;
    place(one);
    ASSERT_TRUE(eventually([&] { return one.answers.size() == 1 && application.acks.size() == 1; }))
        << transport;
    EXPECT_EQ(one.answers.front().status, 200);
    EXPECT_EQ(one.answers.front().body, "v=0\r\ns=answer\r\n");
    EXPECT_GT(one.answers.front().latency.count(), 0);
    const auto seen = call([this] { return application.invites.back(); });
    EXPECT_TRUE(seen.src_contact);
    EXPECT_TRUE(seen.requires_siprec);
    EXPECT_EQ(seen.body, to.body);
    EXPECT_EQ(*seen.header("x-test"), "1");
    EXPECT_EQ(*seen.header("P-Asserted-Identity"), "<sip:alice@example.com>");
    call([&] { one.call->bye("application/rs-metadata+xml", "<recording/>"); });
    ASSERT_TRUE(eventually([&] { return one.ends.size() == 1 && application.ends.size() == 1; }))
        << transport;
    EXPECT_EQ(one.ends.front(), sip::CallEnd::Bye);
    EXPECT_EQ(call([this] { return application.ends.front().request->body; }), "<recording/>");
    EXPECT_EQ(call([this] { return caller->calls(); }), 0u);
    call([this] {
      caller.reset();
      stack.reset();
      application = {};
    });
  }
}

TEST_F(Caller, TellsWhyItWasRefused) {
  application.response = {488, {}, "no stream", {}, {}, {}};
  open("udp");
  place(src);
  ASSERT_TRUE(eventually([this] { return src.ends.size() == 1; }));
  EXPECT_EQ(src.answers.front().status, 488);
  EXPECT_THAT(src.answers.front().warning, HasSubstr("no stream"));
  EXPECT_EQ(src.ends.front(), sip::CallEnd::Rejected);
}

TEST_F(Caller, CancelsACallThatIsNotAnswered) {
  application.hold = true;
  open("udp");
  place(src);
  ASSERT_TRUE(eventually([this] { return application.held.size() == 1; }));
  call([this] { src.call->cancel(); });
  ASSERT_TRUE(eventually([this] { return src.ends.size() == 1 && application.ends.size() == 1; }));
  EXPECT_EQ(src.answers.front().status, 487);
  EXPECT_EQ(call([this] { return application.ends.front().why; }), sip::DialogEnd::Cancelled);
}

TEST_F(Caller, SendsReinvitesAndUpdates) {
  open("udp");
  place(src);
  ASSERT_TRUE(eventually([this] { return src.answers.size() == 1; }));
  call([this] { src.call->reinvite("application/sdp", "v=0\r\ns=hold\r\n"); });
  ASSERT_TRUE(
      eventually([this] { return src.reanswers.size() == 1 && application.acks.size() == 2; }));
  call([this] { src.call->update("application/rs-metadata+xml", "<recording/>"); });
  ASSERT_TRUE(eventually([this] { return src.reanswers.size() == 2; }));
  EXPECT_EQ(call([this] { return application.offers.back().content_type; }),
            "application/rs-metadata+xml");
}

TEST_F(Caller, HearsOfTheServersBye) {
  open("udp");
  place(src);
  ASSERT_TRUE(eventually([this] { return application.acks.size() == 1; }));
  call([this] { application.dialogs.front()->bye("over"); });
  ASSERT_TRUE(eventually([this] { return src.ends.size() == 1; }));
  EXPECT_EQ(src.ends.front(), sip::CallEnd::PeerBye);
}

TEST_F(Caller, TellsThatNobodyAnswers) {
  open("udp");
  boost::asio::ip::udp::socket silent(asio_, {boost::asio::ip::address_v4::loopback(), 0});
  to.target = "sip:srs@127.0.0.1:" + std::to_string(silent.local_endpoint().port());
  place(src);
  ASSERT_TRUE(eventually([this] { return src.ends.size() == 1; }));
  EXPECT_EQ(src.answers.front().status, 408);
}

TEST_F(Caller, TellsThatNobodyListens) {
  open("udp");
  std::uint16_t closed = 0;
  {
    boost::asio::ip::udp::socket gone(asio_, {boost::asio::ip::address_v4::loopback(), 0});
    closed = gone.local_endpoint().port();
  }
  to.target = "sip:srs@127.0.0.1:" + std::to_string(closed);
  place(src);
  ASSERT_TRUE(eventually([this] { return src.ends.size() == 1; }));
  EXPECT_EQ(src.answers.front().status, 503);
}

TEST_F(Caller, RefusesATargetThatIsNoUri) {
  open("udp");
  to.target = "nonsense";
  place(src);
  ASSERT_TRUE(eventually([this] { return src.ends.size() == 1; }));
  EXPECT_EQ(src.answers.front().status, 400);
}

TEST_F(Caller, TellsRunningCallsWhenItIsClosed) {
  open("udp");
  place(src);
  ASSERT_TRUE(eventually([this] { return src.answers.size() == 1; }));
  call([this] { caller.reset(); });
  EXPECT_EQ(src.ends.front(), sip::CallEnd::Lost);
}

TEST_F(Caller, PlacesHundredsOfCallsAtOnce) {
  options.t1 = std::chrono::milliseconds(500);  // a busy machine needs SIP's own patience
  open("udp");
  std::deque<NotingCall> calls(500);
  for (auto& each : calls) {
    each.leave_at_once = true;
    place(each);
  }
  ASSERT_TRUE(eventually(
      [&] {
        return std::all_of(calls.begin(), calls.end(),
                           [](const auto& each) { return each.ends.size() == 1; });
      },
      std::chrono::seconds(60)));
  EXPECT_EQ(call([this] { return application.ends.size(); }), calls.size());
  for (const auto& each : calls) EXPECT_EQ(each.ends.front(), sip::CallEnd::Bye);
}

}  // namespace
}  // namespace srs::test
