// Answers of services and programs that nobody wrote down: where things are is configured.
#pragma once

#include "stt/answer.hpp"
#include "stt/json.hpp"

#include <srs/stt/options.hpp>

#include <string_view>

namespace srs::stt {

// JSON by the mapping's pointers (RFC 6901). Without segments the answer's own text and words are
// taken; where there are none of these either it is no answer.
Outcome<Answer> parse_mapped(std::string_view body, const AnswerMapping& mapping);
// The whole text as one segment without times.
Outcome<Answer> parse_plain(std::string_view body);
// Lines `word start end [confidence]`, in seconds, as PocketSphinx writes them with `-time yes`;
// other lines, marks of silence (`<s>`, `<sil>`) and noises (`[SPEECH]`, `++NOISE++`) are skipped.
Outcome<Answer> parse_word_lines(std::string_view body);

}  // namespace srs::stt
