// What we compress, as gzip itself reads it.
#include <srs/util/gzip.hpp>

#include <gtest/gtest.h>
#include <support/tools.hpp>

#include <random>

namespace srs {
namespace {

TEST(Gzip, IsReadByGzip) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "sip_requests_total " + std::to_string(i) + "\n";
  for (const auto& bytes : {std::string(), std::string("a"), std::string(100'000, '\0'), text}) {
    EXPECT_EQ(srs::test::gunzipped(gzip(bytes)), bytes) << bytes.size();
  }
  EXPECT_LT(gzip(text).size(), text.size() / 3);
}

TEST(Gzip, TakesWhatCantBeMadeSmaller) {
  std::mt19937 random(7);
  for (const std::size_t size : {10U, 65'535U, 65'536U, 1'000'000U}) {
    std::string noise(size, '\0');
    for (auto& c : noise) c = static_cast<char>(random());
    EXPECT_EQ(srs::test::gunzipped(gzip(noise)), noise) << size;
  }
}

}  // namespace
}  // namespace srs
