// Transcripts of recordings, from whichever engine the operator has. docs/transcription.md.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/stt/options.hpp>
#include <srs/stt/transcript.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/http_client.hpp>
#include <srs/util/tasks.hpp>
#include <srs/util/worker_pool.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace srs::stt {

// What is known of a call that was heard live, where its transcript is made of that alone.
struct LiveText {
  Millis duration{0};
  std::vector<Use> uses;
  std::vector<std::string> warnings;
};

// One recording that wants to be transcribed. Everything about it lies in its directory, so what is
// written there survives us.
struct Job {
  std::filesystem::path directory;  // the recording's
  std::string recording_id;
  std::string audio = "audio.wav";  // in the directory
  std::vector<Channel> channels;    // empty: all of the file, without names
  std::string language;     // BCP 47, by metadata or a SIP header; empty: the configured one
  int priority = 0;         // larger goes first
  std::string traceparent;  // passed on to providers (W3C Trace Context); may be empty
  std::string call_id;      // for the log
  // No provider is asked: transcript.live.jsonl becomes the transcript. Without that file nobody
  // spoke.
  std::optional<LiveText> live = {};
  std::string tracestate = {};  // of other vendors, for the collectors of our own spans
};

// A file that was made beside the recording, for `files` of metadata.json.
struct MadeFile {
  std::string name;
  std::string type;  // media type
};

// A transcript is there: transcript.json, .vtt and .txt are on disk.
struct Finished {
  std::filesystem::path directory;
  std::string recording_id;
  std::vector<MadeFile> files;
  std::vector<Use> uses;  // by provider and model, with costs
  std::size_t segments = 0;
  std::size_t words = 0;
  std::size_t redactions = 0;
  std::vector<Incident> incidents;
  std::vector<std::string> warnings;
};

// A transcript will not come by itself.
struct Unfinished {
  enum class State {
    Parked,     // refused by every provider: `reason` says what to mend; retry(), or a restart
    Failed,     // the deadline has passed; only retry() begins it again
    Cancelled,  // by cancel()
  };
  std::filesystem::path directory;
  std::string recording_id;
  State state = State::Failed;
  std::string provider;
  std::string reason;    // a label value: auth, refused, timeout, ...
  std::string text;      // a sentence for a person; no secret, nothing that was said
  bool written = false;  // the transcript is there; what ended is its delivery
  std::vector<Incident> incidents = {};
  std::vector<Use> uses = {};  // what was paid for before; empty where `written`
};
std::string_view to_string(Unfinished::State state);

// A transcript waits for a provider that is left alone, for longer than a moment.
struct Waiting {
  std::filesystem::path directory;
  std::string recording_id;
  std::string provider;
  std::string reason;   // as of an incident
  std::string text;     // a sentence for a person; no secret, nothing that was said
  WallTime next_try{};  // not before
  std::vector<Incident> incidents;
};

// A transcript was taken by the webhook that it is sent to.
struct Delivered {
  std::filesystem::path directory;
  std::string recording_id;
  WallTime at{};
};

// What became of asking for a job once more.
enum class Retried {
  Queued,   // it was parked or failed, and begins anew
  Waiting,  // it waits, runs, or is being cancelled
  Nothing,  // there is no job: its transcript is there, or nobody asked for one
};

struct Renewed {
  Retried outcome = Retried::Nothing;
  std::string call_id = {};         // of a job that was queued, as Job has them
  tracing::SpanContext trace = {};  // the recording's
};

// Who wants to know, on the io_context. Called once for each outcome of a job; again after a crash
// between the outcome and the call, and where a transcript waited on disk for its delivery.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void transcript_finished(const Finished& finished) = 0;
  virtual void transcript_unfinished(const Unfinished& unfinished) = 0;
  virtual void transcript_delivered(const Delivered& delivered) = 0;
  // Of jobs in memory: at most five a second, and each at most once a minute.
  virtual void transcript_waits(const Waiting& waiting) = 0;
};

// Works through jobs: a durable queue, bounded concurrency, retries, breakers, fallbacks, budgets.
// Lives on the io_context's thread, which never blocks: files, audio, JSON go to `workers`. All
// references outlive it, except coroutines of its own, which may outlive it and then end.
class Pool {
 public:
  // `options` are faultless (stt::faults) and are copied.
  Pool(Tasks& tasks, const Options& options, HttpClient& http, WorkerPool& workers,
       tracing::Tracer& tracer, metrics::Registry& registry, log::Logger log);
  // Ends what runs; the files of unfinished jobs stay for recover().
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Nobody is asked for anything more; requests that are under way may end, and their answers are
  // kept. What a provider works on under a name that is kept is left to the next process.
  void drain();

  // Told about outcomes; outlives the pool. None by default.
  void set_listener(Listener* listener);

  // Writes the job's file and queues the job; one that is queued already is left alone. The job is
  // safe once the file is written, a moment later: who needs that earlier calls store_job() on a
  // thread of its own before, for example with the final metadata.json.
  void submit(Job job);

  // Whether a recording's files are as they will stay: recover() leaves a job to whoever completes
  // the recording where this says no, lest its audio is written anew under it, and paid for once
  // more. Asked on threads of `workers`; none by default: they all are.
  void set_settled(std::function<bool(const std::filesystem::path& directory)> is_settled);

  // Looks for jobs that a crash or a full queue left, in every directory up to two levels below
  // `recordings` (date, recording). Jobs that were parked are tried again: a restart is somebody's
  // doing. `done` is called when all were looked at, with the number of jobs found.
  void recover(std::filesystem::path recordings, std::function<void(std::size_t)> done = {});

  // Ends the job, whether it runs, waits or was given up, and deletes its files; false where there
  // is none. A transcript that is written stays; only its delivery is cancelled then.
  boost::asio::awaitable<bool> cancel(std::filesystem::path directory);

  // Begins a parked or failed job again, with all its attempts and a new deadline; what providers
  // have answered already is kept. An open breaker lets its next request try at once. An error
  // where the job's file can't be read or written.
  boost::asio::awaitable<Result<Renewed>> retry(std::filesystem::path directory);

  // Jobs that wait or run.
  std::size_t size() const;
  std::size_t running() const;
  // Jobs that run, deliveries too: after drain() those that are waited for.
  std::size_t under_way() const;
  std::size_t parked() const;
  // How often it was looked at whether one of them may begin: what waiting costs.
  std::size_t looks() const;
  // Jobs of live text that are about to become transcripts: all but those that wait for the disk.
  std::size_t live_texts() const;

  // What a readiness check may say of each provider.
  struct Status {
    std::string provider;
    std::string breaker;  // closed, half_open, open
    std::size_t in_flight = 0;
  };
  std::vector<Status> status() const;

 private:
  std::shared_ptr<class PoolCore> core_;
};

// Writes the job's file, synced; blocks. An existing job is left alone.
Result<void> store_job(const Job& job);

// What was said of a transcript when it was finished, from transcript.json; blocks.
Result<Finished> finished_of(const Job& job);

}  // namespace srs::stt
