#include "stt/job_file.hpp"

#include "stt/files.hpp"
#include "stt/job_parts.hpp"
#include "stt/json.hpp"

#include <gmock/gmock.h>
#include <support/files.hpp>
#include <support/temp_dir.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

namespace srs::stt {
namespace {

using namespace std::chrono_literals;

class JobFileTest : public testing::Test {
 protected:
  JobState state() const {
    JobState made;
    made.job.directory = directory.path();
    made.job.recording_id = "rec-1";
    made.job.channels = {
        {0, "96", "p1", "Alice"},
        {1, "97", "p2", "Bob \"B\"", {{0s, "p2", "Bob \"B\""}, {12s, "p3", "Carol"}}}};
    made.job.language = "de-DE";
    made.job.priority = -3;
    made.submitted_at = *from_rfc3339("2026-11-22T10:00:00.123Z");
    made.providers["openai"] = {2, false, Reason::RateLimited, "HTTP 429", made.submitted_at};
    made.last_provider = "openai";
    return made;
  }
  srs::test::TempDir directory;
};

TEST_F(JobFileTest, HoldsAllThatARestartNeeds) {
  ASSERT_TRUE(store(state()));
  const auto read = load_job(directory.path());
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(to_json(*read), to_json(state()));
  EXPECT_EQ(read->providers.at("openai").reason, Reason::RateLimited);
  EXPECT_EQ(read->job.channels[1].name, "Bob \"B\"");
  EXPECT_EQ(read->job.channels[1].speakers.at(1).from, 12s);
  EXPECT_EQ(read->job.channels[1].speakers.at(1).name, "Carol");
}

TEST_F(JobFileTest, KnowsWhenItsTranscriptWasWritten) {
  auto made = state();
  made.written = true;
  made.written_at = *from_rfc3339("2026-11-23T10:00:00.123Z");
  EXPECT_EQ(job_from_json(to_json(made), {})->written_at, made.written_at);
  EXPECT_EQ(job_from_json(to_json(state()), {})->written_at, state().submitted_at)
      << "one of an earlier version";
}

TEST_F(JobFileTest, HoldsWhatIsKnownOfLiveText) {
  auto made = state();
  made.job.live = LiveText{1500ms, {{"vosk", "", 2, 1500ms, 0.25, "EUR"}}, {"odd"}};
  ASSERT_TRUE(store(made));
  const auto read = load_job(directory.path());
  ASSERT_TRUE(read && read->job.live);
  EXPECT_EQ(to_json(*read), to_json(made));
  EXPECT_EQ(read->job.live->duration, 1500ms);
  EXPECT_EQ(read->job.live->uses.at(0).cost, 0.25);
  EXPECT_THAT(read->job.live->warnings, testing::ElementsAre("odd"));
}

TEST_F(JobFileTest, IsNotReplacedByASecondSubmission) {
  ASSERT_TRUE(store(state()));
  Job again;
  again.directory = directory.path();
  ASSERT_TRUE(store_job(again));
  EXPECT_EQ(load_job(directory.path())->job.recording_id, "rec-1");
}

TEST_F(JobFileTest, ThatIsBrokenIsAnErrorThatNamesIt) {
  for (const auto* text :
       {"", "{", "{}", R"({"schema":"siprec-transcription-job/1","audio":"../x"})"}) {
    srs::test::write_file(directory / kJobFile, text);
    const auto read = load_job(directory.path());
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().text, testing::HasSubstr(std::string(kJobFile)));
  }
}

Progress progress() {
  Progress made;
  made.duration = 20s;
  made.pieces = {{{0}, 0s, 10500ms, 0s, 10s, false}, {{0}, 9500ms, 20s, 10s, 20s, true}};
  return made;
}

Part part() {
  Part made;
  made.provider = "openai";
  made.model = "whisper-1";
  made.cost = 0.5;
  made.currency = "USD";
  Segment said;
  said.start = 1s;
  said.end = 2s;
  said.text = "hello";
  said.words = {{"hello", 1s, 2s, 0.5}};
  made.answer.segments = {said};
  made.answer.warnings = {"odd"};
  return made;
}

TEST_F(JobFileTest, RemembersWhatWasAnswered) {
  const auto lines = plan_line(progress()) + "\n" + remote_line("0 aws", "job-7") + "\n" +
                     part_line(part()) + "\n";
  const auto read = progress_from(lines);
  ASSERT_TRUE(read);
  EXPECT_EQ(plan_line(*read), plan_line(progress()));
  ASSERT_EQ(read->parts.size(), 1U);
  EXPECT_EQ(part_line(read->parts[0]), part_line(part()));
  EXPECT_EQ(read->remote.at("0 aws"), "job-7");
}

TEST_F(JobFileTest, LeavesOutALineThatACrashTore) {
  const auto whole = plan_line(progress()) + "\n" + part_line(part()) + "\n";
  for (std::size_t size = whole.size() - 1; size > plan_line(progress()).size(); --size) {
    const auto read = progress_from(whole.substr(0, size));
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->parts.empty()) << size;
  }
  EXPECT_FALSE(progress_from(whole.substr(0, 10)));
}

TEST_F(JobFileTest, WritesTheNextLineWholeAfterATornOne) {
  srs::test::write_file(directory / kPartsFile, plan_line(progress()) + "\n{\"part\":0,\"pro");
  ASSERT_TRUE(load_progress(directory.path()));
  ASSERT_TRUE(append_line(directory / kPartsFile, part_line(part())));
  EXPECT_EQ(load_progress(directory.path())->parts.size(), 1U);
}

// In a process of its own, whose files may not grow beyond a line.
TEST_F(JobFileTest, LeavesNoHalfLineWhereTheDiskIsFull) {
  const auto path = directory.path() / "lines";
  ASSERT_TRUE(append_line(path, "first"));
  const auto append = [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{8, 8};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(append_line(path, "second") ? 1 : 0);
  };
  EXPECT_EXIT(append(), testing::ExitedWithCode(0), "");
  EXPECT_EQ(srs::test::read_file(path), "first\n");
}

TEST_F(JobFileTest, CountsAPartOnce) {
  const auto read = progress_from(plan_line(progress()) + "\n" + part_line(part()) + "\n" +
                                  part_line(part()) + "\n");
  EXPECT_EQ(read->parts.size(), 1U);
}

TEST(StrangersJson, IsBoundedBeforeItIsRead) {
  EXPECT_TRUE(parse_json(R"({"a":[1,2,{"b":"[[[[["}]})"));
  EXPECT_FALSE(parse_json(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(parse_json("[" + std::string(3'000'000, ',') + "]"));
  EXPECT_FALSE(parse_json("{\"half\": \"js"));
  EXPECT_FALSE(parse_json("<html>"));
}

TEST(StrangersJson, MayHaveBytesThatAreNoText) {
  bool repaired = false;
  const auto json = parse_json("{\"text\":\"caf\xE9\"}", &repaired);
  ASSERT_TRUE(json);
  EXPECT_TRUE(repaired);
  EXPECT_EQ(text_of(*json, "text"), "caf\uFFFD");
}

TEST(StrangersJson, HasNumbersThatAreNone) {
  const auto json = *parse_json(R"({"a":1e300,"b":"1.5s","c":"x","d":-1,"e":1e30,"f":null})");
  EXPECT_EQ(number_of(json, "b"), 1.5);
  for (const auto* key : {"c", "f", "none"}) EXPECT_EQ(number_of(json, key), std::nullopt) << key;
  for (const auto* key : {"a", "d", "e"}) EXPECT_EQ(seconds_of(json, key), std::nullopt) << key;
}

}  // namespace
}  // namespace srs::stt
