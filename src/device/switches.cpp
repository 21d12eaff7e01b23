// SPDX-License-Identifier: MIT
#include "dmb/device/switches.h"

#include "dmb/battery/shortest.h"
#include "dmb/codec/path_element.h"
#include "dmb/control/guard.h"
#include "dmb/device/change.h"

#include <algorithm>
#include <cmath>

namespace dmb {
namespace {

/// As the display's switch pane counts them. The slider with a unit and ends of its own is not
/// known to displays before the middle of 2025, which show nothing then; the one that they know
/// goes from 1 to 100 % whatever it is for.
constexpr std::int32_t kMomentary = 0;
constexpr std::int32_t kToggle = 1;
constexpr std::int32_t kSlider = 7;

constexpr std::int32_t kStatusOff = 0;
constexpr std::int32_t kStatusOn = 9;
constexpr std::int32_t kManual = 2;  ///< its function: a person switches it

constexpr double kLeastGoalPercent = 50;
constexpr double kNoGoalPercent = 100;
/// A slider that ends below has steps of a tenth.
constexpr double kSmallCeiling = 20;

std::string path_of(SwitchField field, const std::string& id) {
  std::string path(row_of(field).path);
  return path.replace(path.find('#'), 1, id);
}

/// nullopt: it is no item of a switch.
std::optional<SwitchField> field_of(std::string_view path, std::string_view id) {
  const std::string_view rest = path.substr(kSwitchRoot.size() + id.size());
  for (std::size_t i = 0; i < kSwitchRows.size(); ++i)
    if (kSwitchRows.at(i).path.substr(kSwitchRoot.size() + 1) == rest)
      return static_cast<SwitchField>(i);
  return std::nullopt;
}

std::optional<double> number_in(const OptValue& value) {
  if (!value) return std::nullopt;
  if (const auto* whole = std::get_if<std::int32_t>(&*value)) return *whole;
  const auto* number = std::get_if<double>(&*value);
  return number != nullptr && std::isfinite(*number) ? std::optional(*number) : std::nullopt;
}

std::string tenths(double value) {
  return shortest(std::round(value * 10) / 10);
}

}  // namespace

bool Switches::is_slider(What what) {
  return what == What::charge_to || what == What::max_charge_current ||
         what == What::max_discharge_current;
}

bool Switches::is_momentary(What what) {
  return what == What::full_charge || what == What::redetect;
}

// --- What there is ---

void Switches::offer(const SwitchOffer& offer) {
  ById before = std::exchange(switches_, {});
  if (offer.limits) {
    add("stop_charge", {.what = What::stop_charge, .name = "Stop charging"});
    add("stop_discharge", {.what = What::stop_discharge, .name = "Stop discharging"});
    add("charge_to", {.what = What::charge_to,
                      .name = "Charge to",
                      .ceiling = kNoGoalPercent,
                      .value = kNoGoalPercent});
    const auto add_maximum = [this](const char* id, What what, const char* name,
                                    const std::optional<double>& ceiling_a) {
      if (ceiling_a && *ceiling_a > 0 && *ceiling_a < kNoCurrentLimitA)
        add(id, {.what = what, .name = name, .ceiling = *ceiling_a, .value = kNoCurrentLimitA});
    };
    add_maximum("max_charge_current", What::max_charge_current, "Maximum charge current",
                offer.max_charge_current_a);
    add_maximum("max_discharge_current", What::max_discharge_current, "Maximum discharge current",
                offer.max_discharge_current_a);
  }
  if (offer.charge_control)
    add("full_charge", {.what = What::full_charge, .name = "Full charge now"});
  if (offer.of_members) add("redetect", {.what = What::redetect, .name = "Redetect"});
  add_members(offer);
  for (auto& [id, one] : switches_) {
    const auto was = before.find(id);
    if (was == before.end()) continue;
    one.value = was->second.value;
    one.show_ui_control = was->second.show_ui_control;
    one.custom_name = was->second.custom_name;
    one.group = was->second.group;
  }
  rebuild();
}

void Switches::add(const std::string& id, Switch added) {
  switches_.insert_or_assign(id, std::move(added));
}

/// Those that are there first, where they are too many.
void Switches::add_members(const SwitchOffer& offer) {
  std::size_t added = 0;
  for (const bool is_there : {true, false})
    for (const SwitchOffer::Member& member : offer.members) {
      if (member.is_there != is_there || added == kMaxMemberSwitches) continue;
      std::string id = std::string(offer.member_prefix) + settings_path_element(member.key);
      if (switches_.contains(id)) id += "_" + settings_path_element(member.id);
      add(id, {.what = What::member,
               .name = "Include " + member.name,
               .member_id = member.id,
               .is_there = is_there,
               .value = 1});
      ++added;
    }
}

// --- Where they stand ---

SettingSpec Switches::spec_of(const std::string& id, const Switch& one) {
  const std::string name = "Switch_" + id;
  switch (one.what) {
    case What::charge_to:
      return {name, kNoGoalPercent, kLeastGoalPercent, kNoGoalPercent};
    case What::max_charge_current:
    case What::max_discharge_current:
      // Its end is no number of amperes: the config may allow more one day.
      return {name, kNoCurrentLimitA, 0, kNoCurrentLimitA};
    default:
      return {name, std::int32_t{one.what == What::member ? 1 : 0}, 0, 1};
  }
}

std::vector<SettingSpec> Switches::settings() const {
  std::vector<SettingSpec> specs;
  for (const auto& [id, one] : switches_) {
    if (!is_momentary(one.what)) specs.push_back(spec_of(id, one));
    specs.push_back({"SwitchName_" + id, std::string()});
    specs.push_back({"SwitchGroup_" + id, std::string()});
    specs.push_back({"SwitchShown_" + id, std::int32_t{1}, 0, 7});
  }
  return specs;
}

void Switches::recall(const KeptSettings& kept) {
  const auto text = [&kept](const std::string& name) {
    const Value* value = kept.find(name);
    const auto* found = value != nullptr ? std::get_if<std::string>(value) : nullptr;
    return found != nullptr ? *found : std::string();
  };
  const auto number = [&kept](const std::string& name) {
    const Value* value = kept.find(name);
    return value != nullptr ? number_in(*value) : std::nullopt;
  };
  for (auto& [id, one] : switches_) {
    one.custom_name = text("SwitchName_" + id);
    one.group = text("SwitchGroup_" + id);
    one.show_ui_control = static_cast<std::int32_t>(number("SwitchShown_" + id).value_or(1));
    const auto value = number("Switch_" + id);
    if (!value || *value == one.value) continue;
    one.value = *value;
    note(text_of(one) + ", as kept in the settings");
  }
  rebuild();
}

std::optional<double> Switches::standing(What what) const {
  for (const auto& [id, one] : switches_)
    if (one.what == what && !(is_slider(what) && one.value >= one.ceiling)) return one.value;
  return std::nullopt;
}

ManualWishes Switches::wishes() const {
  return {.stop_charge = standing(What::stop_charge) == 1,
          .stop_discharge = standing(What::stop_discharge) == 1,
          .charge_to_percent = standing(What::charge_to),
          .max_charge_current_a = standing(What::max_charge_current),
          .max_discharge_current_a = standing(What::max_discharge_current)};
}

std::set<std::string> Switches::switched_off() const {
  std::set<std::string> ids;
  for (const auto& [id, one] : switches_)
    if (one.what == What::member && one.value == 0) ids.insert(one.member_id);
  return ids;
}

std::string Switches::text_of(const Switch& one) {
  if (!is_slider(one.what)) return one.name + (one.value == 0 ? ": off" : ": on");
  if (one.value >= one.ceiling && one.what != What::charge_to) return one.name + ": no limit";
  return one.name + ": " + tenths(one.value) + (one.what == What::charge_to ? " %" : " A");
}

std::string Switches::summary() const {
  std::string text;
  for (const auto& [id, one] : switches_) {
    const double by_itself = is_slider(one.what) ? one.ceiling : one.what == What::member ? 1 : 0;
    const bool is_moved = is_slider(one.what) ? one.value < by_itself : one.value != by_itself;
    if (is_moved) text += (text.empty() ? "" : "; ") + text_of(one);
  }
  return text;
}

// --- What is written ---

std::optional<OptValue> Switches::write(std::string_view path, const OptValue& value) {
  if (!path.starts_with(kSwitchRoot)) return std::nullopt;
  const std::string_view id =
      path.substr(kSwitchRoot.size(), path.find('/', kSwitchRoot.size()) - kSwitchRoot.size());
  const auto found = switches_.find(id);
  if (found == switches_.end() || !is_shown(found->second)) return std::nullopt;
  Switch& one = found->second;
  const auto field = field_of(path, id);
  if (field == SwitchField::custom_name)
    return change_text(found->first, one.custom_name, *field, value);
  if (field == SwitchField::group) return change_text(found->first, one.group, *field, value);
  const auto number = number_in(value);
  if (!number) return std::nullopt;
  if (field == SwitchField::show_ui_control) {
    const ItemSpec& row = row_of(*field);
    if (*number < row.min || *number > row.max) return std::nullopt;
    one.show_ui_control = static_cast<std::int32_t>(*number);
    written_.emplace_back("SwitchShown_" + found->first, one.show_ui_control);
    rebuild();
    return value;
  }
  if (field == SwitchField::state && is_momentary(one.what)) return press(one, *number);
  // A slider cannot be switched off: that would say nothing of where it is to stand.
  if (field == SwitchField::state && is_slider(one.what)) {
    if (*number != 1) return std::nullopt;
    return value;
  }
  const bool is_position =
      field == (is_slider(one.what) ? SwitchField::dimming : SwitchField::state);
  return is_position ? move(found->first, one, *number) : std::nullopt;
}

std::optional<OptValue> Switches::change_text(const std::string& id, std::string& text,
                                              SwitchField field, const OptValue& value) {
  const auto* written = value ? std::get_if<std::string>(&*value) : nullptr;
  if (written == nullptr) return std::nullopt;
  text = *written;
  written_.emplace_back((field == SwitchField::group ? "SwitchGroup_" : "SwitchName_") + id,
                        *written);
  rebuild();
  return value;
}

/// It goes back by itself at once.
OptValue Switches::press(const Switch& one, double value) {
  if (value == 0) return std::int32_t{0};
  const bool is_full = one.what == What::full_charge;
  if (is_full && charges_full_) {
    note(one.name + ": it runs already");
    return std::int32_t{0};
  }
  pressed_.push_back(is_full ? Press::full_charge : Press::redetect);
  note(one.name + ": pressed by somebody on the bus");
  return std::int32_t{0};
}

bool Switches::is_last_member(const Switch& one) const {
  return std::ranges::none_of(switches_, [&one](const auto& entry) {
    const Switch& other = entry.second;
    return &other != &one && other.what == What::member && other.is_there && other.value != 0;
  });
}

std::optional<OptValue> Switches::move(const std::string& id, Switch& one, double value) {
  if (!is_slider(one.what) && value != 0 && value != 1) return std::nullopt;
  if (one.what == What::member && value == 0 && one.value != 0 && is_last_member(one)) {
    note(one.name + " stays on: it is the last one that is there", true);
    return std::nullopt;
  }
  const double least = one.what == What::charge_to ? kLeastGoalPercent : 0;
  if (is_slider(one.what) && (value < least || value > one.ceiling)) return std::nullopt;
  // A goal that is set anew is what counts now.
  if (one.what == What::charge_to && charges_full_) pressed_.push_back(Press::end_full_charge);
  const SettingSpec spec = spec_of(id, one);
  const double kept = is_slider(one.what) && value >= one.ceiling ? spec.max : value;
  if (kept != one.value) {
    one.value = kept;
    note(text_of(one) + ", by somebody on the bus");
    if (is_slider(one.what))
      written_.emplace_back(spec.name, kept);
    else
      written_.emplace_back(spec.name, static_cast<std::int32_t>(kept));
    rebuild();
  }
  return is_slider(one.what) ? OptValue(value) : OptValue(static_cast<std::int32_t>(value));
}

void Switches::note(std::string what, bool is_refused) {
  notes_.emplace_back(note::Switched{std::move(what), is_refused});
}

// --- What is shown ---

bool Switches::is_shown(const Switch& one) const {
  return one.what == What::member || one.what == What::redetect || has_limits_;
}

void Switches::show(bool has_limits, bool charges_full) {
  if (has_limits == has_limits_ && charges_full == charges_full_) return;
  if (charges_full_ && !charges_full) note("Full charge now: it has ended");
  has_limits_ = has_limits;
  charges_full_ = charges_full;
  rebuild();
}

void Switches::rebuild() {
  SideItems items;
  for (const auto& [id, one] : switches_)
    if (is_shown(one)) write_items(id, one, items);
  shown_.show(items);
}

void Switches::write_items(const std::string& id, const Switch& one, SideItems& items) const {
  const auto put = [&](SwitchField field, const OptValue& value) {
    const ItemSpec& row = row_of(field);
    items[path_of(field, id)] = {&row, as_published(value, row)};
  };
  const bool runs = one.what == What::full_charge && charges_full_;
  const bool is_on = is_slider(one.what) || runs || (!is_momentary(one.what) && one.value != 0);
  const std::int32_t type = is_slider(one.what)      ? kSlider
                            : is_momentary(one.what) ? kMomentary
                                                     : kToggle;
  put(SwitchField::name, one.name);
  put(SwitchField::state, std::int32_t{is_on && !runs ? 1 : 0});
  put(SwitchField::status, is_on ? kStatusOn : kStatusOff);
  put(SwitchField::type, type);
  put(SwitchField::valid_types, std::int32_t{1} << type);
  put(SwitchField::function, kManual);
  put(SwitchField::valid_functions, std::int32_t{1} << kManual);
  put(SwitchField::show_ui_control, one.show_ui_control);
  put(SwitchField::custom_name, one.custom_name);
  put(SwitchField::group, one.group);
  if (type == kToggle) put(SwitchField::power_on_state, std::int32_t{is_on ? 1 : 0});
  if (type != kSlider) return;
  const bool is_fine = one.ceiling < kSmallCeiling;
  put(SwitchField::dimming, std::min(one.value, one.ceiling));
  put(SwitchField::dimming_min, one.what == What::charge_to ? kLeastGoalPercent : 0.0);
  put(SwitchField::dimming_max, one.ceiling);
  put(SwitchField::step_size, is_fine ? 0.1 : 1.0);
  put(SwitchField::decimals, std::int32_t{is_fine ? 1 : 0});
  put(SwitchField::unit, std::string(one.what == What::charge_to ? "%" : "A"));
}

}  // namespace dmb
