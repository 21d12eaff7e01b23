// SPDX-License-Identifier: MIT
#include "dmb/config/ini_text.h"

#include "support.h"

namespace dmb {
namespace {

using namespace std::string_literals;
using test::Severity;

/// "3[MQTT] 4topic=x|": line numbers, headers and keys, to compare in one go.
std::string outline(std::string_view text) {
  Problems problems;
  std::string out;
  for (const IniSection& section : read_ini(text, problems).sections) {
    out += std::to_string(section.line) + '[' + section.name + ']';
    if (!section.entries.empty()) out += ' ';
    for (const IniEntry& entry : section.entries) {
      out += std::to_string(entry.line) + entry.key + '=' + entry.raw_value + '|';
    }
  }
  return out;
}

std::vector<ConfigProblem> problems_of(std::string_view text) {
  Problems problems;
  read_ini(text, problems);
  return problems.sorted();
}

TEST(IniText, ReadsSectionsAndKeysWithTheirLines) {
  struct Case {
    std::string text;
    std::string expected;
  };
  const std::vector<Case> cases{
      {"", ""},
      {"[A]\nx=1\n[B]\ny=2\n", "1[A] 2x=1|3[B] 4y=2|"},
      {"[A]\nx=1", "1[A] 2x=1|"},
      {"[A]\r\nx=1\r\ny=2\r\n", "1[A] 2x=1|3y=2|"},
      {"[A]\rx=1\ry=2", "1[A] 2x=1|3y=2|"},
      {"\xEF\xBB\xBF[A]\nx=1\n", "1[A] 2x=1|"},
      {"[A]\n\n; note\n# note\nx: 1\n", "1[A] 5x= 1|"},
      {"[ A b ] ; note\nx = a = b\n", "1[A b] 2x= a = b|"},
      {"  [A]\n\tx = 1\n  y : 2\n", "1[A] 2x= 1|3y= 2|"},
      {"[A]\nx = one\n  two\n\n; note\n\tthree\ny = 1\n", "1[A] 2x= one\n  two\n\tthree|7y= 1|"},
      {"[A]\n[B]\n[A]\nx=1\n", "1[A]2[B]3[A] 4x=1|"},
      {"x=1\n[A]\ny=2\n", "0[DEFAULT] 1x=1|2[A] 3y=2|"},
      {"[A]\nmy key = 1\n", "1[A] 2my key= 1|"},
      {"[A] x\ny=2\n", "1[A] 2y=2|"},
      {"[A\ny=2\n", "1[A] 2y=2|"},
  };
  for (const Case& c : cases) EXPECT_EQ(outline(c.text), c.expected) << c.text;
}

TEST(IniText, KeepsValuesHeadersAndKeysOfAnyLength) {
  for (const std::size_t size : {49U, 50U, 199U, 200U, 201U, 5000U, 1U << 20U}) {
    const std::string text(size, 'x');
    EXPECT_EQ(outline("[" + text + "]\n" + text + "=" + text),
              "1[" + text + "] 2" + text + "=" + text + "|");
    EXPECT_EQ(outline("; " + text + "\n[A]\nx=1 ; " + text + "\ny=2"),
              "2[A] 3x=1 ; " + text + "|4y=2|");
  }
}

TEST(IniText, PointsAtEachLineThatIsNoIni) {
  struct Case {
    std::string text;
    int line;
    Severity severity;
    std::string message;
  };
  const std::vector<Case> cases{
      {"[A]\nhello\n", 2, Severity::error, "must be a [section]"},
      {"[A]\n  hello\n", 2, Severity::error, "must be a [section]"},
      {"[A]\nx ; = 1\n", 2, Severity::error, "must be a [section]"},
      {"[A]\n= 1\n", 2, Severity::error, "name of the key is missing"},
      {"[A\n", 1, Severity::error, "closed with"},
      {"[]\n", 1, Severity::error, "needs a name"},
      {"[A] x = 1\n", 1, Severity::warning, "ignored"},
      {"\n\nx = 1\n", 3, Severity::warning, "before the first [section]"},
      {"[A]\nx = 1\n"s + '\0' + "\n", 3, Severity::error, "NUL"},
      {"\xFF\xFE[\0A\0]\0"s, 1, Severity::error, "UTF-16"},
      {"\xFE\xFF\0[\0A"s, 1, Severity::error, "UTF-16"},
  };
  for (const Case& c : cases) {
    const auto problems = problems_of(c.text);
    ASSERT_EQ(problems.size(), 1U) << c.text << test::all_of(problems);
    EXPECT_EQ(problems[0].line, c.line) << c.text;
    EXPECT_EQ(problems[0].severity, c.severity) << c.text;
    EXPECT_TRUE(test::contains(problems[0].message, c.message)) << problems[0].message;
  }
}

TEST(IniText, NeverRepeatsWhatStandsOnAMalformedLine) {
  for (const char* text : {"[MQTT]\nhunter2\n", "[MQTT]\n\x01hunter2\n", "[A]\n = hunter2\n"}) {
    EXPECT_FALSE(test::contains(test::all_of(problems_of(text)), "hunter2"));
  }
}

TEST(IniText, TakesAFileOfNulsAsUnreadable) {
  Problems problems;
  const std::string nuls(1U << 20U, '\0');
  EXPECT_FALSE(read_ini(nuls, problems).readable);
  EXPECT_EQ(problems.error_count(), 1U);
}

TEST(IniText, ReadsWhatIsLeftOfADamagedFile) {
  Problems problems;
  const IniDocument document = read_ini("[A]\nx=1\n\0\0\n\0\ny=2\n"s, problems);
  EXPECT_TRUE(document.readable);
  EXPECT_EQ(document.sections.at(0).entries.size(), 2U);
  EXPECT_EQ(problems.error_count(), 1U);
}

TEST(IniText, SurvivesMillionsOfBytesOfNonsense) {
  const std::vector<std::string> patterns{"\n",  "x\n", "x=1\n",      "[a]\n", "=\n",  "[\n",
                                          " \n", "x",   "\xFF\xC0\n", "\r",    "\r\n", " x\n"};
  for (const std::string& pattern : patterns) {
    std::string text;
    while (text.size() < (1U << 20U)) text += pattern;
    EXPECT_LE(problems_of(text).size(), 303U) << pattern;
  }
}

}  // namespace
}  // namespace dmb
