// nlohmann-json for precompiled headers: without the bodies of its two literals.
#pragma once

// g++ instantiates what the inline functions of a precompiled header call anew for every source
// that uses the header. ""_json calls the whole parser: a third of a second for each of 500
// sources. Made templates, which nobody instantiates, their bodies cost nothing; the literals
// themselves are declared and nowhere defined, so they can't be used. clang instantiates once, with
// the header.
#if defined(__GNUC__) && !defined(__clang__)
#define _json(text, size) \
  _json(text, size);      \
  template <class Char>   \
  nlohmann::json unused_json_literal(const Char* s, std::size_t n)
#define _json_pointer(text, size) \
  _json_pointer(text, size);      \
  template <class Char>           \
  nlohmann::json::json_pointer unused_json_pointer_literal(const Char* s, std::size_t n)
#endif

#include <nlohmann/json.hpp>

#undef _json
#undef _json_pointer
