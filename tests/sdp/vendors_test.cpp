// The offers that SRCs sent: those of vendors where they lie beside the checkout, and ours.
#include "siprec/bodies.hpp"
#include "support/shared_data.hpp"

#include <srs/sdp/answer.hpp>

#include <gtest/gtest.h>

namespace srs::sdp {
namespace {

using Strings = std::vector<std::string>;

// What matters of an m-line, in one line: `20106 RTP/AVP [0 PCMU] sendonly 1 192.0.2.1`.
std::string told(const Media& media) {
  std::string text = std::to_string(media.port) + " " + media.protocol + " [";
  for (const auto& format : media.formats) {
    if (text.back() != '[') text += ", ";
    text += std::to_string(format.payload_type) + " " + format.encoding;
  }
  return text + "] " + std::string(to_string(media.direction)) + " " + media.label + " " +
         media.connection;
}

Strings told(const test::Body& body) {
  const auto recording = test::recording_of(body);
  const auto offer = parse(recording.sdp);
  if (!offer) return {offer.error().text};
  Strings result;
  for (const auto& media : offer->media) result.push_back(told(media));
  for (const auto& warning : offer->warnings) result.push_back(warning);
  return result;
}

Strings own(std::string_view name) {
  return told(test::read_body(test::own_data("siprec/" + std::string(name))));
}

TEST(VendorOffers, OfOurOwn) {
  EXPECT_EQ(
      own("ietf.body"),
      (Strings{"40000 RTP/AVP [0 PCMU, 8 PCMA, 101 telephone-event] sendonly 96 192.0.2.10",
               "40002 RTP/AVP [0 PCMU, 8 PCMA, 101 telephone-event] sendonly 97 192.0.2.10"}));
  EXPECT_EQ(own("cube-hold.body"),
            (Strings{"16384 RTP/AVP [0 PCMU, 101 telephone-event, 19 CN] inactive 1 192.0.2.60",
                     "16386 RTP/AVP [0 PCMU, 101 telephone-event, 19 CN] inactive 2 192.0.2.60"}));
  EXPECT_EQ(own("sonus.body"), (Strings{"48000 RTP/AVP [0 PCMU] sendonly 1 192.0.2.71",
                                        "48002 RTP/AVP [0 PCMU] sendonly 2 192.0.2.71"}));
  EXPECT_EQ(own("sems.body"), (Strings{"12000 RTP/AVP [8 PCMA] sendonly a_leg 192.0.2.33",
                                       "12002 RTP/AVP [8 PCMA] sendonly b_leg 192.0.2.33"}));
  EXPECT_EQ(own("metaswitch.body"),
            Strings{"50000 RTP/AVP [0 PCMU, 101 telephone-event] sendrecv main 0.0.0.0"});
  EXPECT_EQ(own("no-associations.body"),
            (Strings{"35011 RTP/AVP [0 PCMU, 8 PCMA, 3 GSM, 101 telephone-event] sendonly 1 ",
                     "35012 RTP/AVP [8 PCMA, 0 PCMU, 101 telephone-event] sendonly 2 ",
                     "the SDP has no t= line", "m-line 1 has no c= line, nor has the session",
                     "m-line 2 has no c= line, nor has the session"}));
}

struct VendorOffer {
  const char* path;
  Strings expected;
};

TEST(VendorOffers, OfVendors) {
  const std::vector<VendorOffer> offers = {
      {"acme-siprec-offer.txt",
       {"20106 RTP/AVP [0 PCMU] sendonly 16777227 192.168.50.140",
        "20110 RTP/AVP [0 PCMU] sendonly 16777228 192.168.50.140"}},
      {"broadworks-offer.txt",
       {"22294 RTP/AVP [8 PCMA, 101 telephone-event, 0 PCMU, 9 G722, 18 G729] sendonly 1 X.X.X.X"}},
      {"broadworks-offer-2.txt",
       {"38606 RTP/AVP [8 PCMA, 97 telephone-event] sendonly 10 10.201.1.168",
        "35744 RTP/AVP [8 PCMA, 97 telephone-event] sendonly 20 10.201.1.168"}},
      {"cisco-siprec-offer.txt",
       {"10292 RTP/AVP [0 PCMU, 101 telephone-event] sendonly 1 172.31.93.236",
        "10294 RTP/AVP [0 PCMU, 101 telephone-event] sendonly 2 172.31.93.236"}},
      {"inactive-sdp-offer.txt",
       {"19254 RTP/AVP [0 PCMU, 101 telephone-event, 19 CN] inactive 1 192.168.1.2",
        "19236 RTP/AVP [0 PCMU, 101 telephone-event, 19 CN] inactive 2 192.168.1.2"}},
      {"procomm-siprec-offer.txt",
       {"12654 RTP/AVP [8 PCMA] sendonly a_leg 89.185.131.7",
        "12686 RTP/AVP [8 PCMA] sendonly b_leg 89.185.131.7"}},
      {"sonus-siprec-offer.txt",
       {"48932 RTP/AVP [0 PCMU] sendonly 1 172.16.169.132",
        "48926 RTP/AVP [0 PCMU] sendonly 2 172.16.169.132"}},
      {"non-siprec-payload.txt",
       {"10292 RTP/AVP [0 PCMU, 101 telephone-event] sendonly 1 172.31.93.236"}},
  };
  for (const auto& offer : offers) {
    SRS_REQUIRE_SHARED(path, std::string("offers/") + offer.path);
    EXPECT_EQ(told(test::read_body(path)), offer.expected) << offer.path;
  }
}

TEST(VendorOffers, ConnectelLeavesOutTimeAndAddress) {
  for (const auto* name : {"offers/connectel-offer.txt", "offers/connectel-offer2.txt",
                           "offers/connectel-offer3.txt"}) {
    SRS_REQUIRE_SHARED(path, name);
    const auto lines = told(test::read_body(path));
    ASSERT_EQ(lines.size(), 5U) << name;
    EXPECT_EQ(lines[0], "35011 RTP/AVP [0 PCMU, 8 PCMA, 3 GSM, 101 telephone-event] sendonly 1 ");
    EXPECT_EQ(lines[2], "the SDP has no t= line");
  }
}

TEST(VendorOffers, EveryCapturedInviteIsReadAndAnswered) {
  SRS_REQUIRE_SHARED(captures, "captures");
  std::size_t invites = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(captures)) {
    const auto name = entry.path().filename().string();
    if (name.find("rx-INVITE") == std::string::npos || entry.path().extension() != ".sip") continue;
    ++invites;
    const auto recording = test::recording_of(test::read_body(entry.path()));
    const auto offer = parse(recording.sdp);
    ASSERT_TRUE(offer) << entry.path();
    EXPECT_EQ(offer->warnings, Strings{}) << entry.path();
    ASSERT_EQ(offer->media.size(), 2U) << entry.path();
    const auto answer = parse(write_answer(*offer, {{.port = 10000}, {.port = 10002}},
                                           {.address = "127.0.0.1", .session_id = "1"}));
    ASSERT_TRUE(answer) << entry.path();
    for (std::size_t i = 0; i < 2; ++i) {
      const auto& theirs = offer->media[i];
      const auto& ours = answer->media.at(i);
      EXPECT_EQ(ours.port, 10000 + 2 * i);
      EXPECT_EQ(ours.label, theirs.label);
      EXPECT_EQ(ours.raw_formats, theirs.raw_formats);
      EXPECT_EQ(ours.ptime, 20U);
      EXPECT_EQ(ours.formats.back().encoding, "telephone-event");
      const bool held = theirs.direction == Direction::Inactive;
      EXPECT_EQ(ours.direction, held ? Direction::Inactive : Direction::RecvOnly);
    }
  }
  EXPECT_EQ(invites, 10U);
}

TEST(VendorOffers, TheHoldOfTheCapturedCallIsOnOneLegAfterTheOther) {
  const auto directory = std::string("captures/os-call2-hold-dtmf/sip/");
  const auto directions = [&](const char* number, Strings& out) {
    SRS_REQUIRE_SHARED(path, directory + number + "-rx-INVITE_sip_srs_127_0_0_1_5590_SIP_2_0.sip");
    const auto offer = parse(test::recording_of(test::read_body(path)).sdp);
    ASSERT_TRUE(offer);
    for (const auto& media : offer->media) out.emplace_back(to_string(media.direction));
  };
  Strings found;
  for (const auto* number : {"005", "009", "013", "017"}) directions(number, found);
  if (found.empty()) GTEST_SKIP() << "the captured call is not beside the checkout";
  EXPECT_EQ(found, (Strings{"sendonly", "inactive", "sendonly", "sendonly", "inactive", "sendonly",
                            "sendonly", "sendonly"}));
}

TEST(VendorOffers, RtpproxyNamesTheSourcesOfItsStreams) {
  SRS_REQUIRE_SHARED(path,
                     "captures/osrp-call1/sip/001-rx-INVITE_sip_ok_127_0_0_1_5590_SIP_2_0.sip");
  const auto offer = parse(test::recording_of(test::read_body(path)).sdp);
  ASSERT_TRUE(offer);
  ASSERT_EQ(offer->media.at(0).sources.size(), 1U);
  EXPECT_EQ(offer->media[0].sources[0].ssrc, 409695181U);
  EXPECT_EQ(offer->media[0].sources[0].cname, "sip:alice@127.0.0.20:5060");
}

}  // namespace
}  // namespace srs::sdp
