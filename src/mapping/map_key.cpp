// SPDX-License-Identifier: MIT
#include "map_key.h"

#include "dmb/battery/letter_case.h"
#include "dmb/codec/payload_key.h"
#include "dmb/codec/spelling.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace dmb {
namespace {

constexpr std::string_view kNumber = "{n}";
constexpr std::size_t kLongestKey = 64;

struct Word {
  std::string_view name;
  MapKey::Kind kind;
};
constexpr std::array<Word, 4> kWords{{{"{item}", MapKey::Kind::any_item},
                                      {"availability", MapKey::Kind::availability},
                                      {"alive", MapKey::Kind::alive},
                                      {"only_changes", MapKey::Kind::only_changes}}};
constexpr std::array<std::string_view, 4> kFamilies{
    "Voltages/Cell{n}", "Balances/Cell{n}", "System/Temperature{n}", "System/Temperature{n}Name"};

std::string with_number(std::string_view key, std::size_t place, int number) {
  std::string path(key);
  path.replace(place, kNumber.size(), std::to_string(number));
  return path;
}

/// The family that `key` with its "{n}" at `place` stands for.
std::optional<MapKey> family_of(std::string_view key, std::size_t place) {
  const auto first = understand_key(with_number(key, place, 1)).item;
  if (!first) return std::nullopt;
  MapKey family{.first = *first, .numbered = true};
  while (family.first.index() + family.numbers < kQuantities) {
    const int next = static_cast<int>(family.numbers) + 1;
    if (understand_key(with_number(key, place, next)).item != first->after(family.numbers)) break;
    ++family.numbers;
  }
  if (family.numbers == 1) return std::nullopt;
  return family;
}

/// The members of large families: their "{n}" is among the keys already.
bool is_numbered(std::string_view path) {
  return path.starts_with("/Voltages/Cell") || path.starts_with("/Balances/Cell");
}

/// Every key, as it is written.
std::vector<std::string_view> all_keys() {
  std::vector<std::string_view> keys(kFamilies.begin(), kFamilies.end());
  for (const Word& word : kWords) keys.push_back(word.name);
  for (const ItemSpec& item : quantity_specs())
    if (has(item.traits, Trait::payload) && !is_numbered(item.path))
      keys.push_back(item.path.substr(1));
  return keys;
}

/// The key whose last part is `key`, such as "Dc/0/Voltage" for "voltage".
std::string_view ends_like(std::string_view key, std::span<const std::string_view> keys) {
  const auto fits = [key](std::string_view one) {
    const std::size_t slash = one.rfind('/');
    return slash != std::string_view::npos && equals_ignoring_case(one.substr(slash + 1), key);
  };
  const auto found = std::ranges::find_if(keys, fits);
  return found == keys.end() ? std::string_view{} : *found;
}

std::string_view nearest_key(std::string_view key) {
  const auto keys = all_keys();
  if (const auto found = ends_like(key, keys); !found.empty()) return found;
  std::vector<std::string> lower_case(keys.size());
  std::ranges::transform(keys, lower_case.begin(), to_lower);
  const std::vector<std::string_view> candidates(lower_case.begin(), lower_case.end());
  const std::string_view nearest = nearest_word(to_lower(key), candidates);
  if (nearest.empty()) return {};
  const auto place = std::ranges::find(candidates, nearest) - candidates.begin();
  return keys[static_cast<std::size_t>(place)];
}

std::string unknown_message(std::string_view key) {
  const std::string path = '/' + std::string(key);
  const bool is_known = std::ranges::any_of(
      quantity_specs(), [&](const auto& item) { return equals_ignoring_case(item.path, path); });
  if (is_known || understand_key(key).ignored)
    return "is nothing that a publisher may tell: it comes from the config, or from the program";
  const std::string_view nearest = nearest_key(key);
  return nearest.empty() ? "is no item: all items stand in docs/payload.md"
                         : "is no item: did you mean \"" + std::string(nearest) + "\"?";
}

}  // namespace

std::optional<MapKey> read_key(std::string_view key, MapFaults& faults) {
  const std::size_t slash = key.starts_with('/') ? 1 : 0;
  const std::string_view path = key.substr(slash);
  for (const Word& word : kWords)
    if (equals_ignoring_case(path, word.name)) return MapKey{.kind = word.kind};
  if (path.size() > kLongestKey) {
    faults.add_to_key(0, "is no item: it is longer than any");
    return std::nullopt;
  }
  const std::size_t place = to_lower(path).find(kNumber);
  if (place != std::string_view::npos) {
    if (auto family = family_of(path, place)) return family;
  } else if (const auto item = understand_key(path).item) {
    return MapKey{.first = *item};
  }
  const std::size_t brace = path.find('{');
  if (place == std::string_view::npos && brace != std::string_view::npos)
    faults.add_to_key(slash + brace,
                      "on the left the number is {n}, e.g. Voltages/Cell{n}: {n-1} "
                      "and {n:02} belong on the right");
  else
    faults.add_to_key(0, unknown_message(path));
  return std::nullopt;
}

}  // namespace dmb
