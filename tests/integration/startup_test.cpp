// Starting: what is wrong is named at once, and what is right is served.
#include "support/files.hpp"
#include "support/privileges.hpp"
#include "support/scrape.hpp"
#include "support/shared_data.hpp"
#include "support/socket.hpp"
#include "support/tools.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::AssertionResult;

constexpr int kSystemFault = 1;
constexpr int kConfigFault = 78;  // EX_CONFIG

bool says(const ServerProcess& server, const std::string& text) {
  return server.output().find(text) != std::string::npos;
}

TEST(Startup, NamesEveryBadSettingAtOnceAndExits78) {
  ServerProcess server(
      {{"HTTP_LISTEN", "nowhere"}, {"LOG_LEVEL", "loud"}, {"RTP_PORT_MIN", "70000"}});
  server.launch();
  EXPECT_EQ(server.wait_exit(kSoon), kConfigFault);
  for (const char* name : {"HTTP_LISTEN", "LOG_LEVEL", "RTP_PORT_MIN"})
    EXPECT_TRUE(says(server, name)) << server.output();
}

TEST(Startup, NamesEveryFaultOfTheFileWithItsLine) {
  ServerProcess server;
  const auto file = server.directory() / "siprec.yaml";
  write_file(file, "log:\n  level: info\n  colour: red\nrtp:\n  sweep_interval: soon\n");
  server.launch({"--config", file.string()});
  EXPECT_EQ(server.wait_exit(kSoon), kConfigFault);
  EXPECT_TRUE(says(server, "siprec.yaml:3")) << server.output();
  EXPECT_TRUE(says(server, "colour")) << server.output();
  EXPECT_TRUE(says(server, "siprec.yaml:5")) << server.output();
}

TEST(Startup, WarnsWhereTheKernelGivesSmallerReceiveBuffersThanAsked) {
  std::thread([] {
    test::drop_right(CAP_NET_ADMIN);  // with it the server gets what it asks for
    ServerProcess asks_much(Settings{{"RTP_RECEIVE_BUFFER", "1GiB"}});
    ASSERT_TRUE(asks_much.start());
    const auto warnings = asks_much.log("receive_buffer_small");
    ASSERT_FALSE(warnings.empty()) << asks_much.output();
    EXPECT_EQ(warnings.back().value("siprec.key", ""), "rtp.receive_buffer");
    EXPECT_EQ(warnings.back().value("siprec.wanted_bytes", 0), 1 << 30);
    EXPECT_GT(warnings.back().value("siprec.granted_bytes", 0), 0);
    EXPECT_LT(warnings.back().value("siprec.granted_bytes", 0), 1 << 30);
  }).join();
  ServerProcess asks_little(Settings{{"SIP_UDP_RECEIVE_BUFFER", "64KiB"}});
  ASSERT_TRUE(asks_little.start());
  EXPECT_EQ(asks_little.log("receive_buffer_small").size(), 0U) << asks_little.output();
}

TEST(Startup, WarnsOfOptionsThatAProviderCanNotHonour) {
  ServerProcess server(Settings{{"STT_PROVIDERS", "openai,vosk"},
                                {"OPENAI_API_KEY", "k"},
                                {"STT_VOCABULARY", "SIPREC"},
                                {"STT_PII", "pci"}});
  ASSERT_TRUE(server.start());
  const auto warnings = server.log("transcription_option_ignored");
  ASSERT_EQ(warnings.size(), 2U) << server.output();
  EXPECT_EQ(warnings[0].value("siprec.provider", ""), "openai");
  EXPECT_EQ(warnings[0].value("siprec.option", ""), "stt.pii");
  EXPECT_EQ(warnings[1].value("siprec.provider", ""), "vosk");
}

TEST(Startup, RefusesAFileThatIsNotThere) {
  ServerProcess server;
  server.launch({"--config", "/nonexistent/siprec.yaml"});
  EXPECT_EQ(server.wait_exit(kSoon), kConfigFault);
  EXPECT_TRUE(says(server, "/nonexistent/siprec.yaml")) << server.output();
}

TEST(Startup, NamesEveryAddressThatIsTaken) {
  const auto sip = Socket::udp(kLoopback);
  ServerProcess other;
  ASSERT_TRUE(other.start());
  const auto taken_sip = "udp:127.0.0.1:" + std::to_string(sip.port());
  const auto taken_http = "127.0.0.1:" + std::to_string(other.http_port());
  ServerProcess server(Settings{{"SIP_LISTEN", taken_sip}, {"HTTP_LISTEN", taken_http}});
  server.launch();
  EXPECT_EQ(server.wait_exit(kSoon), kSystemFault);
  EXPECT_TRUE(says(server, std::to_string(sip.port()))) << server.output();
  EXPECT_TRUE(says(server, taken_http)) << server.output();
}

unsigned times(const ServerProcess& server, const std::string& text) {
  unsigned count = 0;
  const auto output = server.output();
  for (auto at = output.find(text); at != std::string::npos; at = output.find(text, at + 1))
    ++count;
  return count;
}

TEST(Startup, NamesEveryFaultOfFileEnvironmentAndCommandLineOnce) {
  ServerProcess server(Settings{{"SIP_LISTEN", ""}, {"SIP_PORT", "many"}, {"LOG_LEVEL", "loud"}});
  const auto file = server.directory() / "siprec.yaml";
  write_file(file, "log:\n  colour: red\n");
  const auto variables = server.directory() / "variables";
  write_file(variables, "RTP_ENGINE=warp\nexport\n");
  server.set("SIPREC_ENVIRONMENT_FILE", variables.string());
  server.launch({"--config", file.string(), "now", "--http.listen=nowhere", "--log.file"});
  EXPECT_EQ(server.wait_exit(kSoon), kConfigFault);
  for (const char* fault :
       {"environment SIP_PORT: sip.listen: `many`", "environment LOG_LEVEL: log.level: ",
        "siprec.yaml:2: log.colour: ", "variables:1 RTP_ENGINE: rtp.engine: ", "variables:2: ",
        "--http.listen: http.listen: ", "command line: unexpected argument `now`",
        "--log.file: log.file: needs a value"})
    EXPECT_EQ(times(server, fault), 1u) << fault << "\n" << server.output();
  EXPECT_EQ(times(server, "error: "), 8u) << server.output();
}

TEST(Startup, NamesTheAddressForMediaWhereThatIsTheFault) {
  ServerProcess server(Settings{{"RTP_BIND_ADDRESS", "192.0.2.77"}});
  server.launch();
  EXPECT_EQ(server.wait_exit(kSoon), kSystemFault);
  EXPECT_TRUE(says(server, "environment RTP_BIND_ADDRESS: rtp.bind_address: `192.0.2.77`"))
      << server.output();
  EXPECT_FALSE(says(server, "rtp.port_min")) << server.output();
}

// It looks at a machine where the server may run.
TEST(Startup, IsCheckedWithoutTakingTheAddressesThatAServerHolds) {
  ServerProcess running;
  ASSERT_TRUE(running.start());
  ServerProcess server(Settings{{"HTTP_LISTEN", "127.0.0.1:" + std::to_string(running.http_port())},
                                {"RECORDING_DIRECTORY", running.recordings().string()}});
  server.launch({"--check-config"});
  EXPECT_EQ(server.wait_exit(kSoon), 0) << server.output();
  write_file(server.directory() / "in-the-way", "");
  server.set("LOG_LEVEL", "loud");
  server.set("RECORDING_DIRECTORY", (server.directory() / "in-the-way").string());
  server.launch({"--check-config"});
  EXPECT_EQ(server.wait_exit(kSoon), kConfigFault);
  EXPECT_TRUE(says(server, "recording.directory")) << server.output();
  EXPECT_FALSE(says(server, "http.listen")) << server.output();
}

TEST(Startup, NamesTheSystemsFaultsBesideBadSettingsEachWithItsLine) {
  const auto sip = Socket::udp(kLoopback);
  ServerProcess server;
  write_file(server.directory() / "in-the-way", "");
  const auto taken = "udp:127.0.0.1:" + std::to_string(sip.port());
  const auto file = server.directory() / "siprec.yaml";
  write_file(file, "sip:\n  listen: [" + taken + "]\nrecording:\n  directory: " +
                       (server.directory() / "in-the-way").string() + "\nlog:\n  colour: red\n");
  server.set("SIP_LISTEN", "");
  server.set("RECORDING_DIRECTORY", "");
  server.launch({"--config", file.string()});
  EXPECT_EQ(server.wait_exit(kSoon), kConfigFault);
  EXPECT_TRUE(says(server, "siprec.yaml:2: sip.listen: " + taken)) << server.output();
  EXPECT_TRUE(says(server, "siprec.yaml:4: recording.directory: ")) << server.output();
  EXPECT_TRUE(says(server, "siprec.yaml:6")) << server.output();
  EXPECT_FALSE(says(server, "http.listen")) << server.output();

  write_file(file, "sip:\n  listen: [" + taken + "]\n");
  server.launch({"--config", file.string()});
  EXPECT_EQ(server.wait_exit(kSoon), kSystemFault);
  EXPECT_TRUE(says(server, "siprec.yaml:2: sip.listen: ")) << server.output();
}

// Everything that the system can refuse, each by a fault of its own.
class ManyFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(other_.start());
    const auto first = server_.rtp_first();
    held_.push_back(Socket::udp(kLoopback, first));
    ASSERT_EQ(held_.front().port(), first);
    write_file(server_.directory() / "in-the-way", "");
    for (const auto& [name, value] :
         Settings{{"RECORDING_DIRECTORY", other_.recordings().string()},
                  {"HTTP_LISTEN", "127.0.0.1:" + std::to_string(other_.http_port())},
                  {"SIP_LISTEN",
                   "udp:127.0.0.1:" + std::to_string(other_.udp_port()) + ",tls:127.0.0.1:0"},
                  {"SIP_TLS_DIRECTORY", "/nonexistent/tls"},
                  {"RTP_PORT_MIN", std::to_string(first)},
                  {"RTP_PORT_MAX", std::to_string(first + 1)},
                  {"HTTP_ADMIN_TOKEN_FILE", "/nonexistent/token"},
                  {"LOG_FILE", (server_.directory() / "in-the-way/siprec.log").string()}})
      server_.set(name, value);
  }
  void expect_each_once() {
    for (const char* key :
         {"environment RECORDING_DIRECTORY: recording.directory: ",
          "environment HTTP_LISTEN: http.listen: ", "environment SIP_LISTEN: sip.listen: ",
          "environment SIP_TLS_DIRECTORY: sip.tls_directory: ",
          "environment RTP_PORT_MIN: rtp.port_min: ",
          "environment HTTP_ADMIN_TOKEN_FILE: http.admin_token_file: ",
          "environment LOG_FILE: log.file: "})
      EXPECT_EQ(times(server_, key), 1u) << key << "\n" << server_.output();
  }

  ServerProcess other_, server_;
  std::vector<Socket> held_;
};

TEST_F(ManyFaults, AreAllNamedByOneStartEachOnce) {
  server_.launch();
  EXPECT_EQ(server_.wait_exit(kSoon), kSystemFault);
  expect_each_once();
  EXPECT_EQ(times(server_, "error: "), 7u) << server_.output();
}

TEST_F(ManyFaults, AreNamedBesideABadSettingToo) {
  server_.set("LOG_LEVEL", "loud");
  server_.launch();
  EXPECT_EQ(server_.wait_exit(kSoon), kConfigFault);
  expect_each_once();
  EXPECT_EQ(times(server_, "error: "), 8u) << server_.output();
}

// It would take the running calls of the first for those of a crash.
TEST(Startup, RefusesTheRecordingsOfAServerThatRuns) {
  ServerProcess first;
  ASSERT_TRUE(first.start());
  ServerProcess second(Settings{{"RECORDING_DIRECTORY", first.recordings().string()}});
  second.launch();
  EXPECT_EQ(second.wait_exit(kSoon), kSystemFault);
  EXPECT_TRUE(says(second, "recording.directory")) << second.output();
  EXPECT_TRUE(says(second, "process " + std::to_string(first.pid()))) << second.output();
}

TEST(Startup, RefusesADirectoryThatCannotBeMade) {
  ServerProcess server(Settings{{"RECORDING_DIRECTORY", "/proc/nope"}});
  server.launch();
  EXPECT_EQ(server.wait_exit(kSoon), kSystemFault);
  EXPECT_TRUE(says(server, "recording.directory")) << server.output();
}

TEST(Startup, RefusesADirectoryThatIsNone) {
  ServerProcess server;
  const auto file = server.directory() / "file";
  write_file(file, "in the way");
  server.set("RECORDING_DIRECTORY", file.string());
  server.launch();
  EXPECT_EQ(server.wait_exit(kSoon), kSystemFault);
  EXPECT_TRUE(says(server, file.string())) << server.output();
}

TEST(Startup, ChecksPrintsAndExplainsItselfWithoutStarting) {
  ServerProcess server;
  for (const auto& [argument, text] :
       std::vector<std::pair<std::string, std::string>>{{"--check-config", "valid"},
                                                        {"--print-config", "listen"},
                                                        {"--version", "siprec-server "},
                                                        {"--help", "--config"}}) {
    server.launch({argument});
    EXPECT_EQ(server.wait_exit(kSoon), 0) << argument;
    EXPECT_TRUE(says(server, text)) << argument << ": " << server.output();
    EXPECT_TRUE(server.log("server_ready").empty());
  }
  server.launch({"--no-such-option"});
  EXPECT_EQ(server.wait_exit(kSoon), kConfigFault);
}

TEST(Startup, PrintsAConfigurationThatItReadsBack) {
  ServerProcess server(Settings{{"RTP_QUARANTINE", "7s"}});
  server.launch({"--print-config"});
  ASSERT_EQ(server.wait_exit(kSoon), 0);
  const auto file = server.directory() / "printed.yaml";
  write_file(file, server.output());
  server.launch({"--config", file.string(), "--check-config"});
  EXPECT_EQ(server.wait_exit(kSoon), 0) << server.output();
}

class Probes : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.start()); }
  // What that path says once all is well: a server that stood still as it began says so for long.
  json well(const std::string& path) {
    json health;
    EXPECT_TRUE(wait_until([&] {
      health = json::parse(http_get(url(server_, path)).body);
      return health.value("status", "") == "healthy";
    })) << health.dump(1);
    return health;
  }
  ServerProcess server_;
};

TEST_F(Probes, SayThatAllIsWell) {
  for (const char* path : {"/health", "/ready", "/live"}) {
    const auto reply = http_get(url(server_, path));
    EXPECT_EQ(reply.status, 200) << path << ": " << reply.body;
    EXPECT_TRUE(json::parse(reply.body, nullptr, false).is_object()) << reply.body;
  }
  const auto health = well("/health");
  EXPECT_TRUE(health.contains("version"));
  EXPECT_TRUE(health.contains("uptime_seconds"));
}

TEST_F(Probes, SayMoreWhenAsked) {
  const auto health = well("/health?detailed=true");
  for (const char* check : {"sip_listeners", "rtp_ports", "recording_directory", "render_queue",
                            "file_descriptors", "memory", "event_loop"}) {
    ASSERT_TRUE(health.at("checks").contains(check)) << health.dump(1);
    EXPECT_EQ(health.at("checks").at(check).value("status", ""), "healthy") << check;
  }
  const auto page = read_file(std::filesystem::path(SRS_SOURCE_DIR) / "docs/monitoring.md");
  for (const auto& [check, value] : health.at("checks").items())
    EXPECT_NE(page.find("\n| `" + check + "` |"), std::string::npos) << check << " is unexplained";
}

TEST_F(Probes, KeepToHttp) {
  EXPECT_EQ(http_request("HEAD", url(server_, "/health")).status, 200);
  const auto posted = http_request("POST", url(server_, "/health"));
  EXPECT_EQ(posted.status, 405);
  EXPECT_NE(posted.header("allow").find("GET"), std::string::npos);
  EXPECT_EQ(http_get(url(server_, "/nothing/here")).status, 404);
}

TEST_F(Probes, MetricsPassPrometheussOwnCheck) {
  const auto text = http_get(url(server_, "/metrics"));
  EXPECT_EQ(text.status, 200);
  EXPECT_TRUE(text.header("content-type").starts_with("text/plain")) << text.header("content-type");
  SRS_REQUIRE_TOOL("promtool", "prometheus");
  write_file(server_.directory() / "metrics", text.body);
  const auto said = server_.directory() / "promtool";
  const auto command = "promtool check metrics < '" + (server_.directory() / "metrics").string() +
                       "' > '" + said.string() + "' 2>&1";
  static_cast<void>(std::system(command.c_str()));
  // `goroutines_total` is a gauge whose name dashboards of such servers ask for; nothing else may
  // be held against us.
  std::istringstream lines(read_file(said));
  for (std::string line; std::getline(lines, line);)
    EXPECT_NE(line.find("goroutines_total"), std::string::npos) << line;
}

TEST_F(Probes, TheNamesThatDashboardsAskForAreThere) {
  const auto text = http_get(url(server_, "/metrics")).body;
  for (const char* name :
       {"sip_sessions_active", "sip_sessions_total", "sip_requests_total", "sip_responses_total",
        "sip_session_duration_seconds", "rtp_packets_received_total", "rtp_packets_sent_total",
        "rtp_bytes_received_total", "rtp_bytes_sent_total", "rtp_ports_allocated",
        "http_requests_total", "http_request_duration_seconds", "goroutines_total",
        "memory_usage_bytes", "process_resident_memory_bytes", "process_cpu_seconds_total",
        "process_open_fds", "process_max_fds", "process_start_time_seconds"})
    EXPECT_NE(text.find("\n# TYPE " + std::string(name) + " "), std::string::npos) << name;
}

}  // namespace
}  // namespace srs::test
