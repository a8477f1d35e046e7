// What one of our exporters sent, as other people's decoders read it (decode.js).
#pragma once

#include "support/files.hpp"
#include "support/temp_dir.hpp"
#include "support/tools.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <string>

namespace srs::test {

inline const std::string kDecoders = std::string(SRS_SOURCE_DIR) + "/tests/tracing/decoders";
inline const std::string kDecoderPackages = std::string(SRS_BINARY_DIR) + "/tests/tracing/decoders";
#define SRS_REQUIRE_DECODERS() \
  SRS_REQUIRE_PACKAGES(::srs::test::kDecoders, ::srs::test::kDecoderPackages)

// `kind`: traces or metrics, of OTLP, or jaeger.
inline nlohmann::json decoded(const TempDir& directory, const std::string& kind,
                              const std::string& body) {
  write_file(directory / "body", body);
  const auto out = (directory / "out").string();
  const auto command = "NODE_PATH='" + kDecoderPackages + "/node_modules' node '" + kDecoders +
                       "/decode.js' " + kind + " '" + (directory / "body").string() + "' >'" + out +
                       "' 2>'" + out + ".err'";
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(out + ".err");
  const auto text = read_file(out);
  return text.empty() ? nlohmann::json() : nlohmann::json::parse(text);
}

}  // namespace srs::test
