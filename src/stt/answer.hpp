// What a provider answered about one piece, and what can go wrong instead.
#pragma once

#include <srs/stt/transcript.hpp>

#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

// Times count from the piece's begin; `channel` is an index into the piece's channels.
struct Answer {
  std::vector<Segment> segments;
  std::string language;
  std::string model;
  std::vector<std::string> warnings;
};

// Why a request failed: label values of stt_transcription_errors_total.
enum class Reason {
  Auth,         // 401, 403: the key
  Refused,      // 400, 404, 422, ...: this request will never be taken
  Quota,        // 402, or the account's means are used up
  RateLimited,  // 429
  Server,       // 5xx
  Timeout,
  Connect,  // names, TCP
  Tls,
  Reset,
  TooLarge,   // an answer beyond Options::max_answer
  NotJson,    // HTML, half JSON, brackets without end
  BadAnswer,  // JSON, but no transcript
  Rejected,   // the provider took the job and gave up on it
  Audio,      // our own file can't be read
  Command,    // the program failed
  Busy,       // our own queues are full
  Cancelled,
};
std::string_view to_string(Reason reason);
inline constexpr std::size_t kReasons = 17;

// What may be done about it.
enum class Remedy {
  Wait,   // passes by itself: until the deadline
  Retry,  // may pass: a few times, then the provider is given up for this job
  Never,  // another provider, else the job is parked
};
Remedy remedy_of(Reason reason);

struct Failure {
  Reason reason = Reason::BadAnswer;
  std::string text;  // a sentence for a person; holds no secret and nothing that was said
  std::optional<std::chrono::milliseconds> retry_after = {};
  std::string code = {};  // the provider's own name for it, where it gives one
};

template <class T>
using Outcome = boost::system::result<T, Failure>;

[[noreturn]] void throw_exception_from_error(const Failure& failure,
                                             const boost::source_location& where);

// Makes an answer safe to believe: confidences within 0 and 1, times within the piece and in order.
// No text is lost for its time: a word without a usable one stands at its neighbour's, words of
// which none has one are their segment's text alone, and a segment without any is the whole
// piece's. What had to be mended is counted and told in `warnings`. `channels` and `length` are the
// piece's.
void mend(Answer& answer, std::size_t channels, Millis length);

// Puts segments together from words with a pause of a second, or the end of a sentence and 0.3 s,
// between them. For providers that give words alone.
std::vector<Segment> segments_of(std::vector<Word> words, unsigned channel);

// `text` is all that was said on the channel, where an answer tells that beside its segments. Where
// these hold less of it because some have no text, the whole of it is one segment without times.
// `listed`: there is a list that should have held it, and a warning says that it can't be used.
void keep_text(Answer& answer, unsigned channel, std::string_view text, bool listed);

}  // namespace srs::stt
