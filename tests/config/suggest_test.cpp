#include "config/suggest.hpp"

#include <gtest/gtest.h>

namespace srs::config {
namespace {

TEST(EditDistance, CountsEditsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("listen", "listne"), 1U);
  EXPECT_EQ(edit_distance("listen", "lissten"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(DidYouMean, FindsTypingErrorsWhateverTheirCase) {
  EXPECT_EQ(did_you_mean("Sip.Lsiten", known_names()), " (did you mean sip.listen?)");
  EXPECT_EQ(did_you_mean("recordings", known_names()), " (did you mean recording?)");
  EXPECT_EQ(did_you_mean("recording.capture.blocksize", known_names()),
            " (did you mean recording.capture.block_size?)");
}

TEST(DidYouMean, FindsTheSameNameInOtherSections) {
  EXPECT_EQ(did_you_mean("rtp.listen", known_names()),
            " (did you mean http.listen or sip.listen?)");
}

TEST(DidYouMean, IsSilentWhereNothingIsNear) {
  EXPECT_EQ(did_you_mean("elephants.count", known_names()), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'a'), known_names()), "");
}

}  // namespace
}  // namespace srs::config
