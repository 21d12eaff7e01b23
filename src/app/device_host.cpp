// SPDX-License-Identifier: MIT
#include "app/device_host.h"

#include "dmb/battery/quantity.h"
#include "dmb/device/switch_rows.h"
#include "runtime/clock.h"

#include <cstdint>
#include <utility>
#include <variant>

namespace dmb {

DeviceHost::DeviceHost(Loop& loop, Device& device, DeviceDescription description, bool on_bus,
                       std::function<void()> settled)
    : loop_(loop),
      device_(device),
      name_(description.device_name),
      bus_name_(bus_name_of(description.service_name)),
      settled_(std::move(settled)),
      wants_page_(description.cell_page),
      wake_(loop, [this] { settle(); }) {
  if (on_bus) start_service(std::move(description));
}

void DeviceHost::start_service(DeviceDescription description) {
  service_.emplace(
      loop_, std::move(description), [this] { settle(); }, settings_,
      [this] {
        if (settings_changed_) settings_changed_();
      });
  service_->on_side_write(
      [this](std::string_view path, const OptValue& value) { return on_side_write(path, value); });
  describe();
}

void DeviceHost::describe() {
  if (service_) service_->describe(device_.values());
}

void DeviceHost::offer_cells(PageSource source) {
  source_ = std::move(source);
  create_page();
}

/// Items of a service do not go but with it.
void DeviceHost::create_page() {
  const bool is_wanted = wants_page_ && source_.packs;
  if (is_wanted == page_.has_value()) return;
  if (page_ && service_) service_->leave();
  page_.reset();
  modules_.reset();
  if (is_wanted) page_.emplace();
  if (is_wanted && source_.members) modules_.emplace();
  gather_sides();
}

void DeviceHost::offer_switches(const SideItemSet& shown, SideWrite on_write) {
  switches_ = &shown;
  on_switch_ = std::move(on_write);
  gather_sides();
}

void DeviceHost::gather_sides() {
  sides_.clear();
  if (page_) sides_.push_back(&page_->shown());
  if (modules_) sides_.push_back(&modules_->shown());
  if (switches_ != nullptr) sides_.push_back(switches_);
}

/// While the write is being answered the service must not be touched.
std::optional<OptValue> DeviceHost::on_side_write(std::string_view path, const OptValue& value) {
  wake_.at(loop_.now());
  if (path.starts_with(kSwitchRoot)) return on_switch_ ? on_switch_(path, value) : std::nullopt;
  if (path == row_of(PageField::requested).path && request_cells(value)) return value;
  return std::nullopt;
}

bool DeviceHost::request_cells(const OptValue& number) {
  return page_ && number && page_->request(std::get<std::int32_t>(*number), loop_.now());
}

void DeviceHost::change(DeviceDescription description, bool on_bus) {
  wants_page_ = description.cell_page;
  create_page();
  name_ = description.device_name;
  bus_name_ = bus_name_of(description.service_name);
  if (!on_bus) return service_.reset();
  if (!service_) return start_service(std::move(description));
  service_->change(std::move(description), device_.values());
}

void DeviceHost::offer_settings(const std::vector<SettingSpec>& specs) {
  if (settings_.offer(specs) && service_) service_->ask_for_settings();
}

void DeviceHost::write_setting(std::string_view name, const Value& value) {
  settings_.write(name, value);
  if (service_) service_->store_settings();
}

void DeviceHost::tell_notes(Instant now) {
  tell(device_.take_notes(), now);
}

void DeviceHost::tell(const Notes& notes, Instant now) {
  narrator_.tell(notes, {name_, service_ ? service_->bus_name() : bus_name_, member_word_}, now);
}

void DeviceHost::settle() {
  const Instant now = loop_.now();
  tell_date(now);
  if (service_) service_->identify(device_.values());
  device_.view(now);
  tell_notes(now);
  if (service_ && page_) show_page(now);
  if (service_) join_or_leave();
  settled_();
  const auto published = service_ ? publish(now) : std::nullopt;
  const auto page_due = service_ && page_ ? page_->next_due() : std::nullopt;
  wake_.at(earlier(earlier(published, page_due), device_.next_change(now)));
}

/// The display shows as many cells as the one number for all batteries says, which a bank of
/// different ones does not have.
void DeviceHost::show_page(Instant now) {
  constexpr Quantity kCells = q("/System/NrOfCellsPerBattery");
  if (device_.presence() == Presence::off) return page_->pause();
  if (modules_) modules_->show(source_.members());
  if (page_->is_due(source_.heard(), now))
    page_->show(source_.packs(), now, source_.series ? source_.series() : std::nullopt);
  else
    page_->pass_over();
  const auto cells = source_.heard() > 1 ? page_->cells() : std::nullopt;
  if (cells && !device_.values()[kCells].value) device_.values().set(kCells, *cells);
}

void DeviceHost::tell_date(Instant now) {
  const auto today = date_now();
  if (today == today_) return;
  today_ = today;
  device_.handle(event::Today{today}, now);
}

/// Complete or not at all. That it left in between for another instance changes nothing.
void DeviceHost::join_or_leave() {
  const Presence presence = device_.presence();
  if (presence == Presence::off && service_->joined()) service_->leave();
  if (presence == Presence::on && !service_->joined() && service_->identified())
    service_->join(device_.values(), sides_);
}

/// Returns when to call again.
std::optional<Instant> DeviceHost::publish(Instant now) {
  if (const auto due = service_->update(device_.values(), now, sides_)) return due;
  const bool by_itself = device_.lives_by_itself();
  const auto sign = by_itself ? std::optional(now) : device_.last_sign();
  if (!sign || !service_->joined()) return std::nullopt;
  if (const auto due = service_->show_life(device_.values(), *sign, now)) return due;
  return by_itself ? std::optional(service_->next_life()) : std::nullopt;
}

}  // namespace dmb
