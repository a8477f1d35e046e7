#include "recording/archive.hpp"

#include "support/files.hpp"
#include "support/shared_data.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <srs/recording/directories.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <set>

namespace srs::recording {
namespace {

class ArchiveTest : public testing::Test {
 protected:
  ArchiveTest() { options_.directory = directory_ / "recordings"; }

  Archive& open() {
    archive_ = std::make_unique<Archive>(io_.get_executor(), options_, registry_, log::Logger{});
    return *archive_;
  }

  void settle() {
    bool settled = false;
    boost::asio::co_spawn(
        io_,
        [&]() -> boost::asio::awaitable<void> {
          co_await archive_->settled();
          settled = true;
        },
        boost::asio::detached);
    ASSERT_TRUE(test::wait_until([&] {
      io_.restart();
      io_.poll();
      return settled;
    }));
  }

  bool refreshed_until(const std::function<bool()>& done) {
    archive_->refresh();
    return test::wait_until([&] {
      io_.restart();
      io_.poll();
      return done();
    });
  }

  test::TempDir directory_;
  boost::asio::io_context io_;
  metrics::Registry registry_;
  Options options_;
  std::unique_ptr<Archive> archive_;
};

TEST(RecordingId, SortsByTimeAndIsSafeAsAFileName) {
  const auto early = make_recording_id(*from_rfc3339("2026-11-22T11:09:45.123Z"));
  const auto late = make_recording_id(*from_rfc3339("2026-11-22T11:09:45.124Z"));
  EXPECT_EQ(early.substr(0, 19), "20261122T110945123Z");
  EXPECT_LT(early, late);
  EXPECT_EQ(early.find_first_not_of("0123456789abcdefTZ-"), std::string::npos);
}

TEST(RecordingId, IsUniqueWithinOneInstant) {
  std::set<std::string> ids;
  const auto now = wall_now();
  for (int i = 0; i < 1000; ++i) ids.insert(make_recording_id(now));
  EXPECT_EQ(ids.size(), 1000u);
}

TEST_F(ArchiveTest, MakesItsDirectoryAtTheStartAndAgainWhenItWasLost) {
  auto& archive = open();
  EXPECT_EQ(archive.trouble(), "");
  EXPECT_TRUE(std::filesystem::is_directory(options_.directory));
  std::filesystem::remove_all(options_.directory);
  archive.refresh();
  EXPECT_TRUE(test::wait_until([&] { return std::filesystem::is_directory(options_.directory); }));
}

TEST_F(ArchiveTest, PutsARecordingIntoTheDirectoryOfItsDay) {
  const auto path = open().directory_of("id", *from_rfc3339("2026-11-22T23:59:59Z"));
  EXPECT_EQ(path, std::filesystem::absolute(options_.directory) / "2026-11-22" / "id");
}

TEST_F(ArchiveTest, LeavesTheLastOfSeveralTextsInTheFile) {
  auto& archive = open();
  const auto directory = archive.directory_of("id", wall_now());
  for (int i = 0; i < 100; ++i) archive.store(directory, "a.txt", std::to_string(i));
  settle();
  EXPECT_EQ(test::read_file(directory / "a.txt"), "99");
}

TEST_F(ArchiveTest, WritesWhatWaitsBeforeItGoes) {
  auto& archive = open();
  const auto directory = archive.directory_of("id", wall_now());
  archive.store(directory, "a.txt", "x");
  archive_.reset();
  EXPECT_EQ(test::read_file(directory / "a.txt"), "x");
}

TEST_F(ArchiveTest, RefusesNewRecordingsWhileItsDirectoryTakesNoFile) {
  auto& archive = open();
  EXPECT_EQ(archive.trouble(), "");
  test::write_file(options_.directory / "2026-11-22", "a file where a directory must be");
  const auto directory = archive.directory_of("id", *from_rfc3339("2026-11-22T11:09:45Z"));
  archive.store(directory, "a.txt", "x");
  settle();
  EXPECT_NE(archive.trouble().find("recording.directory"), std::string::npos);
  EXPECT_NE(archive.trouble().find("2026-11-22"), std::string::npos) << archive.trouble();
  EXPECT_NE(registry_.text().find("recording_write_errors_total 1"), std::string::npos);

  archive.refresh();  // the root itself is writable: new recordings may try again
  EXPECT_TRUE(test::wait_until([&] { return archive.trouble().empty(); }));
}

TEST_F(ArchiveTest, PutsRecordingsBesideADayWhoseDirectoryIsSomethingElse) {
  const auto day = to_rfc3339(wall_now()).substr(0, 10);
  std::filesystem::create_directories(options_.directory);
  test::write_file(options_.directory / day, "a file where a directory must be");
  test::write_file(options_.directory / (day + "-2"), "and another");
  auto& archive = open();
  const auto root = std::filesystem::absolute(options_.directory);
  EXPECT_EQ(archive.directory_of("id", wall_now()), root / (day + "-3") / "id");
  EXPECT_NE(archive.detour().find(day + " is no directory"), std::string::npos) << archive.detour();
  EXPECT_EQ(archive.trouble(), "");
  EXPECT_NE(registry_.text().find("reason=\"day_directory\"} 1"), std::string::npos);

  std::filesystem::remove(root / day);
  EXPECT_TRUE(refreshed_until([&] { return archive.detour().empty(); }));
  EXPECT_EQ(archive.directory_of("id", wall_now()), root / day / "id");
}

// Nobody sees that /proc takes no directories, not even from its rights.
TEST_F(ArchiveTest, PutsRecordingsBesideADayWhoseDirectoryRefusedThem) {
  auto& archive = open();
  const auto day = to_rfc3339(wall_now()).substr(0, 10);
  const auto root = std::filesystem::absolute(options_.directory);
  std::filesystem::create_directory_symlink("/proc", root / day);
  archive.store(archive.directory_of("a", wall_now()), "a.txt", "x");
  settle();
  EXPECT_NE(archive.trouble(), "");
  EXPECT_TRUE(refreshed_until([&] { return !archive.detour().empty(); }));
  EXPECT_EQ(archive.trouble(), "");
  for (int look = 0; look < 3; ++look) {
    EXPECT_TRUE(refreshed_until([&] { return archive.trouble().empty(); }));
    EXPECT_EQ(archive.directory_of("b", wall_now()), root / (day + "-2") / "b");
  }
}

TEST_F(ArchiveTest, FindsOutAtTheStartThatADayRefusesRecordings) {
  const auto day = to_rfc3339(wall_now()).substr(0, 10);
  std::filesystem::create_directories(options_.directory);
  std::filesystem::create_directory_symlink("/proc", options_.directory / day);
  auto& archive = open();
  const auto root = std::filesystem::absolute(options_.directory);
  EXPECT_EQ(archive.directory_of("first", wall_now()), root / (day + "-2") / "first");
  EXPECT_EQ(archive.trouble(), "");
}

TEST_F(ArchiveTest, TakesWhatARecordingCouldNotWriteAlongWhereItMoves) {
  auto& archive = open();
  const auto day = to_rfc3339(wall_now()).substr(0, 10);
  const auto directory = archive.directory_of("id", wall_now());
  test::write_file(options_.directory / day, "in the way");
  const auto later = later_directories(directory).at(0);
  archive.store(directory, "refused.txt", "x");
  settle();
  archive.store(directory, "waits.txt", "y");
  archive.store(directory.parent_path() / "other", "other.txt", "z");
  archive.move(directory, later);
  settle();
  EXPECT_EQ(test::read_file(later / "refused.txt"), "x");
  EXPECT_EQ(test::read_file(later / "waits.txt"), "y");
  EXPECT_EQ(archive.retries(), 1U) << "that of the other recording";
  EXPECT_NE(registry_.text().find("reason=\"day_directory\"} 1"), std::string::npos);
  EXPECT_TRUE(refreshed_until([&] { return !archive.detour().empty(); })) << "it was looked again";
}

// The next call's capture moves as well where it has to: nobody is refused for this one.
TEST_F(ArchiveTest, TakesNewCallsWhileARecordingMoves) {
  auto& archive = open();
  const auto day = to_rfc3339(wall_now()).substr(0, 10);
  const auto directory = archive.directory_of("id", wall_now());
  test::write_file(options_.directory / day, "in the way");
  archive.move(directory, later_directories(directory).at(0));
  EXPECT_EQ(archive.trouble(), "");
  EXPECT_TRUE(refreshed_until([&] { return !archive.detour().empty(); })) << "it was looked again";
  EXPECT_EQ(archive.trouble(), "");
}

// Its batch is on its way while the recording moves.
TEST_F(ArchiveTest, SendsWhatIsRefusedMeanwhileAfterTheRecording) {
  auto& archive = open();
  const auto day = to_rfc3339(wall_now()).substr(0, 10);
  const auto directory = archive.directory_of("id", wall_now());
  test::write_file(options_.directory / day, "in the way");
  const auto later = later_directories(directory).at(0);
  archive.store(directory, "a.txt", "x");
  ASSERT_TRUE(test::wait_until([&] {  // the thread has had it, and nobody here has heard of it
    io_.restart();
    io_.poll_one();
    return registry_.text().find("recording_write_errors_total 1") != std::string::npos;
  }));
  archive.move(directory, later);
  EXPECT_TRUE(refreshed_until([&] { return std::filesystem::exists(later / "a.txt"); }));
}

TEST(Directories, OfARecordingAreThoseOfItsDay) {
  const std::filesystem::path day = "/r/2026-11-22-7/id";
  EXPECT_EQ(later_directories(day),
            (std::vector<std::filesystem::path>{"/r/2026-11-22-8/id", "/r/2026-11-22-9/id"}));
  EXPECT_EQ(later_directories("/r/2026-11-22/id").size(), kDayDirectories - 1);
  EXPECT_EQ(earlier_directories("/r/2026-11-22-3/id"),
            (std::vector<std::filesystem::path>{"/r/2026-11-22-2/id", "/r/2026-11-22/id"}));
  EXPECT_TRUE(earlier_directories("/r/2026-11-22/id").empty());
  EXPECT_TRUE(earlier_directories("/r/elsewhere/id").empty());
  for (const auto* other : {"/r/2026-11-22-9/id", "/r/elsewhere/id", "/r/2026-13-22/id", "id", ""})
    EXPECT_TRUE(later_directories(other).empty()) << other;
}

TEST(Directories, OfTheHighestNumberIsTheRecording) {
  const test::TempDir root;
  EXPECT_TRUE(find_recording(root.path(), "2026-11-22", "id").empty());
  std::filesystem::create_directories(root / "2026-11-22" / "id");
  EXPECT_EQ(find_recording(root.path(), "2026-11-22", "id"), root / "2026-11-22" / "id");
  std::filesystem::create_directories(root / "2026-11-22-3" / "id");
  EXPECT_EQ(find_recording(root.path(), "2026-11-22", "id"), root / "2026-11-22-3" / "id");
}

TEST_F(ArchiveTest, RefusesNewRecordingsWhereNoNameOfTheDayIsLeft) {
  const auto day = to_rfc3339(wall_now()).substr(0, 10);
  std::filesystem::create_directories(options_.directory);
  for (unsigned number = 1; number <= kDayDirectories; ++number)
    test::write_file(options_.directory / day_directory(day, number), "in the way");
  auto& archive = open();
  EXPECT_NE(archive.trouble(), "");
  std::filesystem::remove(options_.directory / day);
  EXPECT_TRUE(refreshed_until([&] { return archive.trouble().empty(); }));
}

// A full disk: files can be made, but nothing written into them.
class FullDisk {
 public:
  FullDisk() : before_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit none{0, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    ::signal(SIGXFSZ, before_);
  }

 private:
  rlimit limit_{};
  sighandler_t before_;
};

TEST_F(ArchiveTest, StaysFailingAsLongAsTheDiskIsFull) {
  auto& archive = open();
  {
    const FullDisk full;
    archive.suspect("can't write a.pcapng: No space left on device");  // it refused a capture
    EXPECT_NE(archive.trouble().find("No space left"), std::string::npos) << archive.trouble();
    const auto refused_looks = [&](int count) {
      archive.refresh();
      const std::string name = "\nrecording_write_errors_total ";
      const auto text = registry_.text();
      return std::stoi(text.substr(text.find(name) + name.size())) >= count;
    };
    for (int i = 1; i <= 3; ++i) {
      EXPECT_TRUE(test::wait_until([&] { return refused_looks(i); })) << i;
      EXPECT_NE(archive.trouble(), "");
    }
  }
  EXPECT_TRUE(test::wait_until([&] {
    archive.refresh();
    return archive.trouble().empty();
  }));
}

TEST_F(ArchiveTest, TriesAFileAgainThatTheDiskRefused) {
  auto& archive = open();
  const auto directory = archive.directory_of("id", wall_now());
  std::filesystem::create_directories(directory / "a.txt.tmp");
  archive.store(directory, "a.txt", "x");
  settle();
  EXPECT_TRUE(test::wait_until([&] {
    io_.restart();
    io_.poll();
    return archive.retries() == 1;
  }));
  EXPECT_NE(registry_.text().find("\nrecording_writes_postponed 1\n"), std::string::npos);
  std::filesystem::remove(directory / "a.txt.tmp");
  EXPECT_TRUE(test::wait_until([&] {
    io_.restart();
    io_.poll();
    return std::filesystem::exists(directory / "a.txt") && archive.retries() == 0;
  }));
  EXPECT_EQ(test::read_file(directory / "a.txt"), "x");
}

TEST_F(ArchiveTest, WritesNoOlderTextOverANewerOne) {
  auto& archive = open();
  const auto directory = archive.directory_of("id", wall_now());
  std::filesystem::create_directories(directory / "metadata.json.tmp");
  archive.store(directory, "metadata.json", "old");
  settle();
  std::filesystem::remove(directory / "metadata.json.tmp");
  archive.store(directory, "metadata.json", "new");
  settle();
  EXPECT_EQ(archive.retries(), 0u);
  EXPECT_EQ(test::read_file(directory / "metadata.json"), "new");

  std::filesystem::create_directories(directory / "metadata.json.tmp");
  archive.store(directory, "metadata.json", "older than the renderer's");
  settle();
  archive.forget(directory);
  EXPECT_EQ(archive.retries(), 0u);
  std::filesystem::remove(directory / "metadata.json.tmp");
  archive_.reset();
  EXPECT_EQ(test::read_file(directory / "metadata.json"), "new");
}

TEST_F(ArchiveTest, RefusesNewRecordingsBelowTheLowWaterMarkOfTheDisk) {
  options_.min_free_space = std::uint64_t{1} << 62;
  EXPECT_NE(open().trouble().find("recording.min_free_space"), std::string::npos);
}

// In a child, so that the mount is gone with it.
TEST_F(ArchiveTest, RefusesNewRecordingsWhereHardlyAnyInodesAreLeft) {
  if (::geteuid() != 0 && test::in_ci()) GTEST_FAIL() << "CI has to be root to mount a file system";
  if (::geteuid() != 0) GTEST_SKIP() << "only root mounts a file system";
  options_.min_free_space = 0;
  const auto refused = [&] {
    if (::unshare(CLONE_NEWNS) != 0) return 2;
    if (::mount("", "/", "", MS_REC | MS_PRIVATE, nullptr) != 0) return 3;
    const auto root = options_.directory;
    std::filesystem::create_directories(root);
    if (::mount("tmpfs", root.c_str(), "tmpfs", 0, "size=8m,nr_inodes=100") != 0) return 4;
    if (!open().trouble().empty()) return 5;
    for (int i = 0; i < 96; ++i) test::write_file(root / std::to_string(i), "");
    archive_.reset();
    return open().trouble().find("inodes") == std::string::npos ? 6 : 0;
  };
  EXPECT_EXIT(::_exit(refused()), testing::ExitedWithCode(0), "");
}

TEST_F(ArchiveTest, KnowsTheSpaceOfItsFileSystem) {
  const auto space = open().space();
  EXPECT_GT(space.total, 0u);
  EXPECT_LE(space.available, space.total);
}

}  // namespace
}  // namespace srs::recording
