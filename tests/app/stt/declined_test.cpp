// A transcription that is cancelled while its recording is being completed.
#include "app/stt/declined.hpp"

#include "app/stt/transcription.hpp"
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
  std::unique_ptr<Transcription> transcription_ = std::make_unique<Transcription>(
      SttGround{tasks_, options_, editor_, declined_, tracer_, registry_, log::Logger()});
  recording::AfterRender hooks_ = transcription_->hooks();
};

TEST_F(DeclinedTest, IsRememberedUntilTheRender) {
  EXPECT_TRUE(cancel());
  EXPECT_TRUE(cancel()) << "once more";
  EXPECT_TRUE(is_marked_declined(directory_));
  complete_on_disk();
  EXPECT_FALSE(has(stt::kJobFile));
  EXPECT_EQ(outcome(), "cancelled");
  tell_of_it();
  EXPECT_FALSE(cancel()) << "nothing is left to cancel";
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

}  // namespace
}  // namespace srs::app
