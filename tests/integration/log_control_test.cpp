// The log of a running server is turned up, filtered and masked without a restart.
#include "support/files.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace srs::test {
namespace {

using nlohmann::json;

constexpr const char* kToken = "s3cret-token";

class LogControl : public ::testing::Test {
 protected:
  void start(Settings settings) {
    for (auto& [name, value] : settings) server_.set(name, value);
    ASSERT_TRUE(server_.start());
  }

  HttpReply send(const std::string& method, const std::string& path, const std::string& token,
                 const std::string& body = {}) {
    return http_send(server_, method, path, token, body);
  }
  std::string level() {
    return json::parse(send("GET", "/log/level", kToken).body).value("level", "");
  }
  bool says(const std::string& text) const {
    return server_.output().find(text) != std::string::npos;
  }
  void hang_up() {
    const auto before = server_.log("settings_reread").size();
    server_.signal(SIGHUP);
    EXPECT_TRUE(wait_until([&] { return server_.log("settings_reread").size() > before; }));
  }
  // An OPTIONS request; its Call-ID.
  std::string ask(const std::string& from = "<sip:src@127.0.0.1>;tag=1") {
    SrcCall call(server_);
    auto request = call.dialog().request("OPTIONS");
    request.set_header("From", from);
    EXPECT_EQ(call.transact(request).status(), 200);
    return call.call_id();
  }

  ServerProcess server_;
};

TEST_F(LogControl, IsOffUntilATokenIsSetAndSaysHow) {
  start({});
  for (const auto* method : {"GET", "PUT"}) {
    for (const auto* path : {"/log/level", "/log/sip-filter"}) {
      const auto reply = send(method, path, "anything", "debug");
      EXPECT_EQ(reply.status, 403);
      EXPECT_NE(reply.body.find("HTTP_ADMIN_TOKEN"), std::string::npos) << reply.body;
    }
  }
}

TEST_F(LogControl, WantsTheRightToken) {
  start({{"HTTP_ADMIN_TOKEN", kToken}});
  for (const auto* token : {"", "wrong", "s3cret-toke", "s3cret-token0", "S3CRET-TOKEN"}) {
    const auto reply = send("PUT", "/log/level", token, "trace");
    EXPECT_EQ(reply.status, 401) << token;
    EXPECT_NE(reply.header("www-authenticate").find("Bearer"), std::string::npos);
  }
  EXPECT_EQ(level(), "debug") << "nothing has changed";
}

TEST_F(LogControl, SetsTheLevelAtOnce) {
  start({{"HTTP_ADMIN_TOKEN", kToken}, {"LOG_LEVEL", "info"}});
  ask();
  EXPECT_TRUE(server_.log("sip_request").empty());
  const auto reply = send("PUT", "/log/level", kToken, R"({"level":"debug"})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json::parse(reply.body).value("level", ""), "debug");
  ask();
  EXPECT_TRUE(server_.wait_for_log("sip_request", kSoon));
  EXPECT_EQ(send("PUT", "/log/level", kToken, "warning\n").status, 200);
  EXPECT_EQ(level(), "warning");
}

TEST_F(LogControl, RefusesWhatIsNoLevel) {
  start({{"HTTP_ADMIN_TOKEN", kToken}});
  for (const auto* body : {"", "loud", "{}", R"({"level":7})", "{\"level\":", "[\"debug\"]"}) {
    const auto reply = send("PUT", "/log/level", kToken, body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_NE(reply.body.find("trace, debug, info"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(send("PUT", "/log/sip-filter", kToken, std::string(2000, 'x')).status, 400);
  EXPECT_EQ(send("DELETE", "/log/level", kToken).status, 405);
}

TEST_F(LogControl, TakesTheTokenFromAFile) {
  write_file(server_.directory() / "token", "from-a-file\n");
  start({{"HTTP_ADMIN_TOKEN_FILE", (server_.directory() / "token").string()}});
  EXPECT_EQ(send("GET", "/log/level", "from-a-file").status, 200);
  EXPECT_EQ(send("GET", "/log/level", kToken).status, 401);
}

TEST_F(LogControl, TakesTheTokenThatTookThePlaceOfItsFile) {
  const auto file = server_.directory() / "token";
  const auto replace = [&](const std::string& text) {
    write_file(server_.directory() / "new", text);
    std::filesystem::rename(server_.directory() / "new", file);
  };
  const std::string transcript = "/recordings/20261122T172305273Z-d57564275f7554ea/transcript";
  write_file(file, "old\n");
  start({{"HTTP_ADMIN_TOKEN_FILE", file.string()}, {"HTTP_TRANSCRIPT_TOKEN_FILE", file.string()}});
  EXPECT_EQ(send("GET", "/log/level", "old").status, 200);
  EXPECT_EQ(send("GET", transcript, "old").status, 404);
  replace("new\n");
  EXPECT_TRUE(wait_until([&] { return send("GET", "/log/level", "new").status == 200; }));
  EXPECT_TRUE(wait_until([&] { return send("GET", transcript, "new").status == 404; }));
  EXPECT_EQ(send("GET", "/log/level", "old").status, 401);
  EXPECT_EQ(send("GET", transcript, "old").status, 401);
  std::filesystem::remove(file);
  EXPECT_TRUE(wait_until([&] {
    EXPECT_EQ(send("GET", "/log/level", "new").status, 200) << "the last good one";
    return !server_.log("token_not_reread").empty();
  }));
  EXPECT_EQ(send("GET", "/log/level", "new").status, 200);
}

TEST_F(LogControl, RefusesATokenFileThatIsNotThere) {
  server_.set("HTTP_ADMIN_TOKEN_FILE", "/nonexistent/token");
  server_.launch();
  EXPECT_EQ(server_.wait_exit(kSoon), 1);
  EXPECT_TRUE(says("http.admin_token_file")) << server_.output();
}

TEST_F(LogControl, NeverShowsTheToken) {
  start({{"HTTP_ADMIN_TOKEN", kToken}, {"LOG_LEVEL", "trace"}});
  send("PUT", "/log/level", kToken, "trace");
  send("PUT", "/log/level", std::string(kToken) + "x", "trace");
  EXPECT_TRUE(server_.wait_for_log("admin_request_refused", kSoon));
  EXPECT_FALSE(says(kToken));
  server_.signal(SIGTERM);
  ASSERT_TRUE(server_.wait_exit(kSoon));
  server_.launch({"--print-config"});
  ASSERT_EQ(server_.wait_exit(kSoon), 0);
  EXPECT_TRUE(says("admin_token"));
  EXPECT_FALSE(says(kToken));
}

TEST_F(LogControl, NamesWhoSilencesItBeforeItFallsSilent) {
  start({{"HTTP_ADMIN_TOKEN", kToken}, {"LOG_LEVEL", "info"}});
  EXPECT_EQ(send("PUT", "/log/level", kToken, "error").status, 200);
  ASSERT_TRUE(server_.wait_for_log("log_level_changed", kSoon));
  EXPECT_EQ(server_.log("log_level_changed").front().value("siprec.level", ""), "error");
}

TEST_F(LogControl, TellsOfGuessesAtTheTokenInOneLineASecond) {
  start({{"HTTP_ADMIN_TOKEN", kToken}, {"LOG_LEVEL", "info"}});
  for (int guess = 0; guess < 50; ++guess)
    EXPECT_EQ(send("GET", "/log/level", "wrong" + std::to_string(guess)).status, 401);
  ASSERT_TRUE(server_.wait_for_log("admin_request_refused", kSoon));
  EXPECT_LT(server_.log("admin_request_refused").size(), 50U / 2);
}

TEST_F(LogControl, ShowsTheSipMessagesOfTheCallsThatAreAskedForAndOfNoOther) {
  start({{"HTTP_ADMIN_TOKEN", kToken}, {"LOG_LEVEL", "info"}});
  SrcCall wanted(server_), other(server_);
  // Until its own line is written, and with it all that were logged before.
  const auto set_filter = [&](const std::string& filter) {
    const auto before = server_.log("sip_filter_changed").size();
    EXPECT_EQ(send("PUT", "/log/sip-filter", kToken, filter).status, 200);
    EXPECT_TRUE(wait_until([&] { return server_.log("sip_filter_changed").size() > before; }));
  };
  set_filter(wanted.call_id());
  for (auto* call : {&wanted, &other}) {
    EXPECT_EQ(call->invite(siprec_body(two_legs())).status(), 200);
    EXPECT_EQ(call->bye().status(), 200);
  }
  set_filter(R"({"filter":""})");
  const auto shown = server_.log("sip_message");
  // INVITE, 100, 200, ACK, BYE, 200; whether 100 is needed depends on how busy the machine is.
  ASSERT_GE(shown.size(), 5U);
  for (const auto& line : shown) {
    EXPECT_EQ(line.value("siprec.call_id", ""), wanted.call_id());
    EXPECT_EQ(line.value("log.level", ""), "trace");
  }
  const auto& first = shown.front();
  EXPECT_EQ(first.value("siprec.direction", ""), "received");
  EXPECT_TRUE(first.value("siprec.message", "").starts_with("INVITE ")) << first.dump(1);
  EXPECT_FALSE(first.value("siprec.peer", "").empty());
  ask();
  set_filter("somebody else");
  EXPECT_EQ(server_.log("sip_message").size(), shown.size());
}

TEST_F(LogControl, FindsMessagesByFromToAndPeerToo) {
  start({{"HTTP_ADMIN_TOKEN", kToken}, {"LOG_LEVEL", "info"}, {"LOG_SIP_FILTER", "NAMED-src@"}});
  const auto plain = ask();
  const auto named = ask("\"Somebody\" <sip:named-SRC@127.0.0.1>;tag=1");
  EXPECT_TRUE(wait_until([&] { return server_.log("sip_message").size() >= 2; }));
  for (const auto& line : server_.log("sip_message"))
    EXPECT_EQ(line.value("siprec.call_id", ""), named);
  EXPECT_EQ(send("PUT", "/log/sip-filter", kToken, "192.0.2.1, 127.0.0.1:").status, 200);
  const auto by_peer = ask("<sip:elsewhere@example.net>;tag=2");
  EXPECT_TRUE(wait_until([&] {
    const auto lines = server_.log("sip_message");
    return lines.back().value("siprec.call_id", "") == by_peer;
  }));
}

TEST_F(LogControl, HidesSecretsInSipMessagesAlwaysAndNumbersOnRequest) {
  start({{"LOG_LEVEL", "trace"}, {"LOG_MASK_NUMBERS", "true"}});
  SrcCall call(server_);
  auto streams = two_legs();
  streams[0].aor = "sip:+493012345678@example.net";
  streams[0].name = "+49 30 12345678";
  auto invite = call.dialog().invite(
      siprec_body(sdp_offer(streams) + "a=ice-pwd:geheimesWort\r\n", rs_metadata(streams)));
  invite.set_header("Authorization", "Digest username=\"src\", response=\"geheimeAntwort\"");
  invite.set_header("P-Asserted-Identity", "\"+493012345678\" <tel:+493012345678>");
  EXPECT_EQ(call.invite(invite).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 2);
  EXPECT_EQ(call.bye().status(), 200);
  EXPECT_TRUE(server_.wait_for_log("recording_complete", kSoon));
  EXPECT_TRUE(says("*********678"));
  for (const auto* text : {"geheim", "12345678"}) EXPECT_FALSE(says(text)) << text;
}

TEST_F(LogControl, ReadsTheLevelAgainAtSighup) {
  const auto file = server_.directory() / "environment";
  write_file(file, "# what may change\nLOG_LEVEL='info'\n");
  start({{"SIPREC_ENVIRONMENT_FILE", file.string()}, {"HTTP_ADMIN_TOKEN", kToken}});
  EXPECT_EQ(level(), "info") << "the file wins over the process's own environment";
  write_file(file, "LOG_LEVEL=debug\nLOG_SIP_FILTER=all\nLOG_MASK_NUMBERS=yes\n");
  hang_up();
  EXPECT_EQ(level(), "debug");
  ask();
  EXPECT_TRUE(server_.wait_for_log("sip_message", kSoon));
  // What was set over HTTP holds until the settings are read again.
  EXPECT_EQ(send("PUT", "/log/level", kToken, "trace").status, 200);
  hang_up();
  EXPECT_EQ(level(), "debug");
}

TEST_F(LogControl, ReadsTheConfigurationFileAgainAtSighup) {
  const auto file = server_.directory() / "siprec.yaml";
  write_file(file, "log:\n  level: info\n");
  start({{"SIPREC_CONFIG", file.string()}, {"LOG_LEVEL", ""}, {"HTTP_ADMIN_TOKEN", kToken}});
  EXPECT_EQ(level(), "info");
  write_file(file, "log:\n  level: debug\n");
  hang_up();
  EXPECT_EQ(level(), "debug");
}

TEST_F(LogControl, GoesOnAsItWasWhereTheSettingsHaveFaults) {
  const auto file = server_.directory() / "environment";
  write_file(file, "LOG_LEVEL=info\n");
  start({{"SIPREC_ENVIRONMENT_FILE", file.string()}, {"HTTP_ADMIN_TOKEN", kToken}});
  write_file(file, "LOG_LEVEL=loud\n");
  server_.signal(SIGHUP);
  EXPECT_TRUE(server_.wait_for_log("settings_not_reread", kSoon));
  EXPECT_EQ(level(), "info");
  EXPECT_EQ(metric(server_, "errors_total", {"component=\"log\"", "reason=\"settings\""}), 1);
}

}  // namespace
}  // namespace srs::test
