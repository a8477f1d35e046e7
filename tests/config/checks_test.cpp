// What settings must be together.
#include "config/given.hpp"

namespace srs::config {
namespace {

TEST(Checks, WantAListener) {
  EXPECT_THAT(from_file("sip: {listen: []}\n").faults,
              ElementsAre(FaultIs("siprec.yaml:1", "sip.listen", "at least one")));
}

TEST(Checks, WantEachListenerOnce) {
  EXPECT_THAT(from_command_line({{"sip.listen", "udp:0.0.0.0:5060,udp:0.0.0.0:5060"}}).faults,
              ElementsAre(FaultIs("--sip.listen", "sip.listen", "twice")));
  EXPECT_THAT(from_command_line({{"sip.listen", "udp:127.0.0.1:0,udp:127.0.0.1:0"}}).faults,
              IsEmpty());
}

TEST(Checks, WantCertificatesForTls) {
  EXPECT_THAT(from_command_line({{"sip.listen", "tls:0.0.0.0:5061"}}).faults,
              ElementsAre(FaultIs("default", "sip.tls_directory", "is needed")));
  const auto useless = from_command_line({{"sip.tls_directory", "/tls"}});
  EXPECT_THAT(useless.faults, IsEmpty());
  EXPECT_THAT(useless.warnings,
              ElementsAre(FaultIs("--sip.tls_directory", "sip.tls_directory", "no effect")));
}

TEST(Checks, WantRoomForAPortPair) {
  EXPECT_THAT(from_command_line({{"rtp.port_min", "20001"}}).faults,
              ElementsAre(FaultIs("default", "rtp.port_max", "no pair")));
  // An odd first port is rounded up: 10001 to 10002 holds no pair, 10001 to 10003 does.
  EXPECT_THAT(from_command_line({{"rtp.port_min", "10001"}, {"rtp.port_max", "10002"}}).faults,
              ElementsAre(FaultIs("--rtp.port_max", "rtp.port_max", "no pair")));
  EXPECT_THAT(from_command_line({{"rtp.port_min", "10001"}, {"rtp.port_max", "10003"}}).faults,
              IsEmpty());
}

TEST(Checks, KeepSipOutOfTheRtpPorts) {
  EXPECT_THAT(from_command_line({{"sip.listen", "udp:0.0.0.0:15060"}}).faults,
              ElementsAre(FaultIs("--sip.listen", "sip.listen", "RTP ports 10000 to 20000")));
  EXPECT_THAT(from_command_line({{"sip.listen", "tcp:0.0.0.0:15060"}}).faults, IsEmpty());
}

// Such calls would be answered with ports at which nobody listens.
TEST(Checks, WantMediaInTheFamilyOfTheCalls) {
  const auto faults = [](const char* listen, const char* bind, const char* external = "") {
    return from_command_line({{"sip.listen", listen},
                              {"rtp.bind_address", bind},
                              {"sip.external_address", external}})
        .faults;
  };
  EXPECT_THAT(faults("udp:0.0.0.0:5060,tcp:[::]:5060", "0.0.0.0"),
              ElementsAre(FaultIs("--rtp.bind_address", "rtp.bind_address", "`tcp:[::]:5060`")));
  EXPECT_THAT(faults("udp:0.0.0.0:5060", "::1"),
              ElementsAre(FaultIs("--rtp.bind_address", "rtp.bind_address", "`udp:0.0.0.0:5060`")));
  EXPECT_THAT(faults("udp:0.0.0.0:5060,tcp:[::]:5060", "::"), IsEmpty());
  EXPECT_THAT(faults("udp:[::]:5060", "0.0.0.0", "203.0.113.7"), IsEmpty());
  EXPECT_THAT(faults("udp:[::ffff:127.0.0.1]:5060", "0.0.0.0"), IsEmpty()) << "that is IPv4";
}

TEST(Checks, KeepHttpAndSipApart) {
  EXPECT_THAT(from_command_line({{"sip.listen", "tcp:0.0.0.0:8080"}}).faults,
              ElementsAre(FaultIs("default", "http.listen", "is taken")));
  EXPECT_THAT(
      from_command_line({{"sip.listen", "tls:127.0.0.1:8080"}, {"sip.tls_directory", "/tls"}})
          .faults,
      ElementsAre(FaultIs("default", "http.listen", "`tls:127.0.0.1:8080`")));
  EXPECT_THAT(from_command_line({{"sip.listen", "udp:0.0.0.0:8080"}}).faults, IsEmpty());
}

// `[::]` takes IPv4 too where HTTP binds it, and IPv6 alone where SIP does.
TEST(Checks, KnowWhatWildcardsHold) {
  struct Case {
    const char *sip, *http;
    bool collide;
  };
  for (const auto& [sip, http, collide] :
       {Case{"tcp:127.0.0.1:8080", "0.0.0.0:8080", true},
        Case{"tcp:0.0.0.0:8080", "127.0.0.1:8080", true}, Case{"tcp:[::1]:8080", "[::]:8080", true},
        Case{"tcp:127.0.0.1:8080", "[::]:8080", true}, Case{"tcp:[::]:8080", "[::1]:8080", true},
        Case{"tcp:[::]:8080", "0.0.0.0:8080", false}, Case{"tcp:[::1]:8080", "0.0.0.0:8080", false},
        Case{"tcp:127.0.0.1:8080", "127.0.0.2:8080", false},
        Case{"tcp:127.0.0.1:8080", "127.0.0.1:8081", false},
        Case{"tcp:127.0.0.1:0", "127.0.0.1:0", false},
        Case{"tcp:[::ffff:127.0.0.1]:8080", "127.0.0.1:8080", true}}) {
    const auto faults =
        from_command_line({{"sip.listen", sip}, {"http.listen", http}, {"rtp.bind_address", "::"}})
            .faults;
    EXPECT_EQ(faults.size(), collide ? 1U : 0U) << sip << " and " << http;
  }
}

TEST(Checks, KeepListenersOfSipApart) {
  for (const char* both :
       {"udp:0.0.0.0:5060,udp:127.0.0.1:5060", "udp:127.0.0.1:5060,udp:0.0.0.0:5060"}) {
    EXPECT_THAT(from_command_line({{"sip.listen", both}}).faults,
                ElementsAre(FaultIs("--sip.listen", "sip.listen", "is taken by sip.listen")));
  }
  EXPECT_THAT(from_command_line({{"sip.listen", "tcp:127.0.0.1:5060,tls:0.0.0.0:5060"},
                                 {"sip.tls_directory", "/tls"}})
                  .faults,
              ElementsAre(FaultIs("--sip.listen", "sip.listen", "is taken by sip.listen")));
  EXPECT_THAT(from_command_line(
                  {{"sip.listen", "udp:[::]:5060,udp:0.0.0.0:5060"}, {"rtp.bind_address", "::"}})
                  .faults,
              IsEmpty());
}

TEST(Checks, WarnOfGooglesV1ThatKnowsNoLanguage) {
  const Overrides google{{"stt.providers", "google"}, {"stt.google.credentials", "/account.json"}};
  EXPECT_THAT(from_command_line(google).warnings,
              ElementsAre(FaultIs("default", "stt.language", "detects none")));
  for (const auto& [key, value] :
       Overrides{{"stt.language", "de-DE"}, {"stt.google.version", "v2"}}) {
    auto mended = google;
    mended.emplace_back(key, value);
    mended.emplace_back("stt.google.model", "chirp_2");
    EXPECT_THAT(from_command_line(mended).warnings, IsEmpty()) << key;
  }
}

TEST(Checks, WarnOfGooglesModelsThatDetectNoLanguage) {
  const Overrides google{{"stt.providers", "google"},
                         {"stt.google.credentials", "/account.json"},
                         {"stt.google.version", "v2"}};
  EXPECT_THAT(from_command_line(google).warnings,
              ElementsAre(FaultIs("default", "stt.language", "model long detects none")));
  for (const auto& [key, value] :
       Overrides{{"stt.language", "de-DE"}, {"stt.google.model", "chirp_2"}}) {
    auto mended = google;
    mended.emplace_back(key, value);
    EXPECT_THAT(from_command_line(mended).warnings, IsEmpty()) << key;
  }
}

TEST(Checks, WarnOfABaseUrlWithoutItsPath) {
  const Overrides whisper{{"stt.providers", "whisper"}};
  for (const auto* bare : {"http://127.0.0.1:8000", "http://127.0.0.1:8000/"}) {
    auto given = whisper;
    given.emplace_back("stt.whisper.url", bare);
    EXPECT_THAT(from_command_line(given).warnings,
                ElementsAre(FaultIs("--stt.whisper.url", "stt.whisper.url", "/v1")))
        << bare;
  }
  for (const auto* whole :
       {"http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1/audio/transcriptions"}) {
    auto given = whisper;
    given.emplace_back("stt.whisper.url", whole);
    EXPECT_THAT(from_command_line(given).warnings, IsEmpty()) << whole;
  }
  EXPECT_THAT(from_command_line({{"stt.whisper.url", "http://127.0.0.1:8000"}}).warnings, IsEmpty())
      << "it is not asked";
}

TEST(Checks, WantPendingBytesForABlock) {
  EXPECT_THAT(from_command_line({{"recording.capture.max_pending", "1MiB"},
                                 {"recording.capture.block_size", "2MiB"}})
                  .faults,
              ElementsAre(FaultIs("--recording.capture.max_pending",
                                  "recording.capture.max_pending", "smaller")));
}

TEST(Checks, WarnOfPortsThatNeedAPrivilegeAndOfShortQuarantine) {
  EXPECT_THAT(from_command_line({{"rtp.port_min", "1000"}}).warnings,
              ElementsAre(FaultIs("--rtp.port_min", "rtp.port_min", "privilege")));
  EXPECT_THAT(from_command_line({{"rtp.quarantine", "10ms"}}).warnings,
              ElementsAre(FaultIs("--rtp.quarantine", "rtp.quarantine", "next one")));
}

TEST(Checks, NameOneMistakeOnce) {
  EXPECT_THAT(from_command_line({{"rtp.port_max", "x"}, {"rtp.port_min", "30000"}}).faults,
              ElementsAre(FaultIs("--rtp.port_max", "rtp.port_max", "`x`")));
}

TEST(Checks, RefuseTextsThatAreNoHostAddressOrNetwork) {
  for (const auto& [key, value] : Overrides{{"sip.external_address", "203.0.113"},
                                            {"sip.external_address", "sip:host"},
                                            {"sip.external_address", "host:5060"},
                                            {"sip.user_agent", "a\r\nVia: x"},
                                            {"rtp.bind_address", "localhost"},
                                            {"rtp.allowed_sources", "192.0.2.0/33"},
                                            {"rtp.allowed_sources", "2001:db8::/129"},
                                            {"rtp.allowed_sources", "example.com"},
                                            {"http.listen", "8080"},
                                            {"http.listen", "localhost:8080"},
                                            {"http.listen", "::1:8080"},
                                            {"http.listen", "[127.0.0.1]:8080"},
                                            {"recording.directory", ""}}) {
    EXPECT_THAT(from_command_line({{key, value}}).faults, ElementsAre(FaultIs("--" + key, key, "")))
        << key << "=" << value;
  }
}

}  // namespace
}  // namespace srs::config
