// How a record becomes a line, and that no value from the network can make two of it.
#include "log/render.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace srs::log {
namespace {

using testing::HasSubstr;
using testing::Not;

const WallTime kMoment = *from_rfc3339("2026-11-22T11:09:45.123Z");

std::string text_of(const std::string& value) {
  return render_text(kMoment, Level::Info, "sip", "event", {}, {{"v", value}});
}

nlohmann::json json_of(const std::string& value) {
  return nlohmann::json::parse(
      render_json(kMoment, Level::Info, "sip", "event", {}, {{"v", value}}));
}

// What a stranger may put into a Call-ID or a display name.
const std::vector<std::string> kHostile = {"two\nlines",
                                           "two\r\nlines",
                                           std::string("a\0b", 3),
                                           "\x1b[2J\x1b]0;title\x07",
                                           "\x7f\x08\x08",
                                           "\xC2\x9B"
                                           "31m",           // CSI as one C1 character
                                           "\xC2\x85",      // next line
                                           "\xE2\x80\xA8",  // line separator
                                           "\xE2\x80\xAE",  // right-to-left override
                                           "\xFF\xFE\xC0\x80",
                                           "\"} x=\"1",
                                           "a=b c=d",
                                           "",
                                           "\\",
                                           "2026-11-22T11:09:45.123Z info [sip] forged"};

TEST(TextLine, BeginsWithAnIsoDate) {
  EXPECT_EQ(render_text(kMoment, Level::Info, "sip", "session_started", {{"call_id", "abc"}},
                        {{"streams", 2}, {"ok", true}, {"ratio", 0.5}}),
            "2026-11-22T11:09:45.123Z info [sip] session_started call_id=abc streams=2 ok=true "
            "ratio=0.5");
}

TEST(TextLine, QuotesWhatIsNotPlain) {
  EXPECT_THAT(text_of("two words"), HasSubstr(R"(v="two words")"));
  EXPECT_THAT(text_of("say \"hi\""), HasSubstr(R"(v="say \"hi\"")"));
  EXPECT_THAT(text_of(""), HasSubstr(R"(v="")"));
  EXPECT_THAT(text_of("Zo\xC3\xA9"), HasSubstr("v=\"Zo\xC3\xA9\""));
}

TEST(TextLine, IsPrintableAsciiWhateverHostileValuesItHas) {
  for (const auto& value : kHostile) {
    const auto line = text_of(value);
    EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < 0x7F; }))
        << line;
  }
}

TEST(TextLine, KeepsAValueFromPosingAsAField) {
  EXPECT_THAT(text_of("x y=z"), testing::EndsWith(R"(v="x y=z")"));
}

TEST(JsonLine, HasTheNamesOfTheElasticCommonSchema) {
  const auto line = render_json(kMoment, Level::Warning, "sip", "session_started",
                                {{"call_id", "abc"}}, {{"streams", 2}, {"ok", true}});
  EXPECT_THAT(line, testing::StartsWith(R"({"@timestamp":"2026-11-22T11:09:45.123Z",)"));
  const auto record = nlohmann::json::parse(line);
  EXPECT_EQ(record["log.level"], "warning");
  EXPECT_EQ(record["log.logger"], "sip");
  EXPECT_EQ(record["message"], "session_started streams=2 ok=true");
  EXPECT_EQ(record["event.action"], "session_started");
  EXPECT_EQ(record["service.name"], "siprec-server");
  EXPECT_EQ(record["service.version"], SRS_VERSION);
  EXPECT_EQ(record["ecs.version"], "8.11.0");
  EXPECT_EQ(record["siprec.call_id"], "abc");
  EXPECT_EQ(record["siprec.streams"], 2);
  EXPECT_EQ(record["siprec.ok"], true);
}

TEST(JsonLine, PutsWhatTheSchemaKnowsUnderItsNames) {
  const auto record = nlohmann::json::parse(
      render_json(kMoment, Level::Error, "sip", "event", {{"trace.id", "4bf92f"}, {"span_id", "1"}},
                  {{"error", "disk full"}, {"message", "INVITE sip:a@b"}}));
  EXPECT_EQ(record["trace.id"], "4bf92f");
  EXPECT_EQ(record["span.id"], "1");
  EXPECT_EQ(record["error.message"], "disk full");
  EXPECT_EQ(record["siprec.message"], "INVITE sip:a@b");
  EXPECT_EQ(record["event.action"], "event");
}

TEST(JsonLine, KeepsAWholeMessageOutOfWhatAViewerShows) {
  const auto record = json_of(std::string(300, 'x'));
  EXPECT_EQ(record["message"], "event");
  EXPECT_EQ(record["siprec.v"].get<std::string>().size(), 300U);
}

TEST(JsonLine, IsOneLineOfAsciiThatParsesWhateverItsValues) {
  for (const auto& value : kHostile) {
    const auto line = render_json(kMoment, Level::Info, "sip", "event", {}, {{"v", value}});
    EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < 0x7F; }))
        << line;
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
  EXPECT_EQ(json_of("Zo\xC3\xA9 & \"x\"\n")["siprec.v"], "Zo\xC3\xA9 & \"x\"\n");
}

}  // namespace
}  // namespace srs::log
