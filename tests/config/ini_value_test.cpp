// SPDX-License-Identifier: MIT
#include "dmb/config/ini_value.h"

#include "support.h"

namespace dmb {
namespace {

struct TextCase {
  std::string raw;
  std::string expected;
};

TEST(IniValue, DropsCommentsAndQuotesOfPlainValues) {
  const std::vector<TextCase> cases{
      {"", ""},
      {"   ", ""},
      {" 60 ", "60"},
      {"\t60\t; seconds", "60"},
      {" 60 # seconds", "60"},
      {" 60;seconds", "60;seconds"},
      {" a#b ", "a#b"},
      {" ; only a comment", ""},
      {" #", ""},
      {"#", "#"},
      {" \"#\" ", "#"},
      {" \"a ; b\" ", "a ; b"},
      {" 'a # b' # c", "a # b"},
      {" \" a \" ", " a "},
      {" \"a", "\"a"},
      {" a\"", "a\""},
      {" \"", "\""},
      {" \"\"", ""},
      {" \"a' ", "\"a'"},
      {" \"a\"b\" ", "a\"b"},
      {" \"a\" ; \"b\"", "a"},
      {" Bob's battery", "Bob's battery"},
      {" \"Bob's\" battery", "\"Bob's\" battery"},
      {"\n  a/b", "a/b"},
      {" a ; one\n  b ; two\n ; three", "a\nb"},
      {" 100% ", "100%"},
  };
  for (const TextCase& c : cases) {
    EXPECT_EQ(clean_value(c.raw, ValueSyntax::plain).text, c.expected) << c.raw;
  }
}

TEST(IniValue, KeepsSecretsAsWritten) {
  const std::vector<TextCase> cases{
      {" secret ", "secret"},
      {" se;cr#et", "se;cr#et"},
      {" se ;cr #et", "se ;cr #et"},
      {" ; all of it", "; all of it"},
      {" # all of it", "# all of it"},
      {" 100%s%%(x)s", "100%s%%(x)s"},
      {" a=b:c", "a=b:c"},
      {" \" spaces \" ", " spaces "},
      {" \"a\" ; b", "\"a\" ; b"},
      {" \"\"a\"\" ", "\"a\""},
      {" 'a\"", "'a\""},
      {" \"", "\""},
      {"", ""},
  };
  for (const TextCase& c : cases) {
    EXPECT_EQ(clean_value(c.raw, ValueSyntax::secret).text, c.expected) << c.raw;
  }
}

TEST(IniValue, CutsListsAtCommasAndLineEnds) {
  struct Case {
    std::string raw;
    std::vector<std::string> expected;
  };
  const std::vector<Case> cases{
      {"", {}},
      {" , ,, ", {}},
      {" 279", {"279"}},
      {" 279, 280 ,281", {"279", "280", "281"}},
      {" 279, \"DC Loads\" ; note", {"279", "DC Loads"}},
      {" 'a, b', c", {"a, b", "c"}},
      {" \"a ; b\", c # d, e", {"a ; b", "c"}},
      {" Bob's, Ann's", {"Bob's", "Ann's"}},
      {" 'Bob, Ann", {"'Bob", "Ann"}},
      {" \"\", a", {"a"}},
      {" a,\n  b, # two\n  c", {"a", "b", "c"}},
      {" a\n  b", {"a", "b"}},
      {" ; a, b", {}},
      {" \"a\" b, c", {"\"a\" b", "c"}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(clean_value(c.raw, ValueSyntax::list).items, c.expected) << c.raw;
  }
}

}  // namespace
}  // namespace dmb
