// SPDX-License-Identifier: MIT
#include "signature.h"

#include "dmb/codec/number_text.h"
#include "dmb/codec/topic.h"
#include "dmb/mapping/parse_map.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace dmb {
namespace {

// Quotation marks that no topic has: what stands between them is a placeholder's name.
constexpr std::string_view kOpen = "\u2039";
constexpr std::string_view kClose = "\u203A";
constexpr std::size_t kMaxItemLevels = 4;

using Levels = std::vector<std::string_view>;

Levels split(std::string_view topic) {
  Levels levels;
  std::optional<std::string_view> rest = topic;
  while (const auto level = take_level(rest)) levels.push_back(*level);
  return levels;
}

void append_text(std::vector<Signature::Part>& parts, std::string_view text) {
  using Kind = Signature::Part::Kind;
  while (!text.empty()) {
    const std::size_t open = text.find(kOpen);
    if (open != 0) parts.push_back({Kind::text, std::string(text.substr(0, open)), {}});
    if (open == std::string_view::npos) return;
    text.remove_prefix(open + kOpen.size());
    const std::size_t close = text.find(kClose);
    parts.push_back({Kind::placeholder, std::string(text.substr(0, close)), {}});
    if (close == std::string_view::npos) return;
    text.remove_prefix(close + kClose.size());
  }
}

Signature::Level level_of(const MapStep& step) {
  Signature::Level level;
  if (step.kind == MapStep::Kind::any) {
    level.any = true;
    return level;
  }
  append_text(level.parts, step.text);
  if (step.kind == MapStep::Kind::numbered) {
    level.parts.push_back({Signature::Part::Kind::number, {}, step.number});
    append_text(level.parts, step.tail);
  }
  return level;
}

/// Digits that `form` can have written for a number from 1.
bool is_number(std::string_view digits, const NumberForm& form) {
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return false;
  const auto written = std::to_string(number).size();
  const auto width = static_cast<std::size_t>(std::max(form.width, 0));
  return number - form.shift >= 1 && digits.size() == std::max(written, width);
}

using Parts = std::span<const Signature::Part>;

/// Tries the longest text first for what may be of any length.
bool match_parts(Parts parts, std::string_view text, Bound& binding) {
  using Kind = Signature::Part::Kind;
  if (parts.empty()) return text.empty();
  const Signature::Part& part = parts.front();
  if (part.kind == Kind::text)
    return text.starts_with(part.text) &&
           match_parts(parts.subspan(1), text.substr(part.text.size()), binding);
  for (std::size_t length = text.size(); length > 0; --length) {
    const std::string_view head = text.substr(0, length);
    if (part.kind == Kind::number ? !is_number(head, part.number) : false) continue;
    if (!match_parts(parts.subspan(1), text.substr(length), binding)) continue;
    if (part.kind == Kind::number) return true;
    const auto [known, is_new] = binding.emplace(part.text, head);
    return is_new || known->second == head;
  }
  return false;
}

bool match_level(const Signature::Level& level, std::string_view text, Bound& binding) {
  return level.any || match_parts(level.parts, text, binding);
}

bool is_item_path(std::span<const std::string_view> levels) {
  std::string path;
  for (const std::string_view level : levels) path.append("/").append(level);
  return find_quantity(path).has_value();
}

/// `levels` without the item's path at their end.
bool match_levels(const Signature& signature, std::span<const std::string_view> levels,
                  Bound& binding) {
  const std::size_t wanted = signature.levels.size();
  const std::size_t leading = signature.leads ? 1 : 0;
  if (levels.size() < wanted || (!signature.leads && levels.size() != wanted)) return false;
  const std::size_t fixed = wanted - leading;
  for (std::size_t i = 0; i < fixed; ++i)
    if (!match_level(signature.levels[wanted - 1 - i], levels[levels.size() - 1 - i], binding))
      return false;
  if (!signature.leads) return true;
  std::string prefix;
  for (const std::string_view level : levels.first(levels.size() - fixed))
    prefix.append(prefix.empty() ? "" : "/").append(level);
  const auto [known, is_new] = binding.emplace(signature.levels.front().parts.front().text, prefix);
  return !prefix.empty() && (is_new || known->second == prefix);
}

std::optional<Bound> match(const Signature& signature, const Levels& levels) {
  Bound binding;
  const std::span<const std::string_view> all(levels);
  if (!signature.any_item)
    return match_levels(signature, all, binding) ? std::optional(binding) : std::nullopt;
  for (std::size_t tail = 1; tail <= std::min(kMaxItemLevels, all.size()); ++tail) {
    if (!is_item_path(all.last(tail))) continue;
    binding.clear();
    if (match_levels(signature, all.first(all.size() - tail), binding)) return binding;
  }
  return std::nullopt;
}

/// What can be seen of a payload without parsing it.
struct PayloadLook {
  std::string_view payload;
  bool is_json = false;
  bool may_be_bare = false;

  explicit PayloadLook(std::string_view text) : payload(text) {
    constexpr std::size_t kMaxBare = 256;
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    is_json = start != std::string_view::npos && (text[start] == '{' || text[start] == '[');
    may_be_bare = !is_json && text.size() <= kMaxBare;
  }
};

/// `keys` have their quotes.
bool may_tell(const Signature& signature, const PayloadLook& look) {
  if (!signature.pointer) return look.may_be_bare;
  return look.is_json && std::ranges::all_of(signature.keys, [&look](const std::string& key) {
           return look.payload.find(key) != std::string_view::npos;
         });
}

/// Members that must stand in the payload as they are written here.
std::vector<std::string> keys_of(const std::vector<MapStep>& pointer) {
  std::vector<std::string> keys;
  for (const MapStep& step : pointer) {
    const bool is_plain = step.kind == MapStep::Kind::literal && !step.text.empty() &&
                          step.text.find_first_not_of("0123456789") != std::string::npos;
    const bool is_chosen = step.kind == MapStep::Kind::chosen;
    if (is_plain || is_chosen) keys.push_back('"' + step.text + '"');
  }
  std::erase_if(keys, [](const std::string& key) { return key.find(kOpen) != std::string::npos; });
  return keys;
}

bool names_a_battery(const MapLine& line) {
  return line.any_item || line.item == q("/Soc") || line.item == q("/Dc/0/Voltage");
}

void collect_names(std::string_view text, std::vector<std::string>& names) {
  std::vector<Signature::Part> parts;
  append_text(parts, text);
  for (const Signature::Part& part : parts)
    if (part.kind == Signature::Part::Kind::placeholder &&
        std::ranges::find(names, part.text) == names.end())
      names.push_back(part.text);
}

/// Its lines, with marks for the placeholders. One that stands where a number must is none to be
/// recognised by: there the preset's own number will do.
Map marked_map(const DiscoveryPreset& preset) {
  Map map = parse_map(preset.entries, {}, [](std::string_view name) {
              return std::optional(placeholder_mark(name));
            }).map;
  Map numbers = parse_map(preset.entries, {}, [&preset](std::string_view name) {
                  const auto common = preset.defaults.find(name);
                  const bool is_number =
                      common != preset.defaults.end() && parse_number(common->second);
                  return std::optional(is_number ? common->second : placeholder_mark(name));
                }).map;
  for (MapLine& line : numbers.lines)
    if (std::ranges::find(map.lines, line.key, &MapLine::key) == map.lines.end())
      map.lines.push_back(std::move(line));
  return map;
}

}  // namespace

bool agree(const Bound& a, const Bound& b) {
  return std::ranges::all_of(a, [&b](const auto& entry) {
    const auto other = b.find(entry.first);
    return other == b.end() || other->second == entry.second;
  });
}

std::string placeholder_mark(std::string_view name) {
  return std::string(kOpen).append(name).append(kClose);
}

std::optional<std::string> marked_name(std::string_view text) {
  std::vector<Signature::Part> parts;
  append_text(parts, text);
  if (parts.size() != 1 || parts.front().kind != Signature::Part::Kind::placeholder)
    return std::nullopt;
  return parts.front().text;
}

Signatures::Signatures(const std::vector<DiscoveryPreset>& presets) {
  for (const DiscoveryPreset& preset : presets) {
    placeholders_.emplace_back();
    add(placeholders_.size() - 1, marked_map(preset));
  }
}

void Signatures::add(std::size_t preset, const Map& map) {
  for (const MapLine& line : map.lines)
    for (const MapSource& source : line.sources) {
      Signature signature{.preset = preset, .names_battery = names_a_battery(line)};
      if (line.any_item)
        signature.any_item = true;
      else
        signature.item = line.item;
      add(std::move(signature), source);
    }
  for (const MapAvailability& availability : map.availability)
    add(Signature{.preset = preset}, availability.source);
  for (const MapSource& source : map.alive) add(Signature{.preset = preset}, source);
}

void Signatures::add(Signature signature, const MapSource& source) {
  std::vector<std::string>& names = placeholders_[signature.preset];
  for (const MapStep& step : source.topic) {
    collect_names(step.text, names);
    collect_names(step.tail, names);
    if (step.kind == MapStep::Kind::item) continue;
    signature.levels.push_back(level_of(step));
  }
  if (signature.levels.empty()) return;
  const Signature::Level& first = signature.levels.front();
  signature.leads =
      first.parts.size() == 1 && first.parts.front().kind == Signature::Part::Kind::placeholder;
  signature.pointer = source.pointer;
  if (source.pointer) {
    signature.keys = keys_of(*source.pointer);
    for (const MapStep& step : *source.pointer) {
      collect_names(step.text, names);
      collect_names(step.tail, names);
    }
  }
  const Signature::Level& last = signature.levels.back();
  const bool is_fixed = !signature.any_item && last.parts.size() == 1 &&
                        last.parts.front().kind == Signature::Part::Kind::text;
  (is_fixed ? by_last_level_[last.parts.front().text] : others_).push_back(all_.size());
  all_.push_back(std::move(signature));
}

std::vector<Signatures::Match> Signatures::find(std::string_view topic,
                                                std::string_view payload) const {
  std::vector<Match> found;
  const Levels levels = split(topic);
  const PayloadLook look(payload);
  const auto look_at = [&](const std::vector<std::size_t>& places) {
    for (const std::size_t place : places) {
      const Signature& signature = all_[place];
      if (!may_tell(signature, look)) continue;
      if (auto bound = match(signature, levels)) found.push_back({&signature, std::move(*bound)});
    }
  };
  const auto bucket = by_last_level_.find(std::string(levels.back()));
  if (bucket != by_last_level_.end()) look_at(bucket->second);
  look_at(others_);
  return found;
}

}  // namespace dmb
