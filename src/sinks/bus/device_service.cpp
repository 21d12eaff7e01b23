// SPDX-License-Identifier: MIT
#include "sinks/bus/device_service.h"

#include "dmb/bank/shunt_selection.h"
#include "dmb/battery/quantity.h"
#include "dmb/battery/service_name.h"
#include "runtime/identity.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace dmb {
namespace {

/// Stable over restarts and not tied to a port or an order, so that the VRM history stays with its
/// battery.
std::string settings_id(const std::string& service_name) {
  return "dbus_mqtt_battery_" + service_name;
}

}  // namespace

std::string bus_name_of(const std::string& service_name) {
  return std::string(kBatteryPrefix) + service_name;
}

bool is_called(const DeviceDescription& device, const std::string& name) {
  return is_named({.service = bus_name_of(device.service_name),
                   .custom_name = device.device_name,
                   .device_instance = device.preferred_instance},
                  name);
}

DeviceService::DeviceService(Loop& loop, DeviceDescription description,
                             std::function<void()> identified, KeptSettings& settings,
                             std::function<void()> settings_changed)
    : description_(std::move(description)),
      identified_(std::move(identified)),
      bus_(loop),
      service_(
          loop, bus_, bus_name_of(description_.service_name), quantity_specs(), description_.times,
          [this](Quantity id, const OptValue& value) { return on_write(id, value); },
          [this](std::string_view path, const OptValue& value) {
            return on_side_write_ ? on_side_write_(path, value) : std::nullopt;
          }),
      settings_(settings),
      settings_changed_(std::move(settings_changed)),
      device_id_(local_device_id()) {
  make_serial();
  ask_for_identity();
}

void DeviceService::ask_for_identity() {
  client_.emplace(
      bus_, bus_.loop(), settings_id(description_.service_name), description_.preferred_instance,
      [this](const DeviceIdentity& identity) { on_identity(identity); }, settings_,
      settings_changed_);
}

void DeviceService::describe(ItemValues& values) const {
  values.set(q("/Mgmt/ProcessName"), std::string(kProgramName));
  values.set(q("/Mgmt/ProcessVersion"), std::string(version()));
  values.set(q("/FirmwareVersion"), std::string(version()));
  values.set(q("/HardwareVersion"), std::nullopt);
  values.set(q("/Connected"), 1);
  values.bring(q("/Serial"));
  values.set(q("/UpdateIndex"), 0);
  describe_product(values);
  identify(values);
}

void DeviceService::describe_product(ItemValues& values) const {
  values.set(q("/Mgmt/Connection"), description_.connection);
  values.set(q("/ProductId"), description_.product_id);
  values.set(q("/ProductName"), description_.product_name);
}

void DeviceService::change(DeviceDescription description, ItemValues& values) {
  const bool same = description.is_same_service(description_);
  description_ = std::move(description);
  service_.change_times(description_.times);
  if (!same) ask_for_identity();
  describe_product(values);
  identify(values);
}

void DeviceService::identify(ItemValues& values) const {
  values.set(q("/DeviceInstance"), instance());
  values.keep_or_set(q("/Serial"), serial_);
  values.set(q("/CustomName"), shown_name());
}

status::ServiceStatus DeviceService::status() const {
  status::ServiceStatus status{
      .name = service_.name(), .on_bus = service_.owned(), .taken_by = service_.taken_by()};
  if (identity_) status.instance = identity_->instance;
  return status;
}

int DeviceService::instance() const {
  return identity_ ? identity_->instance : description_.preferred_instance;
}

void DeviceService::make_serial() {
  serial_ = device_id_ + "-" + std::to_string(instance());
}

/// Never empty: a name that was cleared falls back to the configured one.
std::string DeviceService::shown_name() const {
  const bool named = identity_ && !identity_->custom_name.empty();
  return named ? identity_->custom_name : description_.device_name;
}

std::optional<Instant> DeviceService::update(ItemValues& values, Instant now, Sides sides) {
  if (!service_.joined()) return std::nullopt;
  return service_.update(values, now, sides);
}

std::optional<Instant> DeviceService::show_life(ItemValues& values, Instant last_sign,
                                                Instant now) {
  if (!service_.joined()) return std::nullopt;
  return service_.show_life(values, last_sign, now);
}

void DeviceService::on_identity(const DeviceIdentity& identity) {
  const bool moved = identity_ && identity_->instance != identity.instance;
  identity_ = identity;
  make_serial();
  const std::string name = bus_name_of(description_.service_name);
  if (service_.name() != name) {
    spdlog::warn("{}: {} goes on as {}", description_.device_name, service_.name(), name);
    service_.rename(name);
  } else if (moved && service_.joined()) {
    // Consumers read the instance once: only a new start makes them see it.
    spdlog::warn("{}: instance changed to {}; {} leaves the bus and comes back",
                 description_.device_name, identity.instance, service_.name());
    service_.leave();
  } else if (identity.instance != description_.preferred_instance) {
    spdlog::info("{}: the settings service assigned instance {} (preferred was {})",
                 description_.device_name, identity.instance, description_.preferred_instance);
  }
  identified_();
}

std::optional<OptValue> DeviceService::on_write(Quantity id, const OptValue& value) {
  if (id != q("/CustomName") || !identity_) return std::nullopt;
  identity_->custom_name = value ? std::get<std::string>(*value) : std::string();
  client_->store_custom_name(identity_->custom_name);
  return shown_name();
}

}  // namespace dmb
