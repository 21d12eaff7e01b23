// SPDX-License-Identifier: MIT
#include "../support/random_line.h"
#include "dmb/record/line_text.h"
#include "dmb/record/masker.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace dmb::record {
namespace {

using nlohmann::json;
using test::for_each_seed;
using test::RandomInput;
using test::RandomLine;

std::string random_secret(RandomInput& random) {
  constexpr std::string_view kLetters = "nrtbuXYZ019\"\\/ ;#=:.-";
  std::string secret = "q";  // no word of ours has qz
  for (std::size_t size = 4 + random.below(8); size > 0; --size)
    secret += kLetters.at(random.below(kLetters.size()));
  return secret + "z";
}

/// A document with secrets here and there, as texts of their own and within others.
json document(RandomInput& random, const std::vector<std::string>& secrets) {
  json out = {{"Soc", 63.5}, {"Dc", {{"Voltage", 52.6}}}};
  for (const std::string& secret : secrets) {
    RandomLine words(random);
    out["k" + std::to_string(random.below(9))] = words.number();
    out["s" + secret + std::to_string(random.below(9))] = "\n" + secret;
    out["list"].push_back(secret + "|" + secret);
  }
  return out;
}

TEST(MaskerProperty, JsonStaysJsonWithoutItsSecrets) {
  for_each_seed(500, [](RandomInput& random) {
    Masker masker;
    std::vector<std::string> secrets;
    for (std::size_t count = 1 + random.below(4); count > 0; --count) {
      secrets.push_back(random_secret(random));
      ASSERT_TRUE(masker.learn(static_cast<Secret>(random.below(kSecretKinds)), secrets.back()));
    }
    const json in = document(random, secrets);
    const json nested = {{"value", in.dump()}};
    for (const json& whole : {in, nested}) {
      const std::string text = whole.dump(-1, ' ', random.one_in(2));
      const json masked = json::parse(masker.mask(text), nullptr, false);
      ASSERT_FALSE(masked.is_discarded()) << text;
      EXPECT_EQ(masked.size(), whole.size());
    }
    const json masked = json::parse(masker.mask(in.dump()));
    EXPECT_EQ(masked["Dc"], in["Dc"]);
    const auto unpacked = json::parse(masker.mask(nested.dump()))["value"].get<std::string>();
    EXPECT_EQ(json::parse(unpacked), masked);
    for (const std::string& secret : secrets)
      for (const json& text : masked["list"])
        EXPECT_EQ(text.get<std::string>().find(secret), std::string::npos) << text;
  });
}

TEST(MaskerProperty, TakesAnyBytes) {
  for_each_seed(500, [](RandomInput& random) {
    Masker masker;
    RandomLine lines(random);
    for (int count = 0; count < 10; ++count) {
      const Line line = lines.line();
      EXPECT_TRUE(masker.learn(line));
      const std::string text = to_text(masker.mask(line));
      EXPECT_TRUE(parse_line(text)) << text;
    }
    std::string bytes = "password=\"";
    for (std::size_t size = random.below(40); size > 0; --size)
      bytes += "\"\\:= serialpassword{}1"[random.below(21)];
    EXPECT_TRUE(masker.learn_text(bytes));
    EXPECT_TRUE(masker.learn_config(bytes));
    static_cast<void>(masker.mask_config(bytes));
  });
}

}  // namespace
}  // namespace dmb::record
