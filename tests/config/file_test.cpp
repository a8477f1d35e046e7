// The YAML file: what it may say, and how its faults are named.
#include "config/given.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace srs::config {
namespace {

using namespace std::chrono_literals;

TEST(File, SetsEveryKindOfValue) {
  const auto loaded = from_file(R"(
sip:
  listen: [udp:127.0.0.1:5070, "tcp:[::1]:5070"]
  external_address: srs.example.com
rtp:
  port_min: 30000
  port_max: 30999
  sweep_interval: 20ms
  allowed_sources:
    - 192.0.2.0/24
    - 2001:db8::/32
recording:
  directory: /var/spool/siprec
  accept: strict
  max_duration: 2h
  min_free_space: 5GB
  keep_rs_metadata: no
  capture:
    block_size: 64KiB
log: {level: debug, format: json}
)");
  EXPECT_THAT(loaded.faults, IsEmpty());
  const auto& settings = loaded.settings;
  EXPECT_THAT(settings.sip.listen, ElementsAre("udp:127.0.0.1:5070", "tcp:[::1]:5070"));
  EXPECT_EQ(settings.sip.external_address, "srs.example.com");
  EXPECT_EQ(settings.rtp.port_max, 30999);
  EXPECT_EQ(settings.rtp.sweep_interval, 20ms);
  EXPECT_THAT(settings.rtp.allowed_sources, ElementsAre("192.0.2.0/24", "2001:db8::/32"));
  EXPECT_EQ(settings.recording.directory, "/var/spool/siprec");
  EXPECT_EQ(settings.recording.accept, recording::Accept::Strict);
  EXPECT_EQ(settings.recording.max_duration, 2h);
  EXPECT_EQ(settings.recording.min_free_space, 5'000'000'000U);
  EXPECT_FALSE(settings.recording.keep_rs_metadata);
  EXPECT_EQ(settings.recording.capture.block_size, 65536U);
  EXPECT_EQ(settings.log.level, log::Level::Debug);
  EXPECT_EQ(settings.log.format, log::Format::Json);
}

TEST(File, TakesListsAsOneTextToo) {
  const auto loaded = from_file("sip:\n  listen: udp:127.0.0.1:5070, tcp:127.0.0.1:5071\n");
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.settings.sip.listen, ElementsAre("udp:127.0.0.1:5070", "tcp:127.0.0.1:5071"));
}

TEST(File, MayBeEmptyOrHoldEmptySections) {
  EXPECT_THAT(from_file("").faults, IsEmpty());
  EXPECT_THAT(from_file("# nothing\n").faults, IsEmpty());
  EXPECT_THAT(from_file("http:\n  # listen: 0.0.0.0:80\nlog:\n").faults, IsEmpty());
}

TEST(File, NamesEveryFaultAtOnceWithItsLineAndKey) {
  const auto loaded = from_file(
      "sip:\n"
      "  listne: [udp:0.0.0.0:5060]\n"
      "  listen: [sctp:0.0.0.0:5060, udp:0.0.0.0:port]\n"
      "rtp:\n"
      "  port_min: 70000\n"
      "  engine: warp\n"
      "recording:\n"
      "  max_duration: soon\n"
      "  capture: big\n"
      "log:\n"
      "  level: [debug]\n"
      "  max_files: {a: b}\n"
      "  file:\n"
      "telephony: {}\n");
  EXPECT_THAT(
      loaded.faults,
      testing::UnorderedElementsAre(
          FaultIs("siprec.yaml:2", "sip.listne", "did you mean sip.listen?"),
          FaultIs("siprec.yaml:3", "sip.listen", "`sctp:0.0.0.0:5060` is no listener"),
          FaultIs("siprec.yaml:3", "sip.listen", "the port must be a number"),
          FaultIs("siprec.yaml:5", "rtp.port_min", "`70000` is no whole number from 1 to 65534"),
          FaultIs("siprec.yaml:6", "rtp.engine", "`warp` is none of: sweep"),
          FaultIs("siprec.yaml:8", "recording.max_duration", "`soon` is no duration"),
          FaultIs("siprec.yaml:9", "recording.capture", "must be a section"),
          FaultIs("siprec.yaml:11", "log.level", "must be one value, not a list"),
          FaultIs("siprec.yaml:12", "log.max_files", "must be one value, not a section"),
          FaultIs("siprec.yaml:13", "log.file", "has no value"),
          FaultIs("siprec.yaml:14", "telephony", "unknown key")));
}

TEST(File, RefusesAKeyThatIsGivenTwice) {
  EXPECT_THAT(from_file("log:\n  level: info\n  level: debug\n").faults,
              ElementsAre(FaultIs("siprec.yaml:3", "log.level", "first in line 2")));
  EXPECT_THAT(from_file("log:\n  level: info\nlog:\n  format: json\n").faults,
              ElementsAre(FaultIs("siprec.yaml:3", "log", "first in line 1")));
}

TEST(File, SuggestsTheSectionThatAKeyBelongsTo) {
  EXPECT_THAT(from_file("level: debug\n").faults,
              ElementsAre(FaultIs("siprec.yaml:1", "level", "did you mean log.level?")));
  EXPECT_THAT(from_file("rtp:\n  directory: /x\n").faults,
              ElementsAre(FaultIs("siprec.yaml:2", "rtp.directory", "recording.directory")));
}

TEST(File, NamesTheLineOfASyntaxError) {
  EXPECT_THAT(from_file("sip:\n  listen: [udp:0.0.0.0:5060\nrtp:\n  x: y\n").faults,
              ElementsAre(FaultIs("siprec.yaml:3", "", "no YAML")));
  EXPECT_THAT(from_file("sip:\n\tlisten: x\n").faults,
              ElementsAre(FaultIs("siprec.yaml:2", "", "no YAML")));
}

TEST(File, IsOneDocumentWithSectionsOnTop) {
  EXPECT_THAT(from_file("log: {level: debug}\n---\nlog: {level: error}\n").faults,
              ElementsAre(FaultIs("siprec.yaml:3", "", "second YAML document")));
  EXPECT_THAT(from_file("- a\n- b\n").faults,
              ElementsAre(FaultIs("siprec.yaml:1", "", "must be a section")));
  EXPECT_THAT(from_file("[a]: b\n").faults,
              ElementsAre(FaultIs("siprec.yaml:1", "", "no plain word")));
}

TEST(File, SurvivesWhatYamlCanDoToAReader) {
  EXPECT_FALSE(from_file(std::string(100000, '[')).faults.empty());
  EXPECT_FALSE(from_file("recording: &r\n  capture: *r\n").faults.empty());
  EXPECT_FALSE(from_file("a: *nobody\n").faults.empty());
  EXPECT_FALSE(from_file(std::string("log:\n  level: \0debug\n", 22)).faults.empty());
  EXPECT_FALSE(from_file("\x80\x81: x\n").faults.empty());
  EXPECT_FALSE(from_file(std::string((1 << 20) + 1, '#')).faults.empty());
}

TEST(File, SaysWhyItCannotBeRead) {
  const srs::test::TempDir directory;
  EXPECT_THAT(load(directory / "none.yaml", test::environment({}), {}).faults,
              ElementsAre(FaultIs(directory.path() / "none.yaml", "", "No such file")));
  EXPECT_THAT(load(directory.path(), test::environment({}), {}).faults,
              ElementsAre(FaultIs(directory.path(), "", "is a directory")));
  if (::geteuid() == 0) return;  // root reads everything
  srs::test::write_file(directory / "secret.yaml", "");
  ::chmod((directory / "secret.yaml").c_str(), 0);
  EXPECT_THAT(load(directory / "secret.yaml", test::environment({}), {}).faults,
              ElementsAre(FaultIs(directory.path() / "secret.yaml", "", "Permission denied")));
}

}  // namespace
}  // namespace srs::config
