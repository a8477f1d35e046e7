// Local programs, under limits.
#include "stt/fixture.hpp"

#include <cstdlib>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class CommandTest : public PoolTest {
 protected:
  CommandTest() {
    options.providers = {"command"};
    options.retry.attempts = 1;
    options.command.output = "text";
  }
  Job run(const std::string& script) {
    options.command.program = {"/bin/sh", "-c",         script,  "recogniser",
                               "{audio}", "{language}", "{rate}"};
    start();
    const auto job = spoken("rec-" + std::to_string(++number_));
    pool->submit(job);
    EXPECT_TRUE(run_until_ended(finished.size() + unfinished.size() + 1));
    return job;
  }
  std::string said(const Job& job) {
    if (finished.empty()) return "unfinished: " + unfinished.back().text;
    return transcript(job)["segments"][0]["text"];
  }
  Unfinished failed(const std::string& script) {
    run(script);
    return unfinished.empty() ? Unfinished() : unfinished.back();
  }

 private:
  int number_ = 0;
};

TEST_F(CommandTest, GetsTheAudioAndWritesTheText) {
  options.language = "en-US";
  const auto job = run("head -c 4 \"$1\"; wc -c < \"$1\"; echo $2 $3");
  EXPECT_EQ(said(job), "RIFF16044 en-US 8000");
  EXPECT_EQ(metric("stt_jobs_total{state=\"done\"}"), 1);
  for (const auto& entry : std::filesystem::directory_iterator(job.directory))
    EXPECT_NE(entry.path().extension(), ".tmp") << "the piece is removed";
}

// Nothing else knows of them, and what is in them is not redacted.
TEST_F(CommandTest, LeavesNoPieceThatACrashLeftBehind) {
  options.command.program = {"/bin/sh", "-c", "echo fine"};
  start();
  const auto job = spoken("rec-1");
  srs::test::write_file(job.directory / "piece-7.wav.tmp", "speech");
  srs::test::write_file(job.directory / "piece-of-art.wav", "somebody's own");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(said(job), "fine");
  EXPECT_FALSE(std::filesystem::exists(job.directory / "piece-7.wav.tmp"));
  EXPECT_TRUE(std::filesystem::exists(job.directory / "piece-of-art.wav"));
}

TEST_F(CommandTest, LeavesNoPieceOfACancelledJob) {
  options.providers = {"webhook"};  // another one was configured before the crash
  options.webhook.url = "http://127.0.0.1:1/";
  options.retry.first_pause = options.retry.longest_pause = 1h;
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] {
    return metric("stt_transcription_errors_total{provider=\"webhook\",reason=\"connect\"}") >= 1;
  }));
  srs::test::write_file(job.directory / "piece-7.wav.tmp", "speech");
  EXPECT_TRUE(cancel(job));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_FALSE(std::filesystem::exists(job.directory / "piece-7.wav.tmp"));
}

TEST_F(CommandTest, MayWriteJson) {
  options.command.output = "json";
  EXPECT_EQ(said(run(R"(echo '{"segments":[{"start":0,"end":1,"text":"json"}]}')")), "json");
}

TEST_F(CommandTest, SeesNothingOfOurEnvironmentAndDescriptors) {
  ::setenv("SRS_TEST_SECRET", "hidden", 1);
  const auto text = said(run("echo ${SRS_TEST_SECRET:-none} $(ls /proc/$$/fd | tr '\\n' ' ')"));
  ::unsetenv("SRS_TEST_SECRET");
  EXPECT_THAT(text, testing::MatchesRegex("none 0 1 2( [0-9]+)?"));
}

TEST_F(CommandTest, TakesNothingOfItsArgumentsForShell) {
  options.language = "$(touch " + (directory / "owned").string() + ")";
  run("echo fine");
  EXPECT_FALSE(std::filesystem::exists(directory / "owned"));
}

TEST_F(CommandTest, IsToldWhyAProgramFailed) {
  const auto event = failed("echo progress >&2; echo model not found >&2; exit 3");
  EXPECT_EQ(event.reason, "command");
  EXPECT_EQ(event.text, "the program ended with code 3: model not found");
}

TEST_F(CommandTest, IsToldWhereThereIsNoProgram) {
  options.command.program = {"/nowhere/recogniser", "{audio}"};
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_THAT(unfinished[0].text, HasSubstr("127"));
}

TEST_F(CommandTest, EndsAProgramThatHangsWithAllItsChildren) {
  options.timeout = 200ms;
  const auto mark = "sleep 987" + std::to_string(::getpid() % 1000);
  options.retry.attempts = 1;
  options.command.program = {"/bin/sh", "-c", mark + " & " + mark};
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] {
    return metric("stt_transcription_errors_total{provider=\"command\",reason=\"timeout\"}") >= 1;
  }));
  const auto alive = [&] {
    return std::system(("pgrep -f '^" + mark + "$' > /dev/null").c_str()) == 0;
  };
  EXPECT_TRUE(srs::test::wait_until([&] { return !alive(); }));
}

TEST_F(CommandTest, EndsChildrenThatBeganASessionOfTheirOwnToo) {
  options.timeout = 6s;  // time enough for a busy machine to begin both
  const auto mark = "sleep 986" + std::to_string(::getpid() % 1000);
  const auto left = directory / "left";
  // The first is our program's grandchild, the second nobody's child any more.
  options.command.program = {
      "/bin/sh", "-c",
      "setsid " + mark + " & (setsid " + mark + " &); until [ \"$(pgrep -fc '^" + mark +
          "$')\" = 2 ]; do sleep 0.05; done; " + "echo both > " + left.string() + "; " + mark};
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] {
    return metric("stt_transcription_errors_total{provider=\"command\",reason=\"timeout\"}") >= 1;
  }));
  EXPECT_EQ(srs::test::read_file(left), "both\n") << "they ran";
  const auto alive = [&] {
    return std::system(("pgrep -f '^" + mark + "$' > /dev/null").c_str()) == 0;
  };
  EXPECT_TRUE(srs::test::wait_until([&] { return !alive(); }));
}

TEST_F(CommandTest, EndsAProgramThatWritesWithoutEnd) {
  options.max_answer = 1 << 20;
  EXPECT_EQ(failed("yes").reason, "too_large");
}

TEST_F(CommandTest, EndsAProgramThatTakesTooMuchMemory) {
  options.command.max_memory = 64 << 20;
  const auto event = failed("x=$(head -c 200000000 /dev/zero | tr '\\0' a); echo ${#x}");
  EXPECT_EQ(event.reason, "command") << event.text;
}

TEST_F(CommandTest, EndsAProgramThatFillsTheDisk) {
  options.command.max_file_size = 1 << 20;
  const auto file = (directory / "written").string();
  const auto event = failed("exec head -c 5000000 /dev/zero > " + file);
  EXPECT_EQ(event.reason, "command") << event.text;
  EXPECT_THAT(event.text, HasSubstr("max_file_size"));
  EXPECT_EQ(std::filesystem::file_size(file), 1U << 20);
}

TEST_F(CommandTest, MayWriteFilesAndAnswersUpToTheirOwnLimits) {
  options.command.max_file_size = 1 << 20;
  const auto file = (directory / "written").string();
  EXPECT_EQ(said(run("head -c 1000000 /dev/zero > " + file + " && echo fine")), "fine");
  // What goes through a pipe is no file.
  options.command.max_file_size = 4096;
  EXPECT_EQ(said(run("head -c 100000 /dev/zero | tr '\\0' ' '; echo fine")), "fine");
}

TEST_F(CommandTest, DumpsNoCore) {
  EXPECT_EQ(said(run("ulimit -c; ulimit -H -c")), "0 0");
}

TEST_F(CommandTest, StandsBehindOthersAtTheProcessor) {
  // The nineteenth field (proc(5)); the name has no spaces.
  EXPECT_EQ(said(run("read -r all < /proc/$$/stat; set -- $all; shift 18; echo $1")), "10");
  if (std::filesystem::exists("/proc/self/autogroup")) {
    EXPECT_THAT(said(run("cat /proc/$$/autogroup")), testing::EndsWith(" nice 10"));
  }
}

TEST_F(CommandTest, EndsAProgramThatTakesTooMuchTime) {
  options.command.max_cpu = 1s;
  const auto event = failed("while :; do :; done");
  EXPECT_EQ(event.reason, "command");
  EXPECT_THAT(event.text, HasSubstr("signal"));
}

}  // namespace
}  // namespace srs::stt::test
