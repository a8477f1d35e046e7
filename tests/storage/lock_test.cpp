#include "support/temp_dir.hpp"

#include <srs/storage/lock.hpp>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

namespace srs::storage {
namespace {

TEST(DirectoryLock, IsHeldByOneAtATime) {
  const test::TempDir directory;
  const auto path = directory / "recordings";
  std::optional<Result<DirectoryLock>> first(lock_directory(path));
  ASSERT_TRUE(*first) << first->error().text;
  const auto second = lock_directory(path);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text, testing::HasSubstr(std::to_string(::getpid())));
  first.reset();
  EXPECT_TRUE(lock_directory(path));
}

TEST(DirectoryLock, EndsWithItsProcess) {
  const test::TempDir directory;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = lock_directory(directory.path());
    ::_exit(held ? 7 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 7);
  EXPECT_TRUE(lock_directory(directory.path()));
}

TEST(DirectoryLock, SaysWhyADirectoryCannotBeMade) {
  const auto lock = lock_directory("/proc/nope");
  ASSERT_FALSE(lock);
  EXPECT_THAT(lock.error().text, testing::HasSubstr("/proc/nope"));
}

}  // namespace
}  // namespace srs::storage
