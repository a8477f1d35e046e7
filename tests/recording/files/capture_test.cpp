#include "capture_fixture.hpp"

#include <srs/recording/capture.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <numeric>

namespace srs::recording {
namespace {

using test::CaptureTest;
using ::testing::HasSubstr;

std::vector<std::int64_t> up_to(std::int64_t count) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

// The full disk of a test: no file may grow beyond `bytes` while this lives.
class DiskLimit {
 public:
  explicit DiskLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~DiskLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(CaptureTest, HoldsEveryDatagramInTheOrderOfArrival) {
  start();
  auto capture = writer->open(dir / "c.pcapng");
  for (std::uint32_t i = 0; i < 5000; ++i) send(*capture, i);
  const auto summary = close(*capture, true);
  EXPECT_EQ(summary.packets, 5000U);
  EXPECT_EQ(summary.dropped, 0U);
  EXPECT_EQ(summary.error, "");
  EXPECT_EQ(summary.bytes, std::filesystem::file_size(dir / "c.pcapng"));
  EXPECT_EQ(numbers(dir / "c.pcapng"), up_to(5000));
}

TEST_F(CaptureTest, PutsRtcpOnTheOddPortOfThePair) {
  start();
  auto capture = writer->open(dir / "c.pcapng");
  const std::vector<std::uint8_t> payload = {0x80, 200, 0, 0};
  capture->on_datagram(10000,
                       {payload, test::endpoint("192.0.2.7", 4001), test::call_start(), true});
  close(*capture);
  const auto text = test::read_file(dir / "c.pcapng");
  PcapngReader reader(Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  EXPECT_EQ(reader.next()->udp.destination_port, 10001);
}

TEST_F(CaptureTest, MakesNoFileWhereNothingCame) {
  start();
  auto capture = writer->open(dir / "c.pcapng");
  const auto summary = close(*capture, true);
  EXPECT_EQ(summary.bytes, 0U);
  EXPECT_EQ(summary.error, "");
  EXPECT_FALSE(std::filesystem::exists(dir / "c.pcapng"));
}

TEST_F(CaptureTest, WritesAPacketThatWaitsWithoutAnotherOneComing) {
  start({.block_size = 16 << 10, .flush_interval = std::chrono::milliseconds(20)});
  auto capture = writer->open(dir / "c.pcapng");
  const auto other = writer->open(dir / "other.pcapng");
  send(*capture, 0);
  ASSERT_TRUE(run_until([&] { return capture->summary().packets == 1; }));
  EXPECT_EQ(numbers(dir / "c.pcapng"), up_to(1));
  send(*capture, 1);
  ASSERT_TRUE(run_until([&] { return capture->summary().packets == 2; }));
  EXPECT_EQ(numbers(dir / "c.pcapng"), up_to(2));
}

TEST_F(CaptureTest, CanBeReadAtAnyTimeWhileItGrows) {
  start({.block_size = 2000, .flush_interval = std::chrono::milliseconds(10)});
  auto capture = writer->open(dir / "c.pcapng");
  std::uint32_t sent = 0;
  for (int look = 0; look < 50; ++look) {
    for (int i = 0; i < 37; ++i) send(*capture, sent++);
    // One at least: before that there may be no file yet.
    const auto written = std::max(1U, sent - 37);
    ASSERT_TRUE(run_until([&] { return capture->summary().packets >= written; }));
    auto found = numbers(dir / "c.pcapng");
    // A write that goes on meanwhile is seen page by page: its last packet may be torn.
    if (!found.empty() && found.back() == -1) found.pop_back();
    EXPECT_EQ(found, up_to(static_cast<std::int64_t>(found.size())));
    EXPECT_GE(found.size(), written);
  }
}

TEST_F(CaptureTest, TakesDatagramsLargerThanABlock) {
  start({.block_size = 1024});
  auto capture = writer->open(dir / "c.pcapng");
  send(*capture, 0);
  send(*capture, 1, 60'000);
  send(*capture, 2, 0);
  send(*capture, 3);
  EXPECT_EQ(close(*capture).packets, 4U);
  EXPECT_EQ(numbers(dir / "c.pcapng"), (std::vector<std::int64_t>{0, 1, -2, 3}));
}

TEST_F(CaptureTest, StaysWellFormedWhileTheDiskIsFullAndGoesOnAfterwards) {
  start({.block_size = 4096});
  auto capture = writer->open(dir / "c.pcapng");
  std::uint32_t sent = 0;
  const auto send_until = [&](auto condition) {
    return test::wait_until([&] {
      for (int i = 0; i < 40; ++i) send(*capture, sent++);
      return condition();
    });
  };
  {
    const DiskLimit limit(50'000);  // in the middle of a block
    ASSERT_TRUE(send_until([&] { return capture->summary().dropped > 50; }));
    EXPECT_THAT(capture->summary().error, HasSubstr("c.pcapng: File too large"));
    auto found = numbers(dir / "c.pcapng");
    // A write that is being refused meanwhile is cut off again a moment later.
    if (!found.empty() && found.back() == -1) found.pop_back();
    EXPECT_EQ(found, up_to(static_cast<std::int64_t>(found.size())));
    EXPECT_GT(found.size(), 100U);
  }
  const auto before = capture->summary().packets;
  ASSERT_TRUE(send_until([&] { return capture->summary().packets > before + 200; }));
  const auto summary = close(*capture);
  EXPECT_EQ(summary.packets + summary.dropped, sent);
  const auto found = numbers(dir / "c.pcapng");
  EXPECT_EQ(found.size(), summary.packets);
  EXPECT_EQ(found.back(), sent - 1);
  EXPECT_GT(metric("capture_write_errors_total"), 0);
  EXPECT_EQ(metric("capture_packets_dropped_total"), static_cast<double>(summary.dropped));
}

TEST_F(CaptureTest, KeepsTheFirstPacketsWhereTheDiskIsTooSlowAndCountsTheRest) {
  // A writer that may hold nothing is one that never comes to write.
  start({.block_size = 4096, .max_pending = 0});
  auto capture = writer->open(dir / "c.pcapng");
  for (std::uint32_t i = 0; i < 1000; ++i) send(*capture, i);
  EXPECT_GT(capture->summary().dropped, 900U);
  EXPECT_EQ(metric("capture_packets_dropped_total"),
            static_cast<double>(capture->summary().dropped));
  EXPECT_EQ(writer->crowded_out(), capture->summary().dropped);
  const auto summary = close(*capture);
  EXPECT_EQ(summary.packets + summary.dropped, 1000U);
  EXPECT_EQ(numbers(dir / "c.pcapng"), up_to(static_cast<std::int64_t>(summary.packets)));
}

TEST_F(CaptureTest, NeverWritesOverAnotherFile) {
  test::write_file(dir / "c.pcapng", "evidence");
  start();
  auto capture = writer->open(dir / "c.pcapng");
  send(*capture, 0);
  const auto summary = close(*capture);
  EXPECT_EQ(summary.packets, 0U);
  EXPECT_EQ(summary.dropped, 1U);
  EXPECT_THAT(summary.error, HasSubstr("File exists"));
  EXPECT_EQ(test::read_file(dir / "c.pcapng"), "evidence");
}

TEST_F(CaptureTest, MakesItsDirectoryWhereNobodyHasYet) {
  start();
  const auto path = dir / "day" / "recording" / "capture.pcapng";
  auto capture = writer->open(path);
  send(*capture, 1);
  EXPECT_EQ(close(*capture).packets, 1U);
  EXPECT_EQ(numbers(path), std::vector<std::int64_t>{1});
}

TEST_F(CaptureTest, SaysWhichDirectoryCannotBeMade) {
  start();
  test::write_file(dir / "file", "no directory");
  auto capture = writer->open(dir / "file" / "capture.pcapng");
  send(*capture, 1);
  const auto summary = close(*capture);
  EXPECT_EQ(summary.dropped, 1U);
  EXPECT_NE(summary.error.find((dir / "file").string()), std::string::npos) << summary.error;
}

TEST_F(CaptureTest, LosesNothingWhereAnotherDirectoryOfItsDayTakesIt) {
  start();
  test::write_file(dir / "2026-11-22", "in the way");
  std::filesystem::create_symlink("2026-11-22-2", dir / "2026-11-22-2");  // leads nowhere
  auto capture = writer->open(dir / "2026-11-22" / "id" / "capture.pcapng");
  send(*capture, 0);
  send(*capture, 1);
  EXPECT_TRUE(capture->moved_to().empty()) << "nothing was written yet";
  const auto summary = close(*capture, true);
  EXPECT_EQ(summary.packets, 2U);
  EXPECT_EQ(summary.dropped, 0U);
  EXPECT_EQ(summary.error, "");
  EXPECT_EQ(capture->moved_to(), dir / "2026-11-22-3" / "id");
  EXPECT_EQ(numbers(dir / "2026-11-22-3" / "id" / "capture.pcapng"), up_to(2));
  EXPECT_EQ(metric("capture_write_errors_total"), 0);
}

TEST_F(CaptureTest, NamesTheFileThatItHasWhereTheDiskRefusesMoreOfIt) {
  start({.block_size = 4096});
  test::write_file(dir / "2026-11-22", "in the way");
  auto capture = writer->open(dir / "2026-11-22" / "id" / "capture.pcapng");
  const DiskLimit limit(10'000);
  ASSERT_TRUE(test::wait_until([&] {
    for (std::uint32_t i = 0; i < 40; ++i) send(*capture, i);
    return !capture->summary().error.empty();
  }));
  EXPECT_THAT(capture->summary().error, HasSubstr("2026-11-22-2/id/capture.pcapng: File too"));
}

TEST_F(CaptureTest, StaysWhereItBeganWhateverBecomesOfItsDay) {
  start({.block_size = 16 << 10, .flush_interval = std::chrono::milliseconds(20)});
  const auto other = writer->open(dir / "other.pcapng");  // for the flusher's sake
  auto capture = writer->open(dir / "2026-11-22" / "id" / "capture.pcapng");
  send(*capture, 0);
  ASSERT_TRUE(run_until([&] { return capture->summary().packets == 1; }));
  std::filesystem::rename(dir / "2026-11-22", dir / "moved");
  test::write_file(dir / "2026-11-22", "in the way");
  send(*capture, 1);
  EXPECT_EQ(close(*capture).packets, 2U);
  EXPECT_TRUE(capture->moved_to().empty());
  EXPECT_EQ(numbers(dir / "moved" / "id" / "capture.pcapng"), up_to(2));
}

TEST_F(CaptureTest, IgnoresDatagramsAfterItsEndAndMayBeClosedTwice) {
  start();
  auto capture = writer->open(dir / "c.pcapng");
  send(*capture, 0);
  close(*capture);
  send(*capture, 1);
  const auto summary = close(*capture, true);
  EXPECT_EQ(summary.packets, 1U);
  EXPECT_EQ(summary.dropped, 0U);
  EXPECT_EQ(numbers(dir / "c.pcapng"), up_to(1));
}

TEST_F(CaptureTest, WritesOutWhatWaitsWhenItIsForgotten) {
  start();
  auto capture = writer->open(dir / "c.pcapng");
  for (std::uint32_t i = 0; i < 300; ++i) send(*capture, i);
  capture.reset();
  writer.reset();
  EXPECT_EQ(numbers(dir / "c.pcapng"), up_to(300));
}

TEST_F(CaptureTest, CountsWhatItWrites) {
  start();
  auto capture = writer->open(dir / "c.pcapng");
  for (std::uint32_t i = 0; i < 200; ++i) send(*capture, i);
  const auto summary = close(*capture);
  EXPECT_EQ(metric("capture_packets_total"), 200);
  EXPECT_GT(metric("capture_bytes_total"), 200 * 172);
  EXPECT_LT(metric("capture_bytes_total"),
            static_cast<double>(summary.bytes));  // without its header
  EXPECT_EQ(metric("capture_pending_bytes"), 0);
  EXPECT_EQ(writer->pending_bytes(), 0U);
}

// To write a block of this size takes longer than to look at what waits.
TEST_F(CaptureTest, TellsWhatWaitsForTheDisk) {
  constexpr std::size_t block = 8 << 20;
  start({.block_size = block, .max_pending = 16 * block});
  auto capture = writer->open(dir / "c.pcapng");
  double waiting = 0;
  std::uint32_t number = 0;
  ASSERT_TRUE(test::wait_until([&] {
    for (int i = 0; i < 100; ++i) send(*capture, number++);
    if (writer->pending_bytes() > 0) waiting = metric("capture_pending_bytes");
    return waiting > 0;
  }));
  EXPECT_GE(waiting, static_cast<double>(block));
  close(*capture);
  EXPECT_EQ(metric("capture_pending_bytes"), 0);
}

TEST_F(CaptureTest, ManyGrowSideBySide) {
  start({.block_size = 4096, .flush_interval = std::chrono::milliseconds(10)});
  std::vector<std::unique_ptr<Capture>> captures;
  for (int i = 0; i < 50; ++i) captures.push_back(writer->open(dir / ("c" + std::to_string(i))));
  for (std::uint32_t number = 0; number < 100; ++number) {
    for (auto& capture : captures) send(*capture, number);
    if (number == 50) captures.erase(captures.begin() + 10, captures.begin() + 20);
  }
  ASSERT_TRUE(run_until([&] {
    return std::all_of(captures.begin(), captures.end(),
                       [](const auto& each) { return each->summary().packets == 100; });
  }));
  EXPECT_EQ(numbers(dir / "c49"), up_to(100));
  EXPECT_EQ(numbers(dir / "c10"), up_to(51));
}

}  // namespace
}  // namespace srs::recording
