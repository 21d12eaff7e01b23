// SPDX-License-Identifier: MIT
#pragma once

#include "dbus/bus.h"
#include "dmb/device/kept_settings.h"
#include "runtime/loop.h"

#include <functional>
#include <memory>
#include <string>

namespace dmb {

/// What com.victronenergy.settings keeps of a device.
struct DeviceIdentity {
  int instance = 0;         ///< VRM instance to use
  std::string custom_name;  ///< "" when the user gave none
  bool operator==(const DeviceIdentity&) const = default;
};

/// Client of com.victronenergy.settings for one device: allocates its VRM instance
/// (/Settings/Devices/<id>/ClassAndVrmInstance), keeps its name (…/CustomName), and its
/// KeptSettings (…/<name>). Everything is asynchronous with a time-out. Works when the settings
/// service appears late, restarts, hangs, or never exists: then the preferred instance stands, and
/// name and settings are kept in memory.
class SettingsClient {
 public:
  /// Called once the identity is known (from the service, or because there is none or it does not
  /// answer within 2 s), and again whenever it changes: service appeared later, or the user edited
  /// it. Never called from within the constructor or store_custom_name(). May destroy the client.
  using Listener = std::function<void(const DeviceIdentity&)>;

  /// Called when a kept setting has another value, because the service has; the first time before
  /// the identity is known. Under the same conditions, but it must not destroy the client.
  using SettingsListener = std::function<void()>;

  /// `device_id`: driver prefix and something stable; characters that are not legal in a settings
  /// path are escaped. `bus`, `loop` and `settings` must outlive it.
  SettingsClient(Bus& bus, Loop& loop, const std::string& device_id, int preferred_instance,
                 Listener listener, KeptSettings& settings, SettingsListener settings_changed);
  ~SettingsClient();
  SettingsClient(const SettingsClient&) = delete;
  SettingsClient& operator=(const SettingsClient&) = delete;

  /// Persists the name; when the service is away, as soon as it is back. It wins over a name that
  /// is stored there. The listener is not called for it.
  void store_custom_name(std::string name);

  /// There are other kept settings than before.
  void ask_for_settings();
  /// One of them was written here.
  void store_settings();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmb
