#include "recording/cut_calls.hpp"

#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace srs::recording {
namespace {

TEST(CutCalls, AreToldToTheNextProcessOnce) {
  test::TempDir root;
  EXPECT_EQ(take_cut_calls(root.path()), 0U);
  ASSERT_TRUE(leave_cut_calls(root.path(), 40));
  EXPECT_EQ(take_cut_calls(root.path()), 40U);
  EXPECT_EQ(take_cut_calls(root.path()), 0U);
}

TEST(CutCalls, AreNotToldAgainWhereSomebodySawThem) {
  test::TempDir root;
  ASSERT_TRUE(leave_cut_calls(root.path(), 1));
  forget_cut_calls(root.path());
  EXPECT_EQ(take_cut_calls(root.path()), 0U);
}

TEST(CutCalls, AreNoneWhereTheWordIsNotOurs) {
  test::TempDir root;
  test::write_file(root / ".calls-cut-by-shutdown", "40");
  EXPECT_EQ(take_cut_calls(root.path()), 40U) << "that is where the word is looked for";
  const std::vector<std::string> words = {"", "many", "-3", "99999999999999999999",
                                          std::string(1000, '9')};
  for (const auto& word : words) {
    test::write_file(root / ".calls-cut-by-shutdown", word);
    EXPECT_EQ(take_cut_calls(root.path()), 0U) << word;
  }
}

TEST(CutCalls, SayWhyTheyCantBeLeft) {
  EXPECT_NE(leave_cut_calls("/none/there", 1).error().text.find("/none/there"), std::string::npos);
}

}  // namespace
}  // namespace srs::recording
