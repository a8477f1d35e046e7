#include "siprec/xml_repair.hpp"

#include <gtest/gtest.h>

namespace srs::siprec {
namespace {

std::string repaired(std::string_view text) {
  const auto result = repair_xml(text);
  return result ? result->text : result.error().text;
}

TEST(XmlRepair, LeavesWellFormedXmlAlone) {
  const std::string text =
      "<?xml version='1.0'?><!-- a & b <c> --><r a=\"1 > 0\"><b/>x &amp; &#233;&#xE9;"
      "<![CDATA[ < & ]]></r>";
  EXPECT_EQ(repaired(text), text);
}

TEST(XmlRepair, EscapesAmpersandsThatBeginNoReference) {
  EXPECT_EQ(repaired("<a>R & D &nbsp; &#x; &</a>"), "<a>R &amp; D &amp;nbsp; &amp;#x; &amp;</a>");
}

TEST(XmlRepair, TurnsAWordInAngleBracketsIntoText) {
  EXPECT_EQ(repaired("<name>Zoé & <Sipp></name>"), "<name>Zoé &amp; &lt;Sipp></name>");
  EXPECT_EQ(repaired("<name><sip:bob@x></name>"), "<name>&lt;sip:bob@x></name>");
  EXPECT_EQ(repaired("<name>a < b</name>"), "<name>a &lt; b</name>");
}

TEST(XmlRepair, EscapesInsideOfAttributeValues) {
  EXPECT_EQ(repaired("<nameID aor=\"<sip:a@b>&x\"/>"), "<nameID aor=\"&lt;sip:a@b>&amp;x\"/>");
}

TEST(XmlRepair, ClosesKnownElementsThatWereLeftOpen) {
  EXPECT_EQ(repaired("<participant><nameID aor='sip:a@b'></participant>"),
            "<participant><nameID aor='sip:a@b'></nameID></participant>");
}

TEST(XmlRepair, LeavesOutStrayEndTagsDoctypesAndControlCharacters) {
  EXPECT_EQ(repaired("<!DOCTYPE r [<!ENTITY a 'b'>]><r></x>\x01t</r>"), "<r>t</r>");
  EXPECT_EQ(repaired("<!DOCTYPE r SYSTEM 'http://x/y.dtd'><r/>"), "<r/>");
}

TEST(XmlRepair, LeavesAnUnfinishedTagAsText) {
  EXPECT_EQ(repaired("<a><b x='1"), "<a>&lt;b x='1");
  EXPECT_EQ(repaired("<a></a"), "<a>&lt;/a");
  EXPECT_EQ(repaired("<!-- never closed"), "&lt;!-- never closed");
}

std::string repeated(std::string_view what, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += what;
  return text;
}

TEST(XmlRepair, GivesUpOnTextsThatAreNothingButMistakes) {
  EXPECT_EQ(repaired(repeated("<!--", 1 << 20)),
            "the metadata has too much markup that is not closed");
  EXPECT_EQ(repaired(repeated("&", 1 << 20)), "the metadata has more than 4096 faults in its XML");
  EXPECT_EQ(repaired(repeated("<a>", 1 << 20)),
            "the metadata's elements stand more than 256 deep in each other");
}

TEST(XmlRepair, RefusesMoreAttributesThanAnyElementNeeds) {
  EXPECT_EQ(repaired("<a " + repeated("x='' ", 64 * 5) + "/>").substr(0, 3), "<a ");
  EXPECT_EQ(repaired("<a " + repeated("x='' ", 65 * 5) + "/>"),
            "an element of the metadata has more than 64 attributes");
}

TEST(XmlRepair, NamesTheFirstFaultInTheOrderOfTheText) {
  const auto fault = [](std::string_view text) { return repair_xml(text)->first_fault; };
  EXPECT_EQ(fault("<a/>"), "");
  EXPECT_EQ(fault("<a>\n<b>\n&</a>"), "line 2: a < that begins no tag: write &lt;");
  EXPECT_EQ(fault("<name>\nR&D</name>"), "line 2: a bare &: write &amp;");
  EXPECT_EQ(fault("<name><name>\n\n</a>"), "line 3: an end tag of nothing");
  EXPECT_EQ(fault("<participant><name></participant>"),
            "line 1: an element before it is not closed");
}

TEST(XmlRepair, StaysLinearOnTextsMadeOfMistakes) {
  for (const auto* what : {"&", "<", "<a b='", "<a b=\"'", "</a>", "<a><b></a>", "<![CDATA[]]>",
                           "<!DOCTYPE [", "<a x='1'"}) {
    const auto text = repeated(what, 1 << 18);
    const auto result = repair_xml(text);
    if (result) {
      EXPECT_LE(result->text.size(), text.size() * 8) << what;
    }
  }
}

}  // namespace
}  // namespace srs::siprec
