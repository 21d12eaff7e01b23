// SPDX-License-Identifier: MIT
#include "app/battery_setup.h"

#include <string_view>

namespace dmb {
namespace {

constexpr std::int32_t kMqttProductId = 0xFFFF;  // never that of a real BMS
constexpr std::string_view kProductName = "MQTT Battery";

}  // namespace

DeviceDescription description_of(const BatteryConfig& config, const std::string& connection) {
  return {.service_name = config.service_name,
          .device_name = config.device_name,
          .preferred_instance = config.device_instance,
          .product_id = config.product_id.value_or(kMqttProductId),
          .product_name = std::string(kProductName),
          .connection = connection,
          .times = {config.min_update_interval, life_interval(config.timeout)},
          .cell_page = config.cell_page};
}

}  // namespace dmb
