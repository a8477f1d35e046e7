#include "log/recording_sink.hpp"

#include <srs/log/logger.hpp>

#include <gmock/gmock.h>

namespace srs::log {
namespace {

using testing::ElementsAre;

TEST(Logger, WritesNowhereWhereItWasMadeByDefault) {
  const Logger log;
  EXPECT_FALSE(log.enabled(Level::Error));
  log.with("a", 1).error("nothing_happens");
}

TEST(Logger, CarriesItsFieldsOnEveryLine) {
  const auto sink = std::make_shared<test::RecordingSink>();
  const Logger log = Logger(sink, "sip").with("call_id", "abc").with("stream", 1);
  log.info("session_started", {{"streams", 2}});
  log.named("rtp").warning("late");
  EXPECT_THAT(sink->lines, ElementsAre("info [sip] session_started call_id=abc stream=1 streams=2",
                                       "warning [rtp] late call_id=abc stream=1"));
}

TEST(Logger, LeavesTheOneItWasMadeFromAsItWas) {
  const auto sink = std::make_shared<test::RecordingSink>();
  const Logger log(sink, "sip");
  const auto child = log.with("a", 1);
  log.info("plain");
  EXPECT_THAT(sink->lines, ElementsAre("info [sip] plain"));
}

TEST(Logger, AsksItsSinkForTheLevel) {
  const auto sink = std::make_shared<test::RecordingSink>();
  sink->lowest = Level::Warning;
  const Logger log(sink, "sip");
  log.trace("t");
  log.debug("d");
  log.info("i");
  log.warning("w");
  log.error("e");
  EXPECT_THAT(sink->lines, ElementsAre("warning [sip] w", "error [sip] e"));
}

TEST(Levels, HaveTheNamesOfTheConfiguration) {
  EXPECT_EQ(to_string(Level::Trace), "trace");
  EXPECT_EQ(to_string(Level::Warning), "warning");
  EXPECT_EQ(to_string(Level::Off), "off");
}

}  // namespace
}  // namespace srs::log
