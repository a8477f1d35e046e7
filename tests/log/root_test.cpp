// The process's log on a real disk.
#include <srs/log/root.hpp>
#include <srs/util/text.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <support/files.hpp>
#include <support/temp_dir.hpp>
#include <support/wait.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace srs::log {
namespace {

using srs::test::read_file;
using srs::test::TempDir;
using testing::HasSubstr;
using testing::Not;

std::unique_ptr<Root> open(const Options& options) {
  auto root = Root::open(options);
  if (!root) throw std::runtime_error(root.error().text);
  return std::move(*root);
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

struct RootTest : testing::Test {
  RootTest() { options.file = directory / "siprec.log"; }
  std::string content() const { return read_file(options.file); }
  TempDir directory;
  Options options;
};

TEST_F(RootTest, WritesOutWhatWaitsWhenItEnds) {
  options.queue = 100000;
  auto root = open(options);
  const auto log = root->logger("app");
  for (int i = 0; i < 2000; ++i) log.info("line", {{"i", i}});
  root.reset();  // although `log` still lives
  EXPECT_EQ(lines_of(content()), 2000U);
  EXPECT_THAT(content(), HasSubstr(" info [app] line i=1999\n"));
  log.info("after_the_end");
  EXPECT_FALSE(log.enabled(Level::Error));
}

// A pipe whose reader has stopped.
TEST_F(RootTest, EndsThoughNobodyTakesItsLines) {
  ASSERT_EQ(::mkfifo(options.file.c_str(), 0600), 0);
  const int pipe = ::open(options.file.c_str(), O_RDWR | O_NONBLOCK);
  ASSERT_GE(pipe, 0);
  options.queue = 100000;
  auto root = open(options);
  const auto log = root->logger("app");
  for (int i = 0; i < 2000; ++i) log.info("line", {{"filler", std::string(100, 'x')}});
  EXPECT_FALSE(root->close());
  root.reset();
  // Nothing is lost for who comes back. The thread that writes must have ended before we do.
  std::size_t lines = 0;
  EXPECT_TRUE(srs::test::wait_until([&] {
    char bytes[4096];
    for (ssize_t n = 0; (n = ::read(pipe, bytes, sizeof bytes)) > 0;)
      lines += static_cast<std::size_t>(std::count(bytes, bytes + n, '\n'));
    return lines == 2000;
  }));
  ::close(pipe);
}

TEST_F(RootTest, WritesJsonWhereItIsAsked) {
  options.format = Format::Json;
  open(options)->logger("app").info("started", {{"a", "{fmt} %s %v"}});
  EXPECT_EQ(nlohmann::json::parse(content())["siprec.a"], "{fmt} %s %v");
}

TEST_F(RootTest, AppendsToWhatIsThere) {
  srs::test::write_file(options.file, "before\n");
  open(options)->logger("app").info("after");
  EXPECT_THAT(content(), testing::StartsWith("before\n"));
  EXPECT_THAT(content(), HasSubstr("after"));
}

TEST_F(RootTest, WritesOnlyWhatItsLevelAsksFor) {
  options.level = Level::Warning;
  auto root = open(options);
  const auto log = root->logger("app");
  log.info("quiet");
  log.warning("loud");
  root->set_level(Level::Trace);
  EXPECT_EQ(root->level(), Level::Trace);
  log.trace("whisper");
  root->set_level(Level::Off);
  log.error("nothing_at_all");
  EXPECT_FALSE(log.enabled(Level::Error));
  root.reset();
  EXPECT_THAT(content(), Not(HasSubstr("quiet")));
  EXPECT_THAT(content(), HasSubstr("loud"));
  EXPECT_THAT(content(), HasSubstr("trace [app] whisper"));
  EXPECT_THAT(content(), Not(HasSubstr("nothing_at_all")));
}

TEST_F(RootTest, RotatesAtItsSizeAndKeepsSoManyFiles) {
  options.max_file_size = 10000;
  options.max_files = 2;
  options.queue = 100000;
  auto root = open(options);
  for (int i = 0; i < 2000; ++i) root->logger("app").info("line", {{"i", i}});
  root.reset();
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    names.push_back(entry.path().filename());
    EXPECT_LE(entry.file_size(), 10000U) << entry.path();
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("siprec.log", "siprec.1.log", "siprec.2.log"));
  EXPECT_THAT(content(), HasSubstr("i=1999\n"));
}

TEST_F(RootTest, WritesToANewFileAfterLogrotateMovedTheOldOne) {
  auto root = open(options);
  const auto log = root->logger("app");
  log.info("first");
  ASSERT_TRUE(srs::test::wait_until([&] { return content().find("first") != std::string::npos; }));
  std::filesystem::rename(options.file, directory / "siprec.log.1");
  ASSERT_TRUE(root->reopen());
  log.info("second");
  root.reset();
  EXPECT_THAT(content(), Not(HasSubstr("first")));
  EXPECT_THAT(content(), HasSubstr("second"));
}

TEST_F(RootTest, KeepsTheOldFileWhereItCannotBeReopened) {
  auto root = open(options);
  const auto log = root->logger("app");
  std::filesystem::rename(options.file, directory / "old.log");
  std::filesystem::create_directory(options.file);
  const auto reopened = root->reopen();
  ASSERT_FALSE(reopened);
  EXPECT_THAT(reopened.error().text, HasSubstr("siprec.log"));
  log.info("goes_on");
  root.reset();
  EXPECT_THAT(read_file(directory / "old.log"), HasSubstr("goes_on"));
}

TEST_F(RootTest, NamesTheFileThatCannotBeOpened) {
  options.file = directory.path();
  const auto root = Root::open(options);
  ASSERT_FALSE(root);
  EXPECT_THAT(root.error().text, HasSubstr(directory.path().string()));
}

TEST_F(RootTest, CountsEveryLineThatItHadToDrop) {
  options.queue = 16;
  auto root = open(options);
  const auto log = root->logger("app");
  constexpr std::size_t kLines = 20000;
  for (std::size_t i = 0; i < kLines; ++i) log.info("flood", {{"i", i}});
  const auto dropped = root->dropped();
  root.reset();
  EXPECT_EQ(lines_of(content()) + dropped, kLines);
  EXPECT_GT(dropped, 0U);
  EXPECT_THAT(content(), HasSubstr("i=19999\n"));  // the newest stay
}

TEST_F(RootTest, CountsEveryLineThatTheDiskRefused) {
  options.file = "/dev/full";
  const auto root = open(options);
  const auto log = root->logger("app");
  for (int i = 0; i < 10; ++i) log.info("lost", {{"i", i}});
  EXPECT_TRUE(srs::test::wait_until([&] { return root->dropped() == 10; })) << root->dropped();
}

TEST_F(RootTest, TakesLinesFromManyThreadsWhole) {
  options.queue = 100000;
  auto root = open(options);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([log = root->logger("app").with("thread", t)] {
      for (int i = 0; i < 500; ++i) log.info("line", {{"i", i}});
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(root->reopen());
  for (auto& thread : threads) thread.join();
  root.reset();
  const auto text = content();
  EXPECT_EQ(lines_of(text), 2000U);
  for (const auto line : split(std::string_view(text), '\n')) {
    if (line.empty()) continue;  // after the last one
    ASSERT_THAT(std::string(line),
                testing::ContainsRegex("^20.* info .app. line thread=. i=[0-9]+$"));
  }
}

}  // namespace
}  // namespace srs::log
