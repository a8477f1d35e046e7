#include "config/given.hpp"
#include "config/table.hpp"

namespace srs::config {
namespace {

TEST(Print, ReadsBackAsTheSameSettings) {
  const auto changed = from_command_line({{"sip.listen", "udp:127.0.0.1:1,tcp:[::1]:2"},
                                          {"rtp.bind_address", "::"},
                                          {"sip.user_agent", "a: \"b\" # c"},
                                          {"rtp.allowed_sources", "192.0.2.0/24"},
                                          {"recording.directory", "/tmp/off"},
                                          {"recording.max_duration", "90s"},
                                          {"log.file", "~"},
                                          {"log.level", "off"}});
  ASSERT_THAT(changed.faults, IsEmpty());
  for (const auto& settings : {Settings{}, changed.settings}) {
    const auto printed = print(settings);
    const auto loaded = from_file(printed);
    EXPECT_THAT(loaded.faults, IsEmpty()) << printed;
    for (const auto& key : table())
      EXPECT_EQ(key.get(loaded.settings), key.get(settings)) << key.name;
  }
}

TEST(Print, ShowsEveryKeyInItsSection) {
  const auto printed = print(Settings{});
  EXPECT_THAT(printed, HasSubstr("sip:\n  listen: [udp:0.0.0.0:5060, tcp:0.0.0.0:5060]\n"));
  EXPECT_THAT(printed, HasSubstr("  capture:\n    block_size: 16KiB\n"));
  EXPECT_THAT(printed, HasSubstr("\nlog:\n  level: info\n"));
}

TEST(Print, HidesSecretsButNotThatOneIsSet) {
  const Key key = secret(*find("sip.user_agent"));
  Settings settings;
  EXPECT_EQ(shown(key, settings), Texts{std::string(kMask)});
  settings.sip.user_agent.clear();
  EXPECT_EQ(shown(key, settings), Texts{""});
}

TEST(Print, HidesWhatAUrlLetsSomebodyInWith) {
  Settings settings;
  settings.stt.openai.url = "https://user:pass@stt.example.com/v1";
  settings.stt.webhook.url = "https://hook.example.com/in?lang=en&access_token=abc&x=1#top";
  const auto printed = print(settings);
  EXPECT_THAT(printed, HasSubstr("https://********@stt.example.com/v1"));
  EXPECT_THAT(printed,
              HasSubstr("https://hook.example.com/in?lang=en&access_token=********&x=1#top"));
  const auto refused = from_command_line({{"stt.openai.url", "htp://user:pass@x/?sig=abc"}});
  ASSERT_EQ(refused.faults.size(), 1U);
  EXPECT_THAT(refused.faults.front().text, HasSubstr("`htp://********@x/?sig=********`"));
}

}  // namespace
}  // namespace srs::config
