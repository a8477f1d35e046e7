#include "stt/redact.hpp"

#include "stt/redaction_rules.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace srs::stt {
namespace {

// Sorted, without overlaps.
Spans merged(Spans spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  Spans out;
  for (const auto& span : spans) {
    if (!out.empty() && span.begin < out.back().end)
      out.back().end = std::max(out.back().end, span.end);
    else
      out.push_back(span);
  }
  return out;
}

std::string replaced(std::string_view text, const Spans& spans, const std::string& by) {
  std::string out;
  std::size_t from = 0;
  for (const auto& span : spans) {
    out.append(text.substr(from, span.begin - from)).append(by);
    from = span.end;
  }
  return out.append(text.substr(from));
}

// A word of the channel, and where its text lies in the channel's text.
struct Token {
  Segment* segment = nullptr;
  std::size_t word = 0;
  Span at;
};

// Segments without words get them from their text, without times.
std::vector<Word> words_of(const Segment& segment) {
  std::vector<Word> words;
  for (const auto text : split(segment.text, ' '))
    if (!text.empty())
      words.push_back({std::string(text), segment.start, segment.start, std::nullopt});
  return words;
}

// Providers round a segment's bounds more coarsely than its words'.
bool has_usable_times(const Word& word, const Segment& segment) {
  constexpr Millis kRounding{500};
  return word.end > word.start && word.start >= segment.start - kRounding &&
         word.end <= segment.end + kRounding;
}

void extend(Redaction& place, Millis start, Millis end) {
  place.start = std::min(place.start, start);
  place.end = std::max(place.end, end);
}

std::string joined(const std::vector<Word>& words) {
  std::string text;
  for (const auto& word : words)
    if (!word.text.empty()) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

// The words of one channel as one text.
class ChannelText {
 public:
  void add(Segment& segment) {
    for (std::size_t i = 0; i < segment.words.size(); ++i) {
      if (!text_.empty()) text_ += ' ';
      const auto begin = text_.size();
      text_ += segment.words[i].text;
      tokens_.push_back({&segment, i, {begin, text_.size()}});
    }
  }
  const std::string& text() const { return text_; }
  // The tokens that a span touches.
  std::span<const Token> within(const Span& span) const {
    const auto first =
        std::partition_point(tokens_.begin(), tokens_.end(),
                             [&](const Token& token) { return token.at.end <= span.begin; });
    const auto last = std::partition_point(
        first, tokens_.end(), [&](const Token& token) { return token.at.begin < span.end; });
    return {first, last};
  }

 private:
  std::string text_;
  std::vector<Token> tokens_;
};

}  // namespace

struct Redactor::Rule {
  std::string name;
  Finder find;
};
Redactor::Redactor(const std::vector<std::string>& rules) {
  for (const auto& text : rules) {
    auto rule = std::make_unique<Rule>();
    rule->name = text.substr(0, text.find('='));
    rule->find = finder_of(text);
    if (rule->find) rules_.push_back(std::move(rule));
  }
}

Redactor::~Redactor() = default;

std::string Redactor::redact(std::string_view text) const {
  std::string out(text);
  for (const auto& rule : rules_)
    out = replaced(out, merged(rule->find(out)), "[" + rule->name + "]");
  return out;
}

std::vector<std::string> Redactor::redact(Transcript& transcript) const {
  std::vector<std::string> untimed;
  if (rules_.empty()) return untimed;
  std::vector<Segment*> invented;  // their words are ours and are taken away again
  for (auto& segment : transcript.segments) {
    if (!segment.words.empty()) continue;
    segment.words = words_of(segment);
    invented.push_back(&segment);
  }
  for (const auto& rule : rules_) {
    std::map<unsigned, ChannelText> channels;
    for (auto& segment : transcript.segments) channels[segment.channel].add(segment);
    std::vector<Segment*> touched;
    for (auto& [number, channel] : channels) {
      for (const auto& span : merged(rule->find(channel.text()))) {
        const auto tokens = channel.within(span);
        if (tokens.empty()) continue;
        Redaction place{rule->name, number, Millis::max(), Millis::min()};
        const auto& first = tokens.front();
        auto& mark = first.segment->words[first.word];  // stands for all of them
        const Segment* without = nullptr;               // usable times
        for (const auto& token : tokens) {
          auto& word = token.segment->words[token.word];
          extend(place, word.start, word.end);
          if (!has_usable_times(word, *token.segment)) {
            without = token.segment;
            extend(place, without->start, without->end);
          }
          if (token.segment == first.segment) mark.end = std::max(mark.end, word.end);
          word.text.clear();
          touched.push_back(token.segment);
        }
        mark.text = "[" + rule->name + "]";
        if (without != nullptr) untimed.push_back(without->provider);
        transcript.redactions.push_back(std::move(place));
      }
    }
    // Words rule: a segment's text follows them, even where it had punctuation that they lack.
    for (auto* segment : touched) segment->text = joined(segment->words);
    for (auto& segment : transcript.segments) {
      const auto spans = merged(rule->find(segment.text));
      if (spans.empty()) continue;
      segment.text = replaced(segment.text, spans, "[" + rule->name + "]");
      // The text says it and the words say it otherwise: all of the segment is suspect.
      for (auto& word : segment.words) word.text.clear();
      transcript.redactions.push_back({rule->name, segment.channel, segment.start, segment.end});
    }
  }
  for (auto& segment : transcript.segments)
    std::erase_if(segment.words, [](const Word& word) { return word.text.empty(); });
  for (auto* segment : invented) segment->words.clear();
  std::erase_if(transcript.segments, [](const Segment& segment) { return segment.text.empty(); });
  if (!untimed.empty())
    transcript.warnings.push_back(
        std::to_string(untimed.size()) +
        " places were redacted whose words have no usable times: all of their segments counts as "
        "the place");
  return untimed;
}

}  // namespace srs::stt
