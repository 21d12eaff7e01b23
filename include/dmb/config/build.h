// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/config/config.h"
#include "dmb/config/problems.h"
#include "dmb/config/settings.h"

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// Which sources are on.
struct Sources {
  bool mqtt = false;
  bool shunts = false;
  bool banks = false;  ///< of which there are no sources: whoever writes a section wants it
};

/// The `sources` key, or what auto finds (docs/behaviour.md, "Configuration"). None found is an
/// error.
Sources choose_sources(const Settings& settings, Problems& problems);

/// Something that only one service may have, and where it is set.
struct Claim {
  std::string value;
  std::string section;               ///< title of the section that holds the service
  const Setting* setting = nullptr;  ///< null: a default
};

/// What the services claim; checked for doubles when all are known.
struct Claims {
  std::vector<Claim> instances;
  std::vector<Claim> service_names;
  std::vector<Claim> topics;  ///< sharing one is odd, not wrong
};

/// [MQTT] as it must be when the MQTT source is on.
BrokerConfig build_broker(const Settings& settings, Problems& problems);
/// The broker that the keys of `scope` describe.
BrokerConfig read_broker(const Scope& scope, Problems& problems);

/// [DEFAULT] record and its kin.
RecordConfig build_record(const Settings& settings);

/// [PUBLISH], if it is written and there is a broker for it: its own, or `broker`, that of [MQTT].
/// `device_id`: of this device, where no `client` is set.
std::optional<PublishConfig> build_publish(const Settings& settings,
                                           const std::optional<BrokerConfig>& broker,
                                           std::string_view device_id, Problems& problems);
/// A battery that reads what is published at the same broker would be its own source: an error.
void check_loops(const Settings& settings, const Config& config, Problems& problems);

/// [DEFAULT] with the topic of [MQTT], and every [BATTERY name].
std::vector<BatteryConfig> build_batteries(const Settings& settings, const Presets& presets,
                                           Problems& problems, Claims& claims);

/// Gives the battery whose section is `section` its map, if it has one: the lines of its preset and
/// of its own [MAP name]. Its topic, which "{topic}" stands for, is that of the preset where none
/// is set. A map that tells nothing of a required item is an error.
void build_map(const Settings& settings, const SettingsSection& section, const Presets& presets,
               BatteryConfig& battery, Problems& problems);
/// Maps that belong to no battery.
void report_stray_maps(const Settings& settings, Problems& problems);

/// [TIME_TO_GO], for whoever shows one.
TimeToGoConfig build_time_to_go(const Scope& scope);

/// What every service on the bus has: BatteryConfig, ShuntConfig or BankConfig.
template <typename Service>
void read_publishing(const Scope& scope, Service& service) {
  if (const auto timeout = scope.get<int>("timeout"))
    service.timeout = std::chrono::seconds(*timeout);
  if (const auto interval = scope.get<int>("min_update_interval"))
    service.min_update_interval = std::chrono::milliseconds(*interval);
}

/// [SMARTSHUNTS].
ShuntConfig build_shunts(const Settings& settings, Problems& problems);
void claim_shunts(const Settings& settings, const ShuntConfig& shunts, Claims& claims);

/// Every [BANK name]. `batteries` are those of this config: that one of them is not to be on the
/// bus itself is written there.
std::vector<BankConfig> build_banks(const Settings& settings, std::vector<BatteryConfig>& batteries,
                                    Problems& problems, Claims& claims);

/// What [CHARGE CONTROL] and [CHARGE CONTROL name] say, for whom they say it.
void build_charge_controls(const Settings& settings, Config& config, Problems& problems);

/// What does not fit together in them.
void check_banks(const Settings& settings, std::span<const BankConfig> banks,
                 std::span<const BatteryConfig> batteries, Problems& problems);

/// temp_cold_danger and temp_hot_danger, which must be in this order.
TemperatureDanger build_danger(const Scope& scope, Problems& problems);

/// The timeout of what answers when it is asked, and so is never left without one by the 0 that
/// [DEFAULT] has for MQTT batteries. `own`: the section itself; `fallback`: the default.
void check_timeout(const SettingsSection& own, const Scope& scope, std::chrono::seconds fallback,
                   std::chrono::seconds& timeout, Problems& problems);

/// The section's own name as that of its service, or `fallback` where it cannot be one.
std::string shown_label(const SettingsSection& section, const std::string& fallback,
                        Problems& problems);

/// Numbers to suggest: free ones, and no two missing ones get the same.
class FreeInstances {
 public:
  /// Those above `last`.
  FreeInstances(const Settings& settings, int last);
  int take();

 private:
  std::set<int> used_;
  int last_;
};

/// Two services with one bus name or one instance are errors.
void check_claims(const Claims& claims, Problems& problems);

/// When everything was read that counts: reports wrong values, as errors where they are essential
/// and read, and hints at the keys that nobody read.
void report_settings(const Settings& settings, const Sources& sources, Problems& problems);

/// True when a broker address is set, be it the placeholder.
bool broker_is_configured(const Settings& settings);

/// Adds a claim unless the value set for it was wrong.
void add_claim(std::vector<Claim>& claims, std::string value, const SettingsSection& section,
               const Setting* setting);

}  // namespace dmb
