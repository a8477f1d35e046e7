// Taking out of a transcript what must not be kept.
#pragma once

#include <srs/stt/options.hpp>
#include <srs/stt/transcript.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

// Rules, built once. Blocks for long texts: for worker threads.
class Redactor {
 public:
  // `rules` have been checked.
  explicit Redactor(const std::vector<std::string>& rules);
  ~Redactor();

  // Replaces what the rules find by `[rule]`, within segments and where it goes on from one segment
  // of a channel to the next, in text and words, and lists the places. Where words have no usable
  // times their whole segments are the place, a warning says so, and the provider of each such
  // place is returned.
  std::vector<std::string> redact(Transcript& transcript) const;
  std::string redact(std::string_view text) const;
  bool has_rules() const { return !rules_.empty(); }

  struct Rule;

 private:
  std::vector<std::unique_ptr<Rule>> rules_;
};

// For interim text, in which a number stands digit by digit before any rule knows it: each word
// with a digit, a digit that is written out or an `@` in it becomes `[...]`, in text and words.
void hide_numbers(Segment& segment);
// Whether the last word of its text is one of those.
bool ends_in_number(const Segment& segment);

// A copy of the recording's audio with those stretches silent or as a tone of 1 kHz. Blocks.
Result<void> redact_audio(const std::filesystem::path& from, const std::filesystem::path& to,
                          const std::vector<Redaction>& places, bool tone);

}  // namespace srs::stt
