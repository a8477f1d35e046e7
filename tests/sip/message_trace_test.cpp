// Who is named as the other side of a traced message.
#include "noting_sink.hpp"

namespace srs::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using MessageTrace = LoggedStackTest;

TEST_F(MessageTrace, NamesThePeerOfOurOwnRequestsAndTheirAnswers) {
  start();
  for (const bool stream : {false, true}) {
    auto peer = stream ? tcp() : udp();
    RawSipCall uac(peer);
    uac.establish();
    call([this] { application.dialogs.back()->bye("over"); });
    const auto bye = peer.wait_for_request("BYE");
    peer.send(RawSipCall::response(bye, "200 OK"));
    ASSERT_TRUE(eventually([this] { return stack->dialogs() == 0; }));
    const auto all = lines();
    EXPECT_THAT(all, Contains(AllOf(HasSubstr("sip_message"), HasSubstr("direction=sent"),
                                    HasSubstr("peer=" + peer.local()), HasSubstr("message=BYE"),
                                    HasSubstr(uac.id))));
    EXPECT_THAT(all,
                Contains(AllOf(HasSubstr("sip_message"), HasSubstr("direction=received"),
                               HasSubstr("peer=" + peer.local()), HasSubstr("message=SIP/2.0 200"),
                               HasSubstr("BYE\r\n"), HasSubstr(uac.id))));
  }
}

}  // namespace
}  // namespace srs::test
