// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "dmb/battery/item_values.h"
#include "dmb/device/kept_settings.h"
#include "dmb/status/status.h"
#include "runtime/loop.h"
#include "sinks/bus/published_service.h"
#include "sinks/bus/settings_client.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dmb {

/// What a device of ours is called and is.
struct DeviceDescription {
  /// Whether it is the same service: one name on the bus, one wish for an instance.
  bool is_same_service(const DeviceDescription& other) const {
    return service_name == other.service_name && preferred_instance == other.preferred_instance;
  }

  std::string service_name;  ///< last part of the bus name
  std::string device_name;   ///< shown until the user gives another
  int preferred_instance = 0;
  std::int32_t product_id = 0;
  std::string product_name;
  std::string connection;  ///< /Mgmt/Connection
  SignalTimes times;
  bool cell_page = false;  ///< it has a page of cells, once cells are known
};

/// Whether people may mean it: by its name in the config, instance or service.
bool is_called(const DeviceDescription& device, const std::string& name);

/// "com.victronenergy.battery.<service_name>".
std::string bus_name_of(const std::string& service_name);

/// A device of ours: its own bus connection, its VRM instance, custom name and further settings in
/// the settings service, and its service on the bus. What it measures is the business of its owner.
class DeviceService {
 public:
  /// `identified` is called when the device learns its instance and may join, and when that changes
  /// later; a joined service has left the bus then and has to join anew. `loop` must outlive it.
  /// `settings`, too: what its user sets beside the name, stored in the settings service.
  /// `settings_changed`: that service has another value of one, which `settings` has now.
  DeviceService(Loop& loop, DeviceDescription description, std::function<void()> identified,
                KeptSettings& settings, std::function<void()> settings_changed);

  Bus& bus() { return bus_; }
  const std::string& bus_name() const { return service_.name(); }
  /// Whether the instance is known. Not before that may it join.
  bool identified() const { return identity_.has_value(); }
  bool joined() const { return service_.joined(); }
  status::ServiceStatus status() const;

  /// Asked about what somebody wrote to an item beside the quantities.
  void on_side_write(SideWrite on_side_write) { on_side_write_ = std::move(on_side_write); }

  /// `settings` were offered anew: the settings service is asked for them.
  void ask_for_settings() { client_->ask_for_settings(); }
  /// One of `settings` was written.
  void store_settings() { client_->store_settings(); }

  /// Writes the items that say what the service is. Once, at start.
  void describe(ItemValues& values) const;
  /// Another description of the same device. Under another name or instance it leaves the bus once
  /// it may come back as that, and has to join anew, as with `identified` in the constructor.
  void change(DeviceDescription description, ItemValues& values);
  /// Writes instance, serial and custom name, which may change.
  void identify(ItemValues& values) const;

  /// `sides`, also of update(): see PublishedService::join().
  void join(const ItemValues& values, Sides sides) { service_.join(values, sides); }
  void leave() { service_.leave(); }
  /// See PublishedService::update(); nothing while not joined.
  std::optional<Instant> update(ItemValues& values, Instant now, Sides sides);
  /// See PublishedService::show_life(); nothing while not joined.
  std::optional<Instant> show_life(ItemValues& values, Instant last_sign, Instant now);
  Instant next_life() const { return service_.next_life(); }

 private:
  void on_identity(const DeviceIdentity& identity);
  std::optional<OptValue> on_write(Quantity id, const OptValue& value);
  std::string shown_name() const;
  int instance() const;
  void make_serial();
  void describe_product(ItemValues& values) const;
  void ask_for_identity();

  DeviceDescription description_;
  std::function<void()> identified_;
  SideWrite on_side_write_;
  Bus bus_;
  PublishedService service_;
  KeptSettings& settings_;
  std::function<void()> settings_changed_;
  std::optional<SettingsClient> client_;
  std::optional<DeviceIdentity> identity_;
  std::string device_id_;
  OptValue serial_;  ///< of this device and this instance of it
};

}  // namespace dmb
