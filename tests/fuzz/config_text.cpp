// SPDX-License-Identifier: MIT
#include "config_text.h"

#include "dmb/battery/quantity.h"
#include "dmb/config/charge_lines.h"
#include "dmb/config/ini_value.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace dmb::fuzz {

namespace {

class Writer {
 public:
  std::string text;
  bool complete = true;

  void section(const std::string& name) { text += "[" + name + "]\n"; }

  void line(const char* key, const std::string& raw) {
    text.append(key).append(" = ").append(raw).append("\n");
  }
  void number(const char* key, long long value) { line(key, std::to_string(value)); }
  void number(const char* key, double value) {
    std::array<char, 40> buffer;
    line(key,
         {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr});
  }
  void limit(const char* key, const std::optional<double>& value) {
    if (value) number(key, *value);
  }

  void words(const char* key, const std::string& value, ValueSyntax syntax = ValueSyntax::plain) {
    if (value.empty()) return;
    for (const std::string& raw : {value, '"' + value + '"', '\'' + value + '\''})
      if (clean_value(" " + raw, syntax).text == value) return line(key, raw);
    complete = false;
  }

  void list(const char* key, const std::vector<std::string>& items) {
    std::string raw;
    for (const std::string& item : items) {
      if (!raw.empty()) raw += ", ";
      raw += item.find('"') == std::string::npos ? '"' + item + '"' : '\'' + item + '\'';
    }
    if (items.empty()) return;
    if (clean_value(" " + raw, ValueSyntax::list).items != items) complete = false;
    line(key, raw);
  }
};

void write(Writer& out, const BrokerConfig& broker) {
  out.section("MQTT");
  const bool brackets = broker.address.find(':') != std::string::npos ||
                        (broker.address.front() == '[' && broker.address.back() == ']');
  out.words("broker_address", brackets ? "[" + broker.address + "]" : broker.address);
  out.number("broker_port", static_cast<long long>(broker.port));
  out.words("username", broker.username, ValueSyntax::secret);
  if (broker.password) out.words("password", *broker.password, ValueSyntax::secret);
  out.number("tls_enabled", static_cast<long long>(broker.tls_enabled));
  out.number("tls_insecure", static_cast<long long>(broker.tls_insecure));
  out.words("tls_path_to_ca", broker.tls_path_to_ca);
  out.words("tls_path_to_cert", broker.tls_path_to_cert);
  out.words("tls_path_to_key", broker.tls_path_to_key);
}

template <typename Service>
void write_service(Writer& out, const Service& service) {
  out.words("device_name", service.device_name);
  out.number("device_instance", static_cast<long long>(service.device_instance));
  out.words("service_name", service.service_name);
  out.number("timeout", static_cast<long long>(service.timeout.count()));
  out.number("min_update_interval", static_cast<long long>(service.min_update_interval.count()));
  out.number("stop_discharge_on_timeout",
             static_cast<long long>(service.stop_discharge_on_timeout));
  if (service.product_id) out.number("product_id", static_cast<long long>(*service.product_id));
}

void write(Writer& out, const TimeToGoConfig& time) {
  out.number("enabled", static_cast<long long>(time.enabled));
  out.number("soc", time.soc_floor_percent);
  out.number("recalculate_every", static_cast<long long>(time.recalculate_every.count()));
  const bool full = time.while_charging == TimeToGoConfig::WhileCharging::full;
  out.line("while_charging", full ? "full" : "none");
}

void write(Writer& out, const BatteryConfig& battery) {
  out.words("topic", battery.topic);
  write_service(out, battery);
  write(out, battery.time_to_go);
  std::vector<std::string> required;
  for (const Quantity id : battery.required) required.emplace_back(id.spec().path);
  out.list("required", required);
}

void write(Writer& out, const ShuntConfig& shunts) {
  out.section("TIME_TO_GO");  // batteries have their own
  write(out, shunts.time_to_go);
  out.section("SMARTSHUNTS");
  write_service(out, shunts);
  out.line("device_mode", shunts.mode == ShuntMode::monitor ? "monitor" : "virtual-bms");
  out.line("capacity_mode", shunts.capacity_mode == CapacityMode::soc ? "soc" : "register");
  out.limit("total_capacity", shunts.total_capacity_ah);
  out.list("exclude_shunts", shunts.exclude_shunts);
  out.list("include_shunts", shunts.include_shunts);
  if (shunts.expected_shunts)
    out.number("expected_shunts", static_cast<long long>(*shunts.expected_shunts));
  out.number("temp_cold_danger", shunts.danger.cold_c);
  out.number("temp_hot_danger", shunts.danger.hot_c);
  out.limit("max_charge_voltage", shunts.max_charge_voltage_v);
  out.limit("max_charge_current", shunts.max_charge_current_a);
  out.limit("max_discharge_current", shunts.max_discharge_current_a);
  out.number("log_period", static_cast<long long>(shunts.log_period.count()));
}

void write(Writer& out, const std::string& name, const std::optional<ChargeRules>& rules) {
  if (!rules) return;
  out.section("CHARGE CONTROL " + name);
  for (const auto& [key, value] : charge_lines(*rules)) out.line(std::string(key).c_str(), value);
}

}  // namespace

std::optional<std::string> config_text(const Config& config) {
  const bool mapped = std::ranges::any_of(
      config.batteries, [](const BatteryConfig& battery) { return battery.map.has_value(); });
  if (!config.banks.empty() || mapped) return std::nullopt;
  constexpr std::array kLevels{"ERROR", "WARNING", "INFO", "DEBUG"};
  Writer out;
  out.section("DEFAULT");
  out.line("logging", kLevels.at(static_cast<std::size_t>(config.log_level)));
  out.line("sources", std::string(config.broker ? "mqtt" : "") +
                          (config.broker && config.shunts ? ", " : "") +
                          (config.shunts ? "smartshunts" : ""));
  if (config.broker) write(out, *config.broker);
  for (std::size_t i = 0; i < config.batteries.size(); ++i) {
    out.section("BATTERY " + std::to_string(i));
    write(out, config.batteries[i]);
    write(out, std::to_string(i), config.batteries[i].charge_control);
  }
  if (config.shunts) {
    write(out, *config.shunts);
    write(out, "SMARTSHUNTS", config.shunts->charge_control);
  }
  return out.complete ? std::optional(out.text) : std::nullopt;
}

}  // namespace dmb::fuzz
