#include "stt/providers/mapping.hpp"

#include "stt/providers/provider.hpp"

#include <srs/util/text.hpp>

#include <cmath>

namespace srs::stt {
namespace {

// A value by a pointer; null where there is none. An empty pointer means: not mapped.
const Json& at(const Json& json, const std::string& pointer) {
  static const Json none;
  if (pointer.empty()) return none;
  try {
    const Json::json_pointer parsed(pointer);
    return json.contains(parsed) ? json.at(parsed) : none;
  } catch (const Json::exception&) {
    return none;
  }
}

Millis time_at(const Json& json, const std::string& pointer, const AnswerMapping& mapping) {
  const auto& told = at(json, pointer);
  if (told.is_null()) return Millis(0);
  const auto value = number_of(told);
  if (!value || *value < 0 || *value > 1e9) return kNoTime;
  return Millis(std::llround(*value * (mapping.time_unit == "ms" ? 1 : 1000)));
}

std::vector<Word> read_words(const Json& json, const AnswerMapping& mapping) {
  std::vector<Word> words;
  const auto& list = at(json, mapping.words);
  if (!list.is_array()) return words;
  for (const auto& entry : list) {
    Word word{text_of(at(entry, mapping.word_text)), time_at(entry, mapping.start, mapping),
              time_at(entry, mapping.end, mapping), number_of(at(entry, mapping.confidence))};
    if (word.text.empty()) word.text = text_of(entry, "text");
    words.push_back(std::move(word));
  }
  return words;
}

Segment read_segment(const Json& json, const AnswerMapping& mapping) {
  Segment segment;
  segment.start = time_at(json, mapping.start, mapping);
  segment.end = time_at(json, mapping.end, mapping);
  segment.text = text_of(at(json, mapping.text));
  segment.confidence = number_of(at(json, mapping.confidence));
  segment.words = read_words(json, mapping);
  return segment;
}

// An answer without segments.
std::vector<Segment> read_whole(const Json& json, const AnswerMapping& mapping) {
  auto whole = read_segment(json, mapping);
  if (whole.end <= whole.start && !whole.words.empty())
    return segments_of(std::move(whole.words), 0);
  return {std::move(whole)};
}

bool is_mark(std::string_view word) {
  return word.starts_with('<') || word.starts_with('[') || word.starts_with("++");
}

// `read(2)` is the second pronunciation of `read`.
std::string_view without_variant(std::string_view word) {
  return word.ends_with(')') ? word.substr(0, word.find('(')) : word;
}

}  // namespace

Outcome<Answer> parse_mapped(std::string_view body, const AnswerMapping& mapping) {
  bool repaired = false;
  const auto json = parse_json(body, &repaired);
  if (!json) return not_json(body);
  Answer answer;
  answer.language = text_of(at(*json, mapping.language));
  const auto& segments = at(*json, mapping.segments);
  const auto& text = at(*json, mapping.text);
  const auto& words = at(*json, mapping.words);
  if (!segments.is_array() && !text.is_string() && !words.is_array())
    return Failure{Reason::BadAnswer,
                   "the answer has nothing at " + mapping.segments + " nor at " + mapping.text};
  if (segments.is_array())
    for (const auto& segment : segments) answer.segments.push_back(read_segment(segment, mapping));
  if (answer.segments.empty() && (!is_listed(segments) || text_of(text).empty()))
    answer.segments = read_whole(*json, mapping);
  keep_text(answer, 0, text_of(text), is_listed(segments) || is_listed(words));
  if (repaired) answer.warnings.emplace_back("the answer was not UTF-8; bad bytes were replaced");
  return answer;
}

Outcome<Answer> parse_plain(std::string_view body) {
  Answer answer;
  const auto text = to_utf8(body);
  if (text != body)
    answer.warnings.emplace_back("the output was not UTF-8; bad bytes were replaced");
  if (trim(text).empty()) return answer;
  Segment whole;
  whole.text = std::string(trim(text));
  for (auto& c : whole.text)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  answer.segments.push_back(std::move(whole));
  return answer;
}

Outcome<Answer> parse_word_lines(std::string_view body) {
  std::vector<Word> words;
  std::size_t others = 0;
  const auto text = to_utf8(body);
  for (const auto line : split(text, '\n')) {
    std::vector<std::string_view> fields;
    for (const auto field : split(line, ' '))
      if (!field.empty()) fields.push_back(field);
    if (fields.empty() || is_mark(fields[0])) continue;
    ++others;
    if (fields.size() < 3 || fields.size() > 4) continue;
    const auto start = to_number<double>(fields[1]);
    const auto end = to_number<double>(fields[2]);
    if (!start || !end) continue;
    const bool usable = *start >= 0 && *end >= *start && *end <= 1e6;
    Word word{std::string(without_variant(fields[0])), kNoTime, kNoTime, std::nullopt};
    if (usable) word.start = Millis(std::llround(*start * 1000));
    if (usable) word.end = Millis(std::llround(*end * 1000));
    if (fields.size() == 4) word.confidence = to_number<double>(fields[3]);
    words.push_back(std::move(word));
  }
  Answer answer;
  if (words.empty() && others > 0)
    answer.warnings.push_back("none of the output's " + std::to_string(others) +
                              " lines is a word with its times: they were left out");
  answer.segments = segments_of(std::move(words), 0);
  return answer;
}

}  // namespace srs::stt
