// SPDX-License-Identifier: MIT
#include "dmb/battery/service_name.h"
#include "dmb/codec/state_text.h"
#include "dmb/record/masker.h"
#include "line_fields.h"
#include "secret_scan.h"
#include "secret_words.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace dmb::record {
namespace {

/// Calls `visit` with each text of a line, to read or to change it.
template <typename Visit>
class Texts {
 public:
  explicit Texts(Visit visit) : visit_(std::move(visit)) {}

  void of(std::string& text) { visit_(text); }
  void of(State& memory) {
    std::string text = encode_state(memory);
    visit_(text);
    memory = decode_state(text).value_or(State{});
  }
  void of(SparseValues& values) {
    for (const auto& [quantity, value] : std::vector(values.all().begin(), values.all().end()))
      if (const auto* text = std::get_if<std::string>(&value)) {
        std::string changed = *text;
        visit_(changed);
        values.set(quantity, Value(std::move(changed)));
      }
  }
  template <typename T>
  void of(std::optional<T>& value) {
    if (value) of(*value);
  }
  template <typename A, typename B>
  void of(std::pair<A, B>& pair) {
    of(pair.first);
    of(pair.second);
  }
  template <typename T>
  void of(std::vector<T>& list) {
    for (T& element : list) of(element);
  }
  void of(std::set<std::string>& list) {
    std::set<std::string> changed;
    for (std::string element : list) {
      of(element);
      changed.insert(std::move(element));
    }
    list = std::move(changed);
  }
  void of(std::map<std::string, std::string>& list) {
    std::map<std::string, std::string> changed;
    for (std::pair<std::string, std::string> element : list) {
      of(element);
      changed.insert(std::move(element));
    }
    list = std::move(changed);
  }
  template <typename T>
  void of(T& object) {
    if constexpr (kIsObject<T>)
      std::apply([&](const auto&... field) { (of(object.*field.member), ...); }, kFields<T>);
  }

 private:
  Visit visit_;
};

template <typename Visit>
void visit_texts(Line& line, Visit visit) {
  std::visit([&](auto& what) { Texts(visit).of(what); }, line.what);
}

/// One that this program makes up, or that is a bus name.
bool is_own_name(std::string_view id) {
  constexpr std::array<std::string_view, 3> kOwn{"mqtt_battery", "aggregate_", "bank_"};
  return battery_name(id) ||
         std::ranges::any_of(kOwn, [id](std::string_view own) { return id.starts_with(own); });
}

}  // namespace

/// A member's id is its serial, if that is known.
bool Masker::learn_id(std::string_view id) {
  constexpr std::size_t kLeast = 6;
  const bool is_serial = id.size() >= kLeast && !is_own_name(id) &&
                         id.find_first_of("0123456789") != std::string_view::npos &&
                         id.find(' ') == std::string_view::npos;
  return !is_serial || learn(Secret::serial, id);
}

bool Masker::learn_memory(const State& memory) {
  bool learned = true;
  for (const auto& [name, bank] : memory.banks) {
    for (const BankMemory::Shunt& shunt : bank.shunts) learned = learn_id(shunt.id) && learned;
    for (const BankMemory::LastLimits& last : bank.last_limits)
      learned = learn_id(last.id) && learned;
  }
  return learned;
}

bool Masker::learn_members(const MembersCame& came) {
  bool learned = true;
  for (const auto& [index, member] : came.members) {
    if (!member.snapshot.service.empty() && member.snapshot.id != member.snapshot.service)
      learned = learn_id(member.snapshot.id) && learned;
    for (const auto& [quantity, value] : member.others.all()) {
      const auto* text = std::get_if<std::string>(&value);
      const auto kind = text == nullptr ? std::nullopt : secret_behind(quantity.spec().path);
      if (kind) learned = learn(*kind, *text) && learned;
    }
  }
  for (const std::string& id : came.forgotten) learned = learn_id(id) && learned;
  return learned;
}

bool Masker::learn_message(const MessageCame& message) {
  bool learned = learn_text(message.topic);
  learned = learn_text(message.payload) && learned;
  const auto kind = secret_of_topic(message.topic);
  const bool is_value = kind && message.payload.find_first_of("{[") == std::string::npos;
  return is_value ? learn(*kind, message.payload) && learned : learned;
}

bool Masker::learn(const Line& line) {
  if (const auto* message = std::get_if<MessageCame>(&line.what)) return learn_message(*message);
  bool learned = true;
  Line copy = line;
  visit_texts(copy, [&](std::string& text) { learned = learn_text(text) && learned; });
  if (const auto* config = std::get_if<ConfigLoaded>(&line.what))
    return learn_config(config->text) && learned;
  if (const auto* resumed = std::get_if<Resumed>(&line.what))
    return learn_memory(resumed->memory) && learned;
  if (const auto* came = std::get_if<MembersCame>(&line.what))
    return learn_members(*came) && learned;
  return learned;
}

Line Masker::mask(Line line) const {
  if (auto* config = std::get_if<ConfigLoaded>(&line.what)) {
    std::string text = mask_config(config->text);
    config->text.clear();
    visit_texts(line, [this](std::string& other) { other = mask(std::move(other)); });
    config->text = std::move(text);
    return line;
  }
  visit_texts(line, [this](std::string& text) { text = mask(std::move(text)); });
  return line;
}

}  // namespace dmb::record
