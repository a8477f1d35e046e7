// Nothing of a call stays with providers that were asked for it.
#include "stt/cloud_answers.hpp"
#include "stt/fixture.hpp"
#include "stt/job_parts.hpp"
#include "stt/remote.hpp"

#include <algorithm>

namespace srs::stt::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// All clouds, of which one answers 500 to what `fails` names.
class ForgetTest : public PoolTest {
 protected:
  ForgetTest() {
    use_clouds(options, peer_, directory / "account.json");
    options.retry.attempts = 2;
  }

  Job run(std::vector<std::string> providers) {
    options.providers = std::move(providers);
    start();
    auto job = spoken("rec-1");
    job.language = "en-US";
    pool->submit(job);
    EXPECT_TRUE(run_until_ended(1));
    EXPECT_TRUE(run_until([&] { return pool->size() == 0; }));
    return job;
  }
  // `METHOD /path`, what AWS calls it behind.
  std::vector<std::string> deletions() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < asked.count(); ++i)
      if (name_of(asked.at(i)).find("elete") != std::string::npos || asked.at(i).method == "DELETE")
        all.push_back(name_of(asked.at(i)));
    return all;
  }
  std::string peer_url(const std::string& path) const { return peer_.url(path); }

  std::string fails;
  Asked asked;

 private:
  static std::string name_of(const PeerRequest& request) {
    const auto target = request.headers.find("x-amz-target");
    return request.method + " " + request.target +
           (target == request.headers.end() ? "" : " " + target->second);
  }
  void serve(PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      asked.add(*request);
      const bool failing = !fails.empty() && name_of(*request).find(fails) != std::string::npos;
      if (!connection.answer(failing ? 500 : 200, failing ? "" : cloud_answer(*request, "http")))
        return;
    }
  }
  HttpPeer peer_{[this](PeerConnection& connection) { serve(connection); }};
};

TEST_F(ForgetTest, AJobIsDeletedThereThoughAnotherProviderAnswered) {
  fails = "GET /v2/transcript/";
  run({"assemblyai", "openai"});
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_THAT(deletions(), ElementsAre("DELETE /v2/transcript/9ea68fd3"));
}

// A 500 does not tell whether it began: its job is deleted too.
TEST_F(ForgetTest, AnObjectIsDeletedThereThoughNoJobOfItBegan) {
  fails = "StartTranscriptionJob";
  run({"aws", "openai"});
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_THAT(deletions(),
              ElementsAre(HasSubstr("DeleteTranscriptionJob"), "DELETE " + asked.at(0).target));
}

TEST_F(ForgetTest, AnObjectIsDeletedInAGoogleBucketThoughNoJobOfItBegan) {
  write_account(directory / "account.json", peer_url("/token"));
  options.google.bucket = "calls";
  fails = "longrunning";
  run({"google", "openai"});
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_THAT(deletions(), ElementsAre(StartsWith("DELETE /storage/v1/b/calls/o/siprec-")));
}

TEST_F(ForgetTest, AnObjectIsDeletedOnceWhereItsJobIsDone) {
  write_account(directory / "account.json", peer_url("/token"));
  options.google.bucket = "calls";
  run({"google"});
  EXPECT_THAT(deletions(), ElementsAre(StartsWith("DELETE /storage/v1/b/calls/o/siprec-")));
}

// The process ended between the answer and the deletion.
TEST_F(ForgetTest, AJobWhoseAnswerIsOnOurDiskIsDeletedThereByTheNextProcess) {
  options.providers = {"assemblyai"};
  const auto job = spoken("rec-1");
  ASSERT_TRUE(store_job(job));
  Progress progress;
  progress.pieces = {{{0}, Millis(0), Millis(1000), Millis(0), Millis(1000), false}};
  progress.duration = Millis(1000);
  Part part;
  part.provider = "assemblyai";
  srs::test::write_file(job.directory / kPartsFile, plan_line(progress) + "\n" +
                                                        remote_line("0 assemblyai", "9ea68fd3") +
                                                        "\n" + part_line(part) + "\n");
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_THAT(deletions(), ElementsAre("DELETE /v2/transcript/9ea68fd3"));
}

}  // namespace
}  // namespace srs::stt::test
