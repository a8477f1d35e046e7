// Figures of HTTP, the log and the process; and that no metric is left without a test of its own.
#include "integration/driven_elsewhere.hpp"
#include "integration/metrics_stage.hpp"
#include "support/files.hpp"
#include "support/socket.hpp"
#include "util/http_client/http_peer.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <regex>
#include <set>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

void requests_of_all_kinds(Stage& stage) {
  EXPECT_EQ(http_get(url(stage.server, "/ready")).status, 200);
  EXPECT_EQ(http_request("BREW", url(stage.server, "/coffee/42")).status, 404);
  HttpConnection open("127.0.0.1", stage.server.http_port());
  EXPECT_TRUE(stage.moves("http_connections"));
}

void more_connections_than_allowed(Stage& stage) {
  std::vector<std::unique_ptr<HttpConnection>> open;
  for (int i = 0; i < 4; ++i)
    open.push_back(std::make_unique<HttpConnection>("127.0.0.1", stage.server.http_port()));
  EXPECT_EQ(open.front()->rest(), "");  // which idled longest, and gave way
  open.clear();
}

const std::vector<Scenario> kProcessScenarios = {
    {"RequestsOfAllKinds",
     {},
     requests_of_all_kinds,
     {"http_requests_total{code=\"200\",endpoint=\"/ready\",method=\"GET\"}",
      "http_requests_total{code=\"404\",endpoint=\"other\",method=\"other\"}",
      "http_request_duration_seconds_count{endpoint=\"/ready\"}", "event_loop_lag_seconds",
      "goroutines_total", "process_cpu_seconds_total", "process_open_fds"}},
    {"MoreConnectionsThanAllowed",
     {{"HTTP_MAX_CONNECTIONS", "3"}},
     more_connections_than_allowed,
     {"errors_total{component=\"http\",reason=\"connection_limit\"}"}},
};

class ProcessFigures : public ::testing::TestWithParam<Scenario> {};
TEST_P(ProcessFigures, Move) {
  play(GetParam());
}
INSTANTIATE_TEST_SUITE_P(, ProcessFigures, ::testing::ValuesIn(kProcessScenarios),
                         [](const auto& one) { return one.param.name; });

TEST(Process, TellsWhatItIsAndCosts) {
  ServerProcess server;
  ASSERT_TRUE(server.start());
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_NEAR(metric(server, "process_start_time_seconds"), now, 60);
  EXPECT_EQ(metric(server, "siprec_build_info", {"version=\"" SRS_VERSION "\""}), 1);
  EXPECT_GT(metric(server, "process_max_fds"), metric(server, "process_open_fds"));
  EXPECT_GE(metric(server, "process_threads"), 2);
  EXPECT_GT(metric(server, "process_virtual_memory_bytes"), 1e6);
  EXPECT_GT(metric(server, "process_resident_memory_bytes"), 1e6);
  for (const auto* type : {"resident", "virtual", "heap"}) {
    const auto label = std::string("type=\"") + type + "\"";
    const auto bytes = metric(server, "memory_usage_bytes", {label});
#ifdef SRS_SANITIZED  // sanitizers have heaps of their own
    if (label == "type=\"heap\"") continue;
#endif
    EXPECT_GT(bytes, 1e5) << type;
  }
}

// The log is a pipe that nobody empties; a queue of 16 lines is soon full, and calls go on.
TEST(Log, CountsTheLinesThatASlowDiskCost) {
  ServerProcess server(Settings{{"LOG_QUEUE", "16"}, {"LOG_LEVEL", "trace"}});
  const auto path = server.directory() / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int pipe = ::open(path.c_str(), O_RDWR | O_NONBLOCK);
  ASSERT_GE(pipe, 0);
  server.set("LOG_FILE", path.string());
  server.launch();
  std::string log;
  const std::regex ready(
      R"re("siprec.sip":"udp:[0-9.]+:([0-9]+),.*"siprec.http":"[0-9.]+:([0-9]+)")re");
  std::smatch ports;
  ASSERT_TRUE(wait_until([&] {
    char bytes[4096];
    for (ssize_t n = 0; (n = ::read(pipe, bytes, sizeof bytes)) > 0;)
      log.append(bytes, static_cast<std::size_t>(n));
    return std::regex_search(log, ports, ready);
  }));
  const auto sip = static_cast<std::uint16_t>(std::stoul(ports[1]));
  const std::string metrics = "http://127.0.0.1:" + ports[2].str() + "/metrics";
  const auto flood = Socket::udp(kLoopback);
  const std::string name = "log_lines_dropped_total";
  const std::regex dropped("\n" + name + " [1-9]");
  EXPECT_TRUE(wait_until([&] {
    for (int i = 0; i < 100; ++i) flood.send_to(sip, SrcDialog("log").request("OPTIONS").bytes());
    return std::regex_search(http_get(metrics).body, dropped);
  }));
  server.signal(SIGKILL);
  ::close(pipe);
}

HttpPeer::Script answering_always(int status) {
  return [status](PeerConnection& connection) {
    while (connection.read_request() && connection.answer(status, "")) {
    }
  };
}

TEST(Tracing, TellsOfSpansThatTheCollectorRefuses) {
  HttpPeer collector(answering_always(400));
  Stage stage(
      {{"OTEL_EXPORTER_OTLP_ENDPOINT", collector.url("")}, {"TRACING_BATCH_DELAY", "10ms"}});
  ASSERT_NO_FATAL_FAILURE(stage.start());
  EXPECT_EQ(http_get(url(stage.server, "/nothing")).status, 404);
  for (const auto* what :
       {"tracing_spans_dropped_total{exporter=\"otlp\",reason=\"rejected\"}",
        "tracing_export_failures_total{exporter=\"otlp\",reason=\"status_400\"}"})
    EXPECT_TRUE(stage.moves(what)) << what;
}

TEST(Tracing, TellsOfTheMetricsThatNewRelicTook) {
  HttpPeer new_relic(answering_always(200));
  Stage stage({{"NEW_RELIC_LICENSE_KEY", "eu01xx0123456789abcdef0123456789abcdNRAL"},
               {"TRACING_NEW_RELIC_ENDPOINT", new_relic.url("")},
               {"TRACING_NEW_RELIC_METRICS_INTERVAL", "1s"}});
  ASSERT_NO_FATAL_FAILURE(stage.start());
  EXPECT_TRUE(stage.moves("tracing_metrics_exported_total"));
}

TEST(EveryMetric, OfTheDocumentationIsDrivenByATest) {
  const std::filesystem::path root = SRS_SOURCE_DIR;
  const auto names = [](const std::string& tests, const std::string& name) {
    return std::regex_search(tests, std::regex('"' + name + R"((_bucket|_sum|_count)?["{ ])"));
  };
  std::string tests;
  for (const auto& entry : std::filesystem::directory_iterator(root / "tests" / "integration")) {
    // That of the start asks for names alone.
    if (entry.path().extension() == ".cpp" && entry.path().filename() != "startup_test.cpp")
      tests += read_file(entry.path());
  }
  for (const auto& [name, file] : kDrivenElsewhere)
    EXPECT_TRUE(names(read_file(root / file), name)) << name << " is not in " << file;
  std::istringstream page(read_file(root / "docs" / "metrics.md"));
  const std::regex row(R"(\| `([a-z_]+)` \| (counter|gauge|histogram) \|.*)");
  std::smatch match;
  for (std::string line; std::getline(page, line);) {
    if (!std::regex_match(line, match, row)) continue;
    const std::string name = match[1];
    EXPECT_TRUE(names(tests, name) || kDrivenElsewhere.contains(name))
        << name << " is driven by no test";
  }
}

}  // namespace
}  // namespace srs::test
