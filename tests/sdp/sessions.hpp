// Session descriptions that tests read, which must be readable.
#pragma once

#include "support/files.hpp"

#include <srs/sdp/session.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace srs::sdp {

inline Session read_session(std::string_view text, const Limits& limits = {}) {
  auto session = parse(text, limits);
  if (session) return *session;
  ADD_FAILURE() << session.error().text;
  return {};
}

// A file of tests/data/sdp.
inline Session own_session(std::string_view name) {
  return read_session(test::read_file(test::own_data("sdp/" + std::string(name))));
}

}  // namespace srs::sdp
