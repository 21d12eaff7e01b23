// SPDX-License-Identifier: MIT
#include "app/replay/timeline.h"

#include "app/replay/decision_text.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/text.h"
#include "dmb/device/change.h"
#include "sinks/bus/device_service.h"

#include <utility>

namespace dmb::replay {
namespace {

constexpr std::size_t kElapsedWidth = 12;
constexpr std::size_t kNameWidth = 20;

}  // namespace

Timeline::Timeline(std::function<void(const std::string& row)> print, bool with_items)
    : print_(std::move(print)), with_items_(with_items) {}

/// "0:00:05.000  2026-01-02 03:04:10  House                 CCL 80 A -> 0 A: …".
void Timeline::tell(std::string_view who, std::string_view what, Instant now) {
  std::string row = time_.elapsed(now);
  if (row.size() < kElapsedWidth) row.insert(0, kElapsedWidth - row.size(), ' ');
  row += "  " + time_.clock(now) + "  ";
  std::string name = printable(who);
  if (name.size() < kNameWidth) name.resize(kNameWidth, ' ');
  print_(row + name + "  " + std::string(what));
}

void Timeline::on_run(const record::Began& began, Instant now) {
  time_ = RunTime(began, now);
  print_("Recorded by version " + printable(began.version) + ", from " + time_.clock(now) +
         " UTC on by the clock of the device");
}

void Timeline::on_ended(Played& device, Instant now) {
  tell(device.name(), "ends", now);
  told_.erase(&device);
}

void Timeline::on_changed(Played& device, Instant now) {
  tell(device.name(), "goes by another config", now);
}

void Timeline::on_notes(Played& device, const Notes& notes, Instant now) {
  const std::string bus_name = bus_name_of(device.service());
  told_[&device].narrator.tell(notes, {device.name(), bus_name, device.member_word()}, now);
  for (const std::string& line : log_.take_lines()) tell(device.name(), "log: " + line, now);
}

void Timeline::on_view(Played& device, const std::optional<record::Decision>& news, Instant now) {
  Told& told = told_[&device];
  if (news) {
    for (const std::string& line : describe_change(told.decision, *news))
      tell(device.name(), line, now);
    told.decision = news;
  }
  if (with_items_) tell_items(device, told, now);
}

/// All of them, when it comes to the bus.
void Timeline::tell_items(Played& device, Told& told, Instant now) {
  if (!told.decision || !told.decision->is_present) {
    told.items = ItemValues();
    return;
  }
  const ItemValues& items = device.device().values();
  for (const Quantity item : items.existing()) {
    const ItemSpec& spec = item.spec();
    if (told.items[item].exists && !differs(told.items[item].value, items[item].value, spec))
      continue;
    told.items.set(item, items[item].value);
    tell(device.name(), std::string(spec.path) + " = " + format_text(items[item].value, spec.text),
         now);
  }
}

void Timeline::on_remark(const std::string& text, Instant now) {
  tell("(recording)", text, now);
}

}  // namespace dmb::replay
