#include "recording/direction.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

Direction of(std::string key, std::string value) {
  SessionEntry session;
  session.extensions = {{"session/ac:AvayaUCID", "inbound"}, {std::move(key), std::move(value)}};
  return direction_of(session);
}

TEST(CallDirection, IsWhatVendorsWriteIntoMetadataAndHeaders) {
  EXPECT_EQ(of("session/ac:CallDirection", "Inbound"), Direction::Inbound);
  EXPECT_EQ(of("sip:X-Call-Direction", " outgoing "), Direction::Outbound);
  EXPECT_EQ(of("extensiondata/call-type", "internal"), Direction::Internal);
  EXPECT_EQ(of("extensiondata/broadWorksRecordingMetadata/callType/origCall/callingPartyNumber",
               "sip:a@b"),
            Direction::Outbound);
  EXPECT_EQ(of("extensiondata/broadWorksRecordingMetadata/callType/termCall/calledPartyNumber",
               "sip:a@b"),
            Direction::Inbound);
}

TEST(CallDirection, IsUnknownWhereNobodySaysIt) {
  EXPECT_EQ(of("session/direction", "sideways"), Direction::Unknown);
  EXPECT_EQ(of("sip:X-Note", "inbound"), Direction::Unknown);
  EXPECT_EQ(direction_of({}), Direction::Unknown);
}

}  // namespace
}  // namespace srs::recording
