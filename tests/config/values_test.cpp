#include "config/values.hpp"

#include <gtest/gtest.h>

namespace srs::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsReadInEveryUnitAndSum) {
  EXPECT_EQ(*read_duration("40ms", 1s), 40ms);
  EXPECT_EQ(*read_duration("5s", 1s), 5s);
  EXPECT_EQ(*read_duration("2m", 1s), 2min);
  EXPECT_EQ(*read_duration("1h", 1s), 1h);
  EXPECT_EQ(*read_duration("1d", 1s), 24h);
  EXPECT_EQ(*read_duration("1h30m5s", 1s), 1h + 30min + 5s);
  EXPECT_EQ(*read_duration(" 5 s ", 1s), 5s);
  EXPECT_EQ(*read_duration("5S", 1s), 5s);
}

TEST(Duration, CountsPlainNumbersInTheGivenUnit) {
  EXPECT_EQ(*read_duration("40", 1ms), 40ms);
  EXPECT_EQ(*read_duration("40", 1s), 40s);
  EXPECT_EQ(*read_duration("0", 1s), 0s);
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text : {"", "s", "5x", "-5s", "1.5s", "5s5", "5 5", "1h30", "ms5", "1e3"}) {
    EXPECT_FALSE(read_duration(text, 1s)) << text;
  }
  EXPECT_FALSE(read_duration("99999999999d", 1s));
  EXPECT_FALSE(read_duration("9223372036854775807s9223372036854775807s", 1s));
  EXPECT_FALSE(read_duration("18446744073709551616", 1s));
}

TEST(Duration, IsWrittenInTheLargestWholeUnit) {
  EXPECT_EQ(write_duration(40ms), "40ms");
  EXPECT_EQ(write_duration(1500ms), "1500ms");
  EXPECT_EQ(write_duration(90s), "90s");
  EXPECT_EQ(write_duration(300s), "5m");
  EXPECT_EQ(write_duration(48h), "2d");
  EXPECT_EQ(write_duration(0s), "0s");
}

TEST(Size, IsReadInPowersOf1024And1000) {
  EXPECT_EQ(*read_size("16KiB"), 16384U);
  EXPECT_EQ(*read_size("1GiB"), 1073741824U);
  EXPECT_EQ(*read_size("100MB"), 100000000U);
  EXPECT_EQ(*read_size("100 mb"), 100000000U);
  EXPECT_EQ(*read_size("512"), 512U);
  EXPECT_EQ(*read_size("512B"), 512U);
}

TEST(Size, RefusesWhatIsNone) {
  for (const char* text : {"", "KiB", "1K", "1.5GB", "-1", "1KiBs", "1 2", "99999999TiB"}) {
    EXPECT_FALSE(read_size(text)) << text;
  }
}

TEST(Size, IsWrittenSoThatItReadsBack) {
  EXPECT_EQ(write_size(65536), "64KiB");
  EXPECT_EQ(write_size(100 << 20), "100MiB");
  EXPECT_EQ(write_size(100000000), "100MB");
  EXPECT_EQ(write_size(1234), "1234");
  for (const std::uint64_t value : {0UL, 1UL, 1000UL, 1024UL, 1048576UL, 1UL << 50, 123456789UL}) {
    EXPECT_EQ(*read_size(write_size(value)), value);
  }
}

TEST(Switch, TakesTheUsualWords) {
  for (const char* yes : {"true", "Yes", "ON", "1"}) EXPECT_TRUE(*read_switch(yes)) << yes;
  for (const char* no : {"false", "No", "OFF", "0"}) EXPECT_FALSE(*read_switch(no)) << no;
  EXPECT_FALSE(read_switch("maybe"));
  EXPECT_FALSE(read_switch(""));
}

TEST(Quotes, CutLongTextsAndHideControlCharacters) {
  EXPECT_EQ(in_quotes("a\x1b[31m\n"), "`a?[31m?`");
  EXPECT_LT(in_quotes(std::string(10000, 'x')).size(), 200U);
}

}  // namespace
}  // namespace srs::config
