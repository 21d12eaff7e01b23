// SPDX-License-Identifier: MIT
#include "readers.h"
#include "section.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace dmb::importing {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 11> kKnown{
    "serviceName", "excludedServices", "primaryServices", "auxiliaryServices",
    "capacity",    "virtualBatteries", "classes",         "currentRatioMethod",
    "cvlMode",     "logLevel",         "reconnectTimeout"};

/// Without what all batteries' services begin with, which our entries need not have.
std::string entry_of(std::string_view service) {
  constexpr std::string_view kPrefix = "com.victronenergy.battery.";
  if (service.starts_with(kPrefix)) service.remove_prefix(kPrefix.size());
  return std::string(service);
}

/// The services of a list of them, or of an object of services and their paths.
std::vector<std::string> services_of(const Json& json) {
  std::vector<std::string> services;
  if (json.is_object())
    for (const auto& [service, _] : json.items()) services.push_back(entry_of(service));
  if (json.is_array())
    for (const Json& service : json)
      if (service.is_string()) services.push_back(entry_of(service.get<std::string>()));
  return services;
}

/// Stand-ins for what is known of no service: they give values where nobody else does.
bool is_service(const std::string& entry) {
  return entry != "leastPrecedence" && entry != "defaultMetadata";
}

/// Of two services that are one battery, the one of which only some paths are taken is the shunt;
/// where nothing says so, the first, whose values go before the other's.
std::string pair_of(const Json& json) {
  auto services = services_of(json);
  const bool second_is_shunt =
      json.is_object() && json.begin()->empty() && !std::next(json.begin())->empty();
  if (!second_is_shunt) std::ranges::reverse(services);
  return services[0] + ":" + services[1];
}

void import_pairs(const Json& virtuals, Section& bank) {
  std::vector<std::string> pairs;
  for (const auto& [name, parts] : virtuals.items()) {
    const auto services = services_of(parts);
    if (services.size() == 2 && std::ranges::all_of(services, is_service)) {
      pairs.push_back(pair_of(parts));
    } else {
      bank.remark("the virtual battery " + entry_of(name) + " of " + join(services_of(parts)) +
                  " has no counterpart: a pair is one battery and one monitor");
    }
  }
  if (pairs.empty()) return;
  bank.set("pair", join(pairs));
  bank.remark("check each pair: first the battery with the BMS, then its monitor");
}

void import_primary(const Json& primary, Section& bank) {
  const auto services = services_of(primary);
  if (services.size() == 1) {
    bank.set("shunt", services.front());
    bank.remark("primaryServices: current, SoC and ampere-hours of the bank come from the shunt");
  } else if (!services.empty()) {
    bank.remark("primaryServices " + join(services) +
                ": one monitor that measures for the whole bank can be named in \"shunt\"");
  }
}

void remark_services(const Json& json, const char* key, const std::string& what, Section& bank) {
  if (!json.contains(key) || json[key].empty()) return;
  bank.remark(std::string(key) + " " + join(services_of(json[key])) + ": " + what);
}

void remark_rest(const Json& json, Section& bank) {
  remark_services(json, "excludedServices",
                  "nothing is to be excluded; monitors and sums of others do not count unless they "
                  "are named. If one of these is a battery, name the others in \"members\"",
                  bank);
  remark_services(json, "auxiliaryServices", "has no counterpart", bank);
  if (!json.contains("excludedServices"))
    bank.remark(
        "every battery service counted there, monitors too; here a monitor counts where "
        "\"members\" names it");
  for (const char* key :
       {"cvlMode", "currentRatioMethod", "classes", "reconnectTimeout", "serviceName", "logLevel"})
    if (json.contains(key)) bank.remark(std::string(key) + " has no counterpart");
}

bool is_known(std::string_view key) {
  return std::ranges::find(kKnown, key) != kKnown.end();
}

}  // namespace

Imported import_battery_aggregator(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return {.error = "it begins like JSON, and is none: check its commas"};
  if (!json.is_object() ||
      std::ranges::none_of(json.items(), [](const auto& item) { return is_known(item.key()); }))
    return {.error = "it is JSON without any key of BatteryAggregator: " +
                     std::string("excludedServices, primaryServices, virtualBatteries, capacity")};
  Section bank("BANK House");
  bank.set("device_instance", "110");
  if (json.contains("capacity") && json["capacity"].is_number())
    bank.set("total_capacity", json["capacity"].dump());
  if (json.contains("primaryServices")) import_primary(json["primaryServices"], bank);
  if (json.contains("virtualBatteries") && json["virtualBatteries"].is_object())
    import_pairs(json["virtualBatteries"], bank);
  remark_rest(json, bank);
  return {.sections = bank.text()};
}

}  // namespace dmb::importing
