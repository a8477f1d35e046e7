#include "support/files.hpp"

#include "support/temp_dir.hpp"

#include <srs/storage/files.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

namespace srs::storage {
namespace {

using ::testing::HasSubstr;

TEST(WriteAtomically, ReplacesTheWholeFileAndLeavesNothingElse) {
  test::TempDir dir;
  ASSERT_TRUE(write_atomically(dir / "a.json", "a long first text", Durability::Cached));
  ASSERT_TRUE(write_atomically(dir / "a.json", "short", Durability::Synced));
  EXPECT_EQ(test::read_file(dir / "a.json"), "short");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

TEST(WriteAtomically, KeepsTheOldTextWhereTheDiskIsFull) {
  test::TempDir dir;
  ASSERT_TRUE(write_atomically(dir / "a", "old", Durability::Cached));
  // A limit of file size is the full disk of a test: writes beyond it fail.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{4096, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto written = write_atomically(dir / "a", std::string(10'000, 'x'), Durability::Cached);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text, HasSubstr((dir / "a").string()));
  EXPECT_EQ(test::read_file(dir / "a"), "old");
  EXPECT_FALSE(std::filesystem::exists(dir / "a.tmp"));
}

TEST(WriteAtomically, SaysWhichPathFailedAndWhatToDo) {
  test::TempDir dir;
  const auto written = write_atomically(dir / "none/a.json", "x", Durability::Cached);
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text, HasSubstr("none/a.json"));
  EXPECT_THAT(written.error().text, HasSubstr("No such file or directory; create it"));
}

TEST(ReadFile, ReadsUpToItsLimitAndRefusesMore) {
  test::TempDir dir;
  test::write_file(dir / "a", std::string(1000, 'a'));
  EXPECT_EQ(read_file(dir / "a", 1000).value().size(), 1000U);
  const auto refused = read_file(dir / "a", 999);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("larger than 999 bytes"));
}

TEST(MakeDirectories, CreatesParentsAndAcceptsWhatIsThere) {
  test::TempDir dir;
  ASSERT_TRUE(make_directories(dir / "a/b/c"));
  ASSERT_TRUE(make_directories(dir / "a/b/c"));
  ASSERT_TRUE(make_directories(dir / "a/d/"));
  struct stat figures {};
  ASSERT_EQ(::stat((dir / "a/b/c").c_str(), &figures), 0);
  EXPECT_EQ(
      figures.st_mode & 0777U, 0750U & ~[] {
        const auto mask = ::umask(0);
        ::umask(mask);
        return mask;
      }());
}

TEST(MakeDirectories, RefusesAFileInTheWay) {
  test::TempDir dir;
  test::write_file(dir / "a", "file");
  EXPECT_THAT(make_directories(dir / "a").error().text, HasSubstr("Not a directory"));
  EXPECT_FALSE(make_directories(dir / "a/b"));
}

TEST(CheckWritable, LeavesNothingBehindAndNamesAMissingDirectory) {
  test::TempDir dir;
  ASSERT_TRUE(check_writable(dir.path()));
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  EXPECT_THAT(check_writable(dir / "none").error().text, HasSubstr("none: No such file"));
}

TEST(CheckWritable, SaysWhyADirectoryOfOthersCantBeUsed) {
  if (::geteuid() == 0) {
    // root may write everywhere but into the kernel's own file systems.
    EXPECT_FALSE(check_writable("/proc"));
    return;
  }
  EXPECT_THAT(check_writable("/").error().text, HasSubstr("Permission denied"));
}

TEST(Space, IsThatOfTheFileSystem) {
  const auto figures = storage::space(std::filesystem::temp_directory_path());
  ASSERT_TRUE(figures);
  const auto theirs = std::filesystem::space(std::filesystem::temp_directory_path());
  EXPECT_EQ(figures->total, theirs.capacity);
  EXPECT_LE(figures->available, figures->total);
  EXPECT_FALSE(storage::space("/none/there"));
}

TEST(Space, IsShortOfFilesBelowAThousandOrATwentiethOfFew) {
  EXPECT_TRUE(short_of_files({.files = 1'000'000, .files_available = 999}));
  EXPECT_FALSE(short_of_files({.files = 1'000'000, .files_available = 1000}));
  EXPECT_TRUE(short_of_files({.files = 200, .files_available = 9}));
  EXPECT_FALSE(short_of_files({.files = 200, .files_available = 10}));
  EXPECT_FALSE(short_of_files({.files = 0, .files_available = 0})) << "it counts none";
}

// FIPS 180-4's examples, and more than one buffer.
TEST(Sha256, IsTheOneOfTheStandard) {
  test::TempDir dir;
  test::write_file(dir / "abc", "abc");
  test::write_file(dir / "empty", "");
  test::write_file(dir / "million", std::string(1'000'000, 'a'));
  EXPECT_EQ(sha256(dir / "abc").value(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(dir / "empty").value(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256(dir / "million").value(),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_FALSE(sha256(dir / "none"));
}

TEST(Sync, TakesFilesAndDirectories) {
  test::TempDir dir;
  test::write_file(dir / "a", "a");
  EXPECT_TRUE(sync(dir / "a"));
  EXPECT_TRUE(sync(dir.path()));
  EXPECT_FALSE(sync(dir / "b"));
}

}  // namespace
}  // namespace srs::storage
