// What a fuzz target claims of every input.
#pragma once

#include <cstdio>
#include <cstdlib>

// Unlike assert() also in optimised builds.
#define FUZZ_REQUIRE(condition)                                                      \
  do {                                                                               \
    if (!(condition)) {                                                              \
      std::fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                  \
    }                                                                                \
  } while (false)
