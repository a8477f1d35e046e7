// A transcription that is cancelled while its recording is being completed.
#include "app/stt/declined.hpp"

#include "app/stt/transcription.hpp"
#include "app/stt/untold.hpp"
#include "support/files.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <srs/stt/transcript.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace srs::app {
namespace {

using recording::State;

class DeclinedTest : public testing::Test {
 protected:
  DeclinedTest() {
    document_.recording_id = "a";
    document_.state = State::Rendering;
    document_.started_at = *from_rfc3339("2026-11-22T11:09:45Z");
    document_.ended_at = document_.started_at;
    document_.audio.emplace();
    document_.streams.resize(1);
    std::filesystem::create_directories(directory_);
    store();
  }
  static stt::Options options() {
    stt::Options made;
    made.providers = {"command"};
    made.command.program = {"/bin/false"};
    return made;
  }
  ~DeclinedTest() override {
    search_.reset();
    transcription_.reset();
    EXPECT_TRUE(run_until([&] { return tasks_.running() == 0; }));
  }
  void store() {
    test::write_file(directory_ / recording::kMetadataFile, recording::to_json(document_));
  }
  template <class Condition>
  bool run_until(Condition condition) {
    return test::wait_until([&] {
      io_.restart();
      io_.poll();
      return condition();
    });
  }
  bool cancel() {
    const auto answer = std::make_shared<std::optional<bool>>();
    const auto ask = [](Transcription& transcription, std::filesystem::path directory,
                        auto to) -> boost::asio::awaitable<void> {
      *to = co_await transcription.cancel(std::move(directory));
    };
    tasks_.spawn("cancel", ask(*transcription_, directory_, answer));
    EXPECT_TRUE(run_until([&] { return answer->has_value(); }));
    return answer->value_or(false);
  }
  // The render's thread, and then the io_context.
  void complete_on_disk() {
    document_.state = State::Complete;
    hooks_.completing(directory_, document_);
    store();
  }
  void tell_of_it() {
    hooks_.completed(directory_, document_);
    declined_.remove("a");
  }
  // The one before dies without a word.
  void next_process() {
    transcription_.reset();
    ASSERT_TRUE(run_until([&] { return tasks_.running() == 0; }));
    transcription_ = std::make_unique<Transcription>(ground());
    hooks_ = transcription_->hooks();
    transcription_->recover(root_.path());
    search_ = std::make_unique<UntoldSearch>(tasks_, transcription_->live_queue(), editor_,
                                             registry_, log::Logger());
    search_->begin(root_.path(), {});
  }
  SttGround ground() {
    return {tasks_, options_, editor_, declined_, tracer_, registry_, log::Logger()};
  }
  bool has(std::string_view file) { return std::filesystem::exists(directory_ / file); }
  std::string outcome() {
    const auto metadata =
        nlohmann::json::parse(test::read_file(directory_ / recording::kMetadataFile));
    EXPECT_EQ(metadata.value("state", ""), to_string(document_.state));
    return metadata.value(nlohmann::json::json_pointer("/transcription/state"), "");
  }

  test::TempDir root_;
  const std::filesystem::path directory_ = root_ / "2026-11-22" / "a";
  recording::Document document_;
  boost::asio::io_context io_;
  Tasks tasks_{io_.get_executor(),
               [](std::string_view, std::string_view what) { ADD_FAILURE() << what; }};
  const stt::Options options_ = options();
  metrics::Registry registry_;
  tracing::Tracer tracer_;
  MetadataEditor editor_{io_.get_executor(), registry_, log::Logger()};
  Declined declined_;
  std::unique_ptr<Transcription> transcription_ = std::make_unique<Transcription>(ground());
  std::unique_ptr<UntoldSearch> search_;
  recording::AfterRender hooks_ = transcription_->hooks();
};

TEST_F(DeclinedTest, IsRememberedUntilTheRender) {
  EXPECT_TRUE(cancel());
  EXPECT_TRUE(cancel()) << "once more";
  EXPECT_TRUE(is_marked_declined(directory_));
  complete_on_disk();
  EXPECT_FALSE(has(stt::kJobFile));
  EXPECT_EQ(outcome(), "cancelled");
  EXPECT_TRUE(is_marked_declined(directory_)) << "the process may still die";
  tell_of_it();
  EXPECT_TRUE(run_until([&] { return editor_.idle(); }));
  EXPECT_FALSE(is_marked_declined(directory_)) << "it has done its work";
  EXPECT_EQ(outcome(), "cancelled");
  EXPECT_FALSE(cancel()) << "nothing is left to cancel";
}

TEST_F(DeclinedTest, IsForgottenAtTheNextStartWhereTheProcessDiedWithTheMark) {
  EXPECT_TRUE(cancel());
  complete_on_disk();
  next_process();
  EXPECT_TRUE(run_until([&] { return !is_marked_declined(directory_); }));
  EXPECT_EQ(outcome(), "cancelled");
  EXPECT_FALSE(has(stt::kJobFile));
}

TEST_F(DeclinedTest, IsToldAtTheNextStartWhereTheRenderHadNotSeenTheMark) {
  hooks_.completing(directory_, document_);
  EXPECT_TRUE(cancel());
  ASSERT_TRUE(has(stt::kJobFile));
  document_.state = State::Complete;
  store();
  next_process();
  EXPECT_TRUE(run_until([&] { return !is_marked_declined(directory_) && editor_.idle(); }));
  EXPECT_EQ(outcome(), "cancelled");
  EXPECT_FALSE(has(stt::kJobFile));
}

TEST_F(DeclinedTest, IsHeldOverTheNextStartWhereTheRecordingIsNotComplete) {
  EXPECT_TRUE(cancel());
  // Another one, by which the search is seen to be over.
  const auto other = root_ / "2026-11-22" / "b";
  std::filesystem::create_directories(other);
  auto complete = document_;
  complete.state = State::Complete;
  test::write_file(other / recording::kMetadataFile, recording::to_json(complete));
  test::write_file(other / stt::kCancelledFile, "");
  next_process();
  EXPECT_TRUE(run_until([&] { return !is_marked_declined(other) && editor_.idle(); }));
  EXPECT_TRUE(is_marked_declined(directory_));
  complete_on_disk();
  EXPECT_FALSE(has(stt::kJobFile));
  EXPECT_EQ(outcome(), "cancelled");
}

TEST_F(DeclinedTest, EndsAJobThatTheRenderHasStoredBefore) {
  hooks_.completing(directory_, document_);
  ASSERT_TRUE(has(stt::kJobFile));
  EXPECT_TRUE(cancel());
  EXPECT_EQ(outcome(), "") << "nobody else writes it while the render does";
  document_.state = State::Complete;
  store();
  tell_of_it();
  EXPECT_TRUE(run_until([&] { return outcome() == "cancelled" && editor_.idle(); }));
  EXPECT_FALSE(has(stt::kJobFile));
  EXPECT_FALSE(is_marked_declined(directory_));
}

TEST_F(DeclinedTest, EndsAJobOfACompleteRecordingAndLeavesNoMark) {
  complete_on_disk();
  EXPECT_TRUE(cancel()) << "its job lies on the disk";
  EXPECT_FALSE(is_marked_declined(directory_));
  tell_of_it();
  EXPECT_TRUE(run_until([&] { return tasks_.running() == 0 && editor_.idle(); }));
  EXPECT_FALSE(has(stt::kJobFile)) << "who is told late begins nothing";
  EXPECT_EQ(outcome(), "cancelled");
  EXPECT_FALSE(cancel());
}

using StoredJob = DeclinedTest;

TEST_F(StoredJob, OfARecordingThatIsRenderedAnewIsNotBegunBefore) {
  hooks_.completing(directory_, document_);
  const auto job = test::read_file(directory_ / stt::kJobFile);
  next_process();
  EXPECT_TRUE(run_until([&] { return tasks_.running() == 0 && editor_.idle(); }));
  EXPECT_EQ(test::read_file(directory_ / stt::kJobFile), job);
  complete_on_disk();
  tell_of_it();
  EXPECT_TRUE(run_until([&] { return outcome() == "parked"; })) << "there is no audio";
}

}  // namespace
}  // namespace srs::app
