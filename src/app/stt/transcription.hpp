// Speech-to-text beside the recordings.
#pragma once

#include "app/stt/ground.hpp"

#include <srs/recording/amend.hpp>
#include <srs/recording/service.hpp>
#include <srs/stt/pool.hpp>
#include <srs/util/http_client.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace srs::app {

// Hands complete recordings to the pool, and live text that is to become a transcript; and what
// became of them to their metadata.json. Nothing of it touches a call: it begins when a recording
// is complete. Runs on the io_context.
class Transcription final : public stt::Listener {
 public:
  explicit Transcription(const SttGround& ground);
  ~Transcription() override;
  Transcription(const Transcription&) = delete;
  Transcription& operator=(const Transcription&) = delete;

  // For the recording service. `completing` makes a job's file on the render's thread, so that no
  // crash after that loses it.
  recording::AfterRender hooks();
  // May outlive this; what is queued then is found at the next start.
  LiveQueue live_queue();
  // The process ends: no provider, and no receiver of transcripts, is asked any more.
  void drain() { pool_->drain(); }
  // Requests that were begun before, and what is made of their answers.
  std::size_t under_way() const { return pool_->under_way(); }
  // Jobs that wait or run: what the next start finds.
  std::size_t left() const { return pool_->size(); }
  // No live text is about to become a transcript.
  bool idle() const { return pool_->live_texts() == 0; }
  // Takes up what an earlier process left.
  void recover(const std::filesystem::path& recordings);

  // Ends the transcription of this recording; false where none waits, runs or was given up. Of a
  // recording that is not complete none will be made, whoever renders it.
  boost::asio::awaitable<bool> cancel(std::filesystem::path directory);

  // Begins one that was given up again; an error where its job can't be read or written.
  boost::asio::awaitable<Result<stt::Renewed>> retry(std::filesystem::path directory);

  void transcript_finished(const stt::Finished& finished) override;
  void transcript_unfinished(const stt::Unfinished& unfinished) override;
  void transcript_delivered(const stt::Delivered& delivered) override;
  void transcript_waits(const stt::Waiting& waiting) override;

 private:
  static boost::asio::awaitable<void> end_stored(std::shared_ptr<Transcription*> self,
                                                 std::filesystem::path directory);
  // It is complete.
  void begin(const std::filesystem::path& directory, const recording::Document& document);

  const stt::Options& options_;
  Tasks& tasks_;
  boost::asio::any_io_executor executor_;
  log::Logger log_;
  MetadataEditor& editor_;
  Declined& declined_;
  std::shared_ptr<Transcription*> self_;  // emptied by the destructor
  HttpClient http_;
  std::unique_ptr<WorkerPool> workers_;  // audio, JSON, job files
  std::unique_ptr<stt::Pool> pool_;
};

// What a transcript, or the lack of one, adds to metadata.json.
recording::Amendment amendment_of(const stt::Finished& finished);
recording::Amendment amendment_of(const stt::Unfinished& unfinished);
recording::Amendment amendment_of(const stt::Delivered& delivered);
recording::Amendment amendment_of(const stt::Waiting& waiting);
// The file of live text, for the same, and what one engine was used for.
recording::FileEntry live_entry();
recording::TranscriptionUse entry_of(const stt::Use& use);

// The job that a complete recording makes.
stt::Job job_of(const std::filesystem::path& directory, const recording::Document& document);

}  // namespace srs::app
