// SPDX-License-Identifier: MIT
#include "intake_status.h"

#include "number_form.h"

#include <algorithm>

namespace dmb {
namespace {

/// "{n-1:02}".
std::string form_text(const NumberForm& form) {
  std::string text = "{n";
  if (form.shift != 0) text += (form.shift > 0 ? "+" : "") + std::to_string(form.shift);
  if (form.width > 0) text += ":0" + std::to_string(form.width);
  return text + '}';
}

std::string number_text(const NumberForm& form, std::optional<int> number) {
  return number ? written(*number, form) : form_text(form);
}

/// What a topic's or pointer's steps stand for, as far as that is known.
struct Filled {
  std::optional<int> number = {};
  std::optional<std::string> item = {};
  const Bindings* bindings = nullptr;
  bool open = false;  ///< something is not known
};

std::string level_text(const MapStep& step, const std::string& before, Filled& filled) {
  switch (step.kind) {
    case MapStep::Kind::numbered:
      filled.open = filled.open || !filled.number;
      return step.text + number_text(step.number, filled.number) + step.tail;
    case MapStep::Kind::any: {
      const auto text = filled.bindings->text_behind(before);
      filled.open = filled.open || !text;
      return text ? std::string(*text) : "+";
    }
    case MapStep::Kind::item:
      filled.open = filled.open || !filled.item;
      return filled.item.value_or("{item}");
    default:
      return step.text;
  }
}

std::string topic_text(const std::vector<MapStep>& topic, Filled& filled) {
  std::string text;
  for (std::size_t i = 0; i < topic.size(); ++i) {
    if (i > 0) text += '/';
    text += level_text(topic[i], text, filled);
  }
  return text;
}

/// As RFC 6901 writes "~" and "/" in a key.
std::string escaped(std::string_view key) {
  std::string text;
  for (const char c : key) {
    if (c == '~')
      text += "~0";
    else if (c == '/')
      text += "~1";
    else
      text += c;
  }
  return text;
}

std::string pointer_text(const std::vector<MapStep>& pointer, std::optional<int> number) {
  std::string text = "#";
  for (const MapStep& step : pointer) {
    text += '/';
    if (step.kind == MapStep::Kind::each)
      text += number ? std::to_string(*number - 1) : "*";
    else if (step.kind == MapStep::Kind::numbered)
      text += escaped(step.text) + number_text(step.number, number) + escaped(step.tail);
    else
      text +=
          escaped(step.text) + (step.kind == MapStep::Kind::chosen ? '=' + escaped(step.tail) : "");
  }
  return text;
}

std::string source_text(const MapSource& source, Filled filled) {
  std::string text = topic_text(source.topic, filled);
  if (source.pointer) text += pointer_text(*source.pointer, filled.number);
  return text;
}

/// The item's path, of a numbered line that nothing was heard of with "{n}" in it.
std::string item_text(const MapLine& line) {
  if (line.any_item) return "{item}";
  std::string path(line.item.spec().path);
  if (line.numbered) path.replace(std::min(path.find('1'), path.size()), 1, "{n}");
  return path;
}

Filled filled_for(const MapLine& line, Quantity id, const Bindings& bindings) {
  Filled filled{.bindings = &bindings};
  if (line.any_item) filled.item = std::string(id.spec().path.substr(1));
  if (line.numbered) filled.number = static_cast<int>(id.index() - line.item.index()) + 1;
  return filled;
}

}  // namespace

std::vector<MappedItem> items_of(const MapPlan& plan, const SourceValues& values,
                                 const Bindings& bindings) {
  std::vector<MappedItem> items;
  for (std::size_t i = 0; i < plan.sources().size(); ++i) {
    const MapPlan::Source& source = plan.source(i);
    if (source.line == nullptr) continue;
    if (values.is_silent(i))
      items.push_back({item_text(*source.line),
                       source_text(*source.map, {.bindings = &bindings}),
                       {},
                       std::nullopt});
    values.for_each_of(i, [&](Quantity id, const SourceValue& told) {
      items.push_back({std::string(id.spec().path),
                       source_text(*source.map, filled_for(*source.line, id, bindings)), told.raw(),
                       told.heard_at});
    });
  }
  return items;
}

std::vector<std::string> required_topics_of(const MapPlan& plan, const RequiredItems& required,
                                            const Bindings& bindings) {
  std::vector<std::string> topics;
  for (const MapPlan::Source& source : plan.sources()) {
    if (source.line == nullptr) continue;
    for (const Quantity id : required) {
      if (!source.line->any_item && source.line->item != id) continue;
      Filled filled = filled_for(*source.line, id, bindings);
      std::string topic = topic_text(source.map->topic, filled);
      if (!filled.open) topics.push_back(std::move(topic));
    }
  }
  return topics;
}

}  // namespace dmb
