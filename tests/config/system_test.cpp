// What only the system can say.
#include "config/given.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace srs::config {
namespace {

using srs::test::TempDir;
using srs::test::write_file;
using testing::Contains;

Settings settings_in(const TempDir& directory) {
  Settings settings;
  settings.recording.directory = directory / "calls/of/today";
  settings.rtp.port_max = 10009;
  settings.http.max_connections = 1;
  return settings;
}

TEST(System, IsContentWithDirectoriesThatCanBeMade) {
  const TempDir directory;
  auto settings = settings_in(directory);
  settings.log.file = directory / "log/siprec.log";
  EXPECT_THAT(check_system(settings), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(directory / "calls"));  // looking changes nothing
}

TEST(System, RefusesAFileWhereADirectoryIsNeeded) {
  const TempDir directory;
  write_file(directory / "calls", "");
  EXPECT_THAT(check_system(settings_in(directory)),
              ElementsAre(FaultIs("system", "recording.directory", "no directory")));
}

TEST(System, RefusesAuthoritiesThatAreNotThere) {
  const TempDir directory;
  auto settings = settings_in(directory);
  settings.stt.ca_file = directory / "authorities.pem";
  EXPECT_THAT(check_system(settings),
              ElementsAre(FaultIs("system", "stt.ca_file", "authorities.pem")));
  write_file(directory / "authorities.pem", "");
  EXPECT_THAT(check_system(settings), IsEmpty());
}

// Where root has every right and nobody can make a file.
TEST(System, RefusesPlacesThatAreTheKernels) {
  const TempDir directory;
  auto settings = settings_in(directory);
  for (const char* place : {"/proc/recordings", "/sys/recordings", "/proc/self/a/b"}) {
    settings.recording.directory = place;
    settings.log.file = std::string(place) + "/siprec.log";
    EXPECT_THAT(check_system(settings),
                ElementsAre(FaultIs("system", "recording.directory", "is the kernel's own"),
                            FaultIs("system", "log.file", "is the kernel's own")))
        << place;
  }
  settings = settings_in(directory);
  settings.log.file = "/proc/self/fd/2";  // what there is may be written to
  EXPECT_THAT(check_system(settings), IsEmpty());
}

// In a process of its own that is not root, to whom everything is writable.
TEST(SystemDeathTest, RefusesADirectoryThatIsNotWritable) {
  const TempDir directory;
  auto settings = settings_in(directory);
  settings.log.file = directory / "siprec.log";
  write_file(settings.log.file, "");
  ::chmod(directory.path().c_str(), 0555);
  const auto check = [&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) ::_exit(2);
    for (const auto& fault : check_system(settings)) {
      std::cerr << fault.key << ": " << fault.text << "; ";
    }
    ::_exit(0);
  };
  EXPECT_EXIT(check(), testing::ExitedWithCode(0),
              "recording.directory: .* is not writable: Permission denied; "
              "log.file: .* is not writable: Permission denied; ");
  ::chmod(directory.path().c_str(), 0755);
}

TEST(System, RefusesARecogniserThatCanNotBeRun) {
  const TempDir directory;
  auto settings = settings_in(directory);
  const auto program = directory / "recognise";
  settings.stt.command.program = {program.string(), "{audio}"};
  EXPECT_THAT(check_system(settings), IsEmpty()) << "nobody is asked";
  settings.stt.providers = {"command"};
  EXPECT_THAT(check_system(settings),
              testing::ElementsAre(FaultIs("system", "stt.command.program", "No such file")));
  write_file(program, "#!/bin/sh\n");
  ::chmod(program.c_str(), 0644);
  EXPECT_THAT(check_system(settings),
              testing::ElementsAre(FaultIs("system", "stt.command.program", "Permission denied")));
  ::chmod(program.c_str(), 0755);
  EXPECT_THAT(check_system(settings), IsEmpty());
  settings.stt.command.program = {"true"};
  EXPECT_THAT(check_system(settings), IsEmpty()) << "it is looked for in PATH";
  settings.stt.command.program = {"bin/recognise"};
  EXPECT_THAT(check_system(settings),
              testing::ElementsAre(FaultIs("system", "stt.command.program", "runs in /tmp")));
}

TEST(System, RefusesKeysOfProvidersThatAreEmptyOrAway) {
  const TempDir directory;
  auto settings = settings_in(directory);
  write_file(directory / "blank", " \n");
  write_file(directory / "key", "sk-1\n");
  settings.stt.openai.api_key_file = directory / "blank";
  settings.stt.azure.key_file = directory / "away";
  settings.stt.deepgram.api_key_file = directory / "blank";
  settings.stt.webhook.signing_secret_file = directory / "blank";
  settings.stt.delivery.secret_file = directory / "blank";
  EXPECT_THAT(check_system(settings), IsEmpty()) << "nobody is asked";
  settings.stt.providers = {"openai", "azure"};
  settings.stt.live.provider = "deepgram";
  settings.stt.delivery.url = "http://127.0.0.1/";
  EXPECT_THAT(
      check_system(settings),
      testing::UnorderedElementsAre(FaultIs("system", "stt.openai.api_key_file", "blank is empty"),
                                    FaultIs("system", "stt.azure.key_file", "No such file"),
                                    FaultIs("system", "stt.deepgram.api_key_file", "is empty"),
                                    FaultIs("system", "stt.delivery.secret_file", "is empty")));
  for (auto* file : {&settings.stt.openai.api_key_file, &settings.stt.azure.key_file,
                     &settings.stt.deepgram.api_key_file, &settings.stt.delivery.secret_file})
    *file = directory / "key";
  EXPECT_THAT(check_system(settings), IsEmpty());
}

TEST(System, RefusesAmazonsCredentialsThatAreAway) {
  const TempDir directory;
  auto settings = settings_in(directory);
  settings.stt.providers = {"aws"};
  write_file(directory / "key", "kept\n");
  settings.stt.aws.access_key_id_file = directory / "away";
  settings.stt.aws.secret_access_key_file = directory / "key";
  settings.stt.aws.session_token_file = directory / "gone";
  EXPECT_THAT(check_system(settings),
              ElementsAre(FaultIs("system", "stt.aws.access_key_id_file", "No such file"),
                          FaultIs("system", "stt.aws.session_token_file", "No such file")));
}

TEST(System, RefusesADirectoryAsLogFile) {
  const TempDir directory;
  auto settings = settings_in(directory);
  settings.log.file = directory.path();
  EXPECT_THAT(check_system(settings), ElementsAre(FaultIs("system", "log.file", "is a directory")));
}

TEST(System, WantsTheCertificatesOfATlsListener) {
  const TempDir directory;
  auto settings = settings_in(directory);
  settings.sip.tls_directory = directory.path();
  EXPECT_THAT(check_system(settings), IsEmpty());  // no tls: listener asks for them
  settings.sip.listen = {"tls:127.0.0.1:5061"};
  settings.sip.tls_directory.clear();
  EXPECT_THAT(check_system(settings), IsEmpty()) << "load() has said that";
  settings.sip.tls_directory = directory.path();
  EXPECT_THAT(check_system(settings),
              ElementsAre(FaultIs("system", "sip.tls_directory", "agent.pem")));
  write_file(directory / "agent.pem", "");
  write_file(directory / "cafile.pem", "");
  EXPECT_THAT(check_system(settings), IsEmpty());
}

TEST(System, CountsTwoDescriptorsForEachPortPair) {
  Settings settings;
  settings.http.max_connections = 0;
  settings.rtp.port_min = 10001;  // pairs from 10002
  settings.rtp.port_max = 10004;  // 10002 and 10003; 10004 has no partner
  const auto one_pair = needed_descriptors(settings);
  settings.rtp.port_max = 10005;
  EXPECT_EQ(needed_descriptors(settings), one_pair + 2);
}

// In a process of its own, since a hard limit can't be raised again.
TEST(SystemDeathTest, RefusesAPortRangeBeyondTheDescriptorLimit) {
  const TempDir directory;
  auto settings = settings_in(directory);
  settings.rtp.port_max = 20000;
  const auto check = [&] {
    const rlimit limit{1024, 1024};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const auto faults = check_system(settings);
    const bool told = faults.size() == 1 && faults[0].key == "rtp.port_max" &&
                      faults[0].text.find("LimitNOFILE") != std::string::npos;
    ::_exit(told ? 0 : 1);
  };
  EXPECT_EXIT(check(), testing::ExitedWithCode(0), "");
}

TEST(SystemDeathTest, RaisesTheSoftLimitOfDescriptorsToTwiceWhatIsNeeded) {
  const TempDir directory;
  const auto settings = settings_in(directory);
  const auto raise = [&](rlim_t soft) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = soft;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    raise_descriptor_limit(settings);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    ::_exit(limit.rlim_cur == std::max<rlim_t>(soft, 2 * needed_descriptors(settings)) ? 0 : 1);
  };
  EXPECT_EXIT(raise(64), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(raise(900), testing::ExitedWithCode(0), "");  // more than is needed stays
}

}  // namespace
}  // namespace srs::config
