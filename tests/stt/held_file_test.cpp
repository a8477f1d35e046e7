// What a crash left of text that was held back.
#include <srs/stt/live.hpp>

#include <gmock/gmock.h>
#include <support/files.hpp>
#include <support/temp_dir.hpp>

namespace srs::stt {
namespace {

using srs::test::read_file;
using srs::test::write_file;

class HeldFile : public testing::Test {
 protected:
  static std::string line(unsigned channel, int start, const std::string& text,
                          const std::string& more = "") {
    return R"({"final":true,"channel":)" + std::to_string(channel) + R"(,"start_ms":)" +
           std::to_string(start) + R"(,"end_ms":)" + std::to_string(start + 500) + R"(,"text":")" +
           text + "\"" + more + "}\n";
  }
  // The live text once `held` was taken over.
  std::string taken_over(const std::string& live, const std::string& held) {
    if (!live.empty()) write_file(directory_ / kLiveFile, live);
    write_file(directory_ / kHeldFile, held);
    const auto done = recover_held(directory_.path());
    EXPECT_TRUE(done) << done.error().text;
    EXPECT_FALSE(std::filesystem::exists(directory_ / kHeldFile));
    return std::filesystem::exists(directory_ / kLiveFile) ? read_file(directory_ / kLiveFile) : "";
  }

 private:
  srs::test::TempDir directory_;
};

TEST_F(HeldFile, IsTakenOverWhereItsTextWasNeverTold) {
  const auto told = line(0, 1000, "good morning");
  const auto held = line(0, 2000, "my card is [...]") + line(0, 3000, "[...]");
  EXPECT_EQ(taken_over(told, held), told + held);
}

TEST_F(HeldFile, IsAllThereIsWhereNothingWasToldYet) {
  const auto held = line(1, 0, "it is [...]");
  EXPECT_EQ(taken_over("", held), held);
}

TEST_F(HeldFile, IsLeftOutAsFarAsItsTextWasTold) {
  const auto other = line(1, 9000, "yes");
  const auto told = line(0, 2000, "my card is [card]",
                         R"(,"redactions":[{"rule":"card","start_ms":2300,"end_ms":3400}])");
  const auto held = line(0, 2000, "my card is [...]") + line(0, 3000, "[...]");
  EXPECT_EQ(taken_over(other + told, held), other + told) << "a place reaches over both";
  const auto later = line(0, 4000, "and [...]");
  EXPECT_EQ(taken_over(other + told, held + later), other + told + later);
}

TEST_F(HeldFile, StandsLinesThatACrashTore) {
  const auto held = line(0, 3000, "room [...]");
  EXPECT_EQ(taken_over("{\"final\":tr", held + "{\"fin"), "{\"final\":tr\n" + held);
  EXPECT_EQ(taken_over("", "no JSON\n[]\n{\"channel\":-1}\n"), "{\"final\":tr\n" + held)
      << "what is none is left out";
}

TEST_F(HeldFile, IsTakenOverOnce) {
  const auto told = line(0, 1000, "good morning");
  const auto held = line(0, 2000, "room [...]");
  EXPECT_EQ(taken_over(told, held), told + held);
  EXPECT_EQ(taken_over(told + held, held), told + held) << "a crash came before it was removed";
}

}  // namespace
}  // namespace srs::stt
