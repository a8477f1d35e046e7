// Which source wins, and what the environment may say.
#include "config/given.hpp"
#include "config/table.hpp"

namespace srs::config {
namespace {

using testing::SizeIs;

TEST(Load, HasTheDefaultsThatWerePromised) {
  const auto loaded = load(std::nullopt, environment({}), {});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const auto& settings = loaded.settings;
  EXPECT_THAT(settings.sip.listen, ElementsAre("udp:0.0.0.0:5060", "tcp:0.0.0.0:5060"));
  EXPECT_EQ(settings.http.listen, "0.0.0.0:8080");
  EXPECT_EQ(settings.rtp.port_min, 10000);
  EXPECT_EQ(settings.rtp.port_max, 20000);
  EXPECT_EQ(settings.recording.directory, "./recordings");
  EXPECT_EQ(settings.log.level, log::Level::Info);
}

TEST(Load, PrefersTheCommandLineToTheEnvironmentToTheFile) {
  const std::string file = "log: {level: error, format: json, max_files: 7}\n";
  const auto variables = environment({{"LOG_LEVEL", "warning"}, {"LOG_FORMAT", "text"}});
  const auto loaded = from_file(file, variables, {{"log.level", "debug"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_EQ(loaded.settings.log.level, log::Level::Debug);
  EXPECT_EQ(loaded.settings.log.format, log::Format::Text);
  EXPECT_EQ(loaded.settings.log.max_files, 7U);
}

TEST(Load, TakesEveryKeyFromItsEnvironmentName) {
  // A value that differs from the default where one can be made up; each must arrive.
  for (const auto& key : table()) {
    Settings defaults;
    const std::string given = key.list ? "192.0.2.0/24" : key.get(defaults).front();
    std::map<std::string, std::string> asked;
    load(std::nullopt,
         [&](std::string_view name) -> std::optional<std::string> {
           asked[std::string(name)] = given;
           return std::nullopt;
         },
         {});
    EXPECT_TRUE(asked.contains(environment_name(key.name))) << key.name;
  }
  EXPECT_EQ(environment_name("recording.capture.block_size"), "RECORDING_CAPTURE_BLOCK_SIZE");
}

TEST(Environment, SetsListsByCommas) {
  const auto loaded = from_environment({{"SIP_LISTEN", "udp:127.0.0.1:0, tcp:127.0.0.1:0"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.settings.sip.listen, ElementsAre("udp:127.0.0.1:0", "tcp:127.0.0.1:0"));
}

TEST(Environment, NamesItsVariableInFaults) {
  EXPECT_THAT(from_environment({{"RTP_PORT_MIN", "many"}}).faults,
              ElementsAre(FaultIs("environment RTP_PORT_MIN", "rtp.port_min", "`many`")));
}

TEST(Environment, CountsAnEmptyVariableAsNotSet) {
  const auto loaded = from_file("log: {level: debug}\n", environment({{"LOG_LEVEL", ""}}));
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_EQ(loaded.settings.log.level, log::Level::Debug);
}

TEST(Environment, KnowsTheShortNamesThatOperatorsUse) {
  const auto loaded = from_environment({{"HTTP_PORT", "9090"},
                                        {"EXTERNAL_IP", "203.0.113.7"},
                                        {"RECORDING_DIR", "/srv/calls"},
                                        {"SIP_PORT", "5070"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_EQ(loaded.settings.http.listen, "0.0.0.0:9090");
  EXPECT_EQ(loaded.settings.sip.external_address, "203.0.113.7");
  EXPECT_EQ(loaded.settings.recording.directory, "/srv/calls");
  EXPECT_THAT(loaded.settings.sip.listen, ElementsAre("udp:0.0.0.0:5070", "tcp:0.0.0.0:5070"));
}

TEST(Environment, ChangesOnlyThePortByHttpPort) {
  const auto loaded =
      from_file("http: {listen: \"[::1]:80\"}\n", environment({{"HTTP_PORT", "81"}}));
  EXPECT_EQ(loaded.settings.http.listen, "[::1]:81");
}

TEST(Environment, LeavesTlsListenersAloneBySipPort) {
  const auto loaded =
      from_file("sip: {listen: [udp:0.0.0.0:1, tls:0.0.0.0:2], tls_directory: /tls}\n",
                environment({{"SIP_PORT", "3"}}));
  EXPECT_THAT(loaded.settings.sip.listen, ElementsAre("udp:0.0.0.0:3", "tls:0.0.0.0:2"));
}

TEST(Environment, NamesABadPortOnceHoweverManyListenersItMoves) {
  for (const char* value : {"many", "65536", "-1", "5060 "}) {
    EXPECT_THAT(from_environment({{"SIP_PORT", value}}).faults,
                ElementsAre(FaultIs("environment SIP_PORT", "sip.listen", "is no port")));
  }
}

TEST(Environment, TakesExternalIpAutoAsNone) {
  EXPECT_EQ(from_environment({{"EXTERNAL_IP", "auto"}}).settings.sip.external_address, "");
}

TEST(Environment, PrefersAKeysOwnNameToItsShortOneAndSaysSo) {
  const auto loaded = from_environment({{"HTTP_PORT", "9090"}, {"HTTP_LISTEN", "127.0.0.1:7070"}});
  EXPECT_EQ(loaded.settings.http.listen, "127.0.0.1:7070");
  EXPECT_THAT(loaded.warnings, ElementsAre(FaultIs("environment HTTP_PORT", "http.listen",
                                                   "is ignored, since HTTP_LISTEN is set too")));
}

TEST(Environment, RecognisesWhatKubernetesPutsThere) {
  EXPECT_THAT(from_environment({{"HTTP_PORT", "tcp://10.0.0.1:8080"}}).faults,
              ElementsAre(FaultIs("environment HTTP_PORT", "http.listen", "enableServiceLinks")));
}

TEST(CommandLineKeys, SetListsRepeatedlyOrByCommas) {
  const auto loaded = from_command_line(
      {{"sip.listen", "udp:127.0.0.1:1,tcp:127.0.0.1:1"}, {"sip.listen", "udp:127.0.0.1:2"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.settings.sip.listen, SizeIs(3));
}

TEST(CommandLineKeys, NameTheirFaults) {
  EXPECT_THAT(from_command_line({{"log.levle", "debug"}, {"log.format", "xml"}}).faults,
              testing::UnorderedElementsAre(
                  FaultIs("--log.levle", "log.levle", "did you mean log.level?"),
                  FaultIs("--log.format", "log.format", "`xml` is none of: text, json")));
  EXPECT_THAT(from_command_line({{"log.level", "debug"}, {"log.level", "info"}}).faults,
              ElementsAre(FaultIs("--log.level", "log.level", "is given twice")));
}

TEST(Load, NamesTheFaultsOfAllSourcesAtOnce) {
  const auto loaded = from_file("log: {level: loud}\n", environment({{"HTTP_LISTEN", "8080"}}),
                                {{"rtp.engine", "none"}});
  EXPECT_THAT(loaded.faults, SizeIs(3));
}

TEST(Load, TakesNumbersOnlyWithinTheirRange) {
  EXPECT_THAT(from_command_line({{"log.max_files", "0"}}).faults, SizeIs(1));
  EXPECT_THAT(from_command_line({{"log.max_files", "5.0"}}).faults, SizeIs(1));
  EXPECT_THAT(from_command_line({{"log.max_files", "-1"}}).faults, SizeIs(1));
  EXPECT_THAT(from_command_line({{"sip.udp_receive_buffer", "8GiB"}}).faults, SizeIs(1));
  EXPECT_THAT(from_command_line({{"recording.max_duration", "1500ms"}}).faults,
              ElementsAre(FaultIs("--recording.max_duration", "recording.max_duration",
                                  "only whole seconds")));
  // RFC 4028 §5.
  EXPECT_THAT(from_command_line({{"sip.min_session_expires", "89s"}}).faults, SizeIs(1));
}

}  // namespace
}  // namespace srs::config
