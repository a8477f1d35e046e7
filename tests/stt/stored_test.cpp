// Jobs on disk: what is cancelled, and what a search for them must not do twice.
#include "stt/fixture.hpp"
#include "stt/job_file.hpp"
#include "stt/scripted_provider.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <new>

namespace srs::stt::test {
namespace {

// A provider that does not answer before it is let.
class StoredJobs : public PoolTest {
 protected:
  StoredJobs() { options.openai.url = peer_.url("/v1"); }
  ~StoredJobs() override { answering = true; }

  // The jobs found.
  std::size_t search(const std::filesystem::path& recordings) {
    std::optional<std::size_t> jobs;
    pool->recover(recordings, [&](std::size_t found) { jobs = found; });
    EXPECT_TRUE(run_until([&] { return jobs.has_value(); }));
    return jobs.value_or(0);
  }
  Job asked_about(const std::string& name) {
    auto job = spoken(name);
    pool->submit(job);
    EXPECT_TRUE(run_until([&] { return asked > 0; }));
    return job;
  }
  // Of the provider's dislike.
  Job parked(const std::string& name) {
    status = 400;
    answering = true;
    auto job = spoken(name);
    pool->submit(job);
    EXPECT_TRUE(run_until([&] { return pool->parked() == 1 && pool->size() == 0; }));
    return job;
  }

  std::atomic<unsigned> asked{0};
  std::atomic<bool> answering{false};
  std::atomic<int> status{200};

 private:
  void serve(PeerConnection& connection) {
    while (connection.read_request()) {
      ++asked;
      srs::test::wait_until([&] { return answering.load(); });
      if (!connection.answer(status, R"({"text": "hello"})")) return;
    }
  }
  HttpPeer peer_{[this](PeerConnection& connection) { serve(connection); }};
};

TEST_F(StoredJobs, AreForgottenWhereTheyAreCancelledWhileTheyRun) {
  start();
  const auto job = asked_about("a");
  EXPECT_TRUE(cancel(job));
  EXPECT_FALSE(cancel(job)) << "once is enough";
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(unfinished[0].state, Unfinished::State::Cancelled);
  EXPECT_FALSE(unfinished[0].written);
  EXPECT_EQ(pool->size(), 0U);
  EXPECT_FALSE(std::filesystem::exists(job.directory / kJobFile));
  EXPECT_TRUE(std::filesystem::exists(job.directory / "audio.wav"));
}

TEST_F(StoredJobs, AreForgottenWhereTheyAreCancelledWhileTheyWait) {
  options.concurrency = 1;
  start();
  asked_about("a");
  const auto job = spoken("b");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return std::filesystem::exists(job.directory / kJobFile); }));
  EXPECT_TRUE(cancel(job));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_FALSE(std::filesystem::exists(job.directory / kJobFile));
  EXPECT_EQ(pool->size(), 1U) << "the other one goes on";
}

TEST_F(StoredJobs, AreForgottenWhereTheyAreCancelledAfterTheyWereParked) {
  start();
  const auto job = parked("a");
  EXPECT_TRUE(cancel(job));
  EXPECT_EQ(pool->parked(), 0U);
  EXPECT_FALSE(std::filesystem::exists(job.directory / kJobFile));
  ASSERT_EQ(unfinished.size(), 2U);
  EXPECT_EQ(unfinished[1].state, Unfinished::State::Cancelled);
  EXPECT_FALSE(cancel(job));
}

TEST_F(StoredJobs, KeepATranscriptWhoseDeliveryIsCancelled) {
  answering = true;
  HttpPeer receiver(HttpPeer::Script([](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(503, "");
  }));
  options.delivery.url = receiver.url("/");
  start();
  const auto job = spoken("a");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return receiver.connections() > 0; }));
  EXPECT_TRUE(cancel(job));
  ASSERT_TRUE(run_until([&] { return unfinished.size() == 1; }));
  EXPECT_TRUE(unfinished[0].written);
  EXPECT_TRUE(std::filesystem::exists(job.directory / kTranscriptFile));
  EXPECT_FALSE(std::filesystem::exists(job.directory / kJobFile));
}

TEST_F(StoredJobs, AreNoneWhereNothingWasAskedFor) {
  start();
  EXPECT_FALSE(cancel(spoken("a")));
  EXPECT_TRUE(unfinished.empty());
}

TEST_F(StoredJobs, AreOneJobHoweverTheDirectoryIsWritten) {
  start();
  asked_about("a");
  EXPECT_EQ(search(std::filesystem::relative(directory.path())), 0U);
  EXPECT_EQ(pool->size(), 1U);
}

TEST_F(StoredJobs, AreLeftToTheRenderOfTheirRecording) {
  answering = true;
  start();
  const auto job = spoken("a");
  ASSERT_TRUE(store_job(job));
  std::atomic<bool> complete{false};
  pool->set_settled([&](const auto& path) { return complete || path != job.directory; });
  EXPECT_EQ(search(directory.path()), 0U);
  EXPECT_EQ(*retry(job), Retried::Waiting) << "whoever asks";
  EXPECT_EQ(asked, 0U);
  complete = true;
  EXPECT_EQ(search(directory.path()), 1U);
  ASSERT_TRUE(run_until([&] { return finished.size() == 1; }));
  EXPECT_EQ(asked, 1U);
}

// The search reads a job's file, the job ends meanwhile, and the search goes on: here because the
// last file that it reads is a pipe that keeps it waiting.
TEST_F(StoredJobs, ThatEndWhileTheyAreSearchedForAreNotBegunAnew) {
  start();
  asked_about("a");
  const auto last = directory.path() / "2026-11-22" / "z";
  std::filesystem::create_directories(last);
  ASSERT_EQ(::mkfifo((last / kJobFile).c_str(), 0600), 0);
  std::optional<std::size_t> found;
  pool->recover(directory.path(), [&](std::size_t jobs) { found = jobs; });
  int pipe = -1;
  ASSERT_TRUE(run_until([&] {
    pipe = ::open((last / kJobFile).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    return pipe >= 0;  // somebody reads
  }));
  answering = true;
  EXPECT_TRUE(run_until([&] { return pool->size() == 0; }));
  ::close(pipe);
  ASSERT_TRUE(run_until([&] { return found.has_value(); }));
  EXPECT_EQ(found, 0U);
  EXPECT_EQ(asked, 1U);
}

TEST_F(PoolTest, MayGoBeforeWhatWasBegunHasRun) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  start();
  const auto job = spoken("rec-1");
  ASSERT_TRUE(store_job(job));
  pool->recover(directory.path());
  pool->submit(spoken("rec-2"));
  stop();  // and what was begun ends without it
  EXPECT_EQ(provider.count(), 0U);
  EXPECT_TRUE(escaped.empty());
}

// Whatever it is: the process goes on, and what was looked for can be looked for again.
TEST_F(PoolTest, LooksForJobsAgainAfterALookThatThrew) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  ASSERT_TRUE(store_job(spoken("rec-1")));
  start();
  std::atomic<int> looks{0};
  pool->set_settled([&](const auto&) {
    if (++looks == 1) throw std::bad_alloc();
    return true;
  });
  pool->recover(directory.path());
  ASSERT_TRUE(run_until([&] { return !escaped.empty(); })) << "it is reported";
  escaped.clear();
  pool->recover(directory.path());
  EXPECT_TRUE(run_until_ended(1));
  EXPECT_EQ(finished.size(), 1U);
}

}  // namespace
}  // namespace srs::stt::test
