// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/control/manual.h"
#include "dmb/device/kept_settings.h"
#include "dmb/device/note.h"
#include "dmb/device/side_items.h"
#include "dmb/device/switch_rows.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb {

/// More members have no switch.
inline constexpr std::size_t kMaxMemberSwitches = 64;

/// What of a battery or bank can be switched.
struct SwitchOffer {
  struct Member {
    std::string id;
    std::string name;  ///< for people
    /// What its switch is called by: for a SmartShunt its port, else what is stable of it.
    std::string key;
    bool is_there = false;
    bool operator==(const Member&) const = default;
  };

  bool limits = false;          ///< it may limit: stops, and a goal of charging
  bool charge_control = false;  ///< it can be charged full
  /// What the config allows; nullopt: no slider, for nobody knows where it would end.
  std::optional<double> max_charge_current_a = {};
  std::optional<double> max_discharge_current_a = {};
  bool of_members = false;  ///< it is made of members, which can be looked for anew
  std::string_view member_prefix = "relay_member_";
  std::vector<Member> members = {};
  bool operator==(const SwitchOffer&) const = default;
};

/// The switches of one battery or bank, as the display's switch pane shows them, and what follows
/// from how they stand. Where they stand is kept by KeptSettings: what that says counts.
///
/// What limits only lowers: at its end a slider limits nothing, so no switch is above the config.
/// The last member that is there stays on.
class Switches {
 public:
  /// From now on these. The settings of settings() are to be offered next, then recall().
  void offer(const SwitchOffer& offer);
  /// Everything that outlives the program.
  std::vector<SettingSpec> settings() const;
  /// How all stand: at first, and when somebody changed it in the settings service.
  void recall(const KeptSettings& kept);

  /// What of that is shown: the stops where there are limits to see; whether it is being charged
  /// full.
  void show(bool has_limits, bool charges_full);
  const SideItemSet& shown() const { return shown_; }

  /// Somebody wrote to an item; as a SideWrite. What follows: take_written(), take_pressed().
  std::optional<OptValue> write(std::string_view path, const OptValue& value);

  /// Settings that were written since the last call.
  std::vector<std::pair<std::string, Value>> take_written() { return std::exchange(written_, {}); }
  enum class Press : std::uint8_t { full_charge, end_full_charge, redetect };
  /// What was pressed since the last call.
  std::vector<Press> take_pressed() { return std::exchange(pressed_, {}); }
  /// What was written and by whom, for the log.
  Notes take_notes() { return std::exchange(notes_, {}); }

  ManualWishes wishes() const;
  /// Ids of members.
  std::set<std::string> switched_off() const;
  /// For people: those that do not stand as they stand by themselves; empty: all do.
  std::string summary() const;

 private:
  enum class What : std::uint8_t {
    stop_charge,
    stop_discharge,
    full_charge,
    charge_to,
    max_charge_current,
    max_discharge_current,
    redetect,
    member,
  };
  /// One of them.
  struct Switch {
    What what = What::member;
    std::string name;
    std::string member_id = {};
    bool is_there = false;  ///< of a member
    double ceiling = 0;     ///< of a slider: where it ends
    double value = 0;       ///< where it stands: 0, 1, or of a slider
    std::int32_t show_ui_control = 1;
    std::string custom_name = {};
    std::string group = {};
  };
  using ById = std::map<std::string, Switch, std::less<>>;

  void add(const std::string& id, Switch added);
  void add_members(const SwitchOffer& offer);
  bool is_shown(const Switch& one) const;
  void rebuild();
  void write_items(const std::string& id, const Switch& one, SideItems& items) const;
  std::optional<OptValue> move(const std::string& id, Switch& one, double value);
  OptValue press(const Switch& one, double value);
  std::optional<OptValue> change_text(const std::string& id, std::string& text, SwitchField field,
                                      const OptValue& value);
  bool is_last_member(const Switch& one) const;
  void note(std::string what, bool is_refused = false);
  std::optional<double> standing(What what) const;
  static SettingSpec spec_of(const std::string& id, const Switch& one);
  static bool is_slider(What what);
  static bool is_momentary(What what);
  static std::string text_of(const Switch& one);

  ById switches_;
  bool has_limits_ = false;
  bool charges_full_ = false;
  SideItemSet shown_;
  std::vector<std::pair<std::string, Value>> written_;
  std::vector<Press> pressed_;
  Notes notes_;
};

}  // namespace dmb
