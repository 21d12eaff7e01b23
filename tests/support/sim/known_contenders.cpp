// SPDX-License-Identifier: MIT
#include "known_contenders.h"

#include "aggregate_rules.h"
#include "serial_bms.h"

namespace dmb::sim {
namespace {

class SerialDriver final : public Controller {
 public:
  explicit SerialDriver(double soc_percent)
      : bms_({.max_charge_a = kMaxChargeA,
              .max_discharge_a = kMaxDischargeA,
              .start_soc_percent = soc_percent}) {}

  Answer update(const Seen& seen) override {
    const Wishes wishes = bms_.update(seen.packs.front(), seen.now_s);
    return {.limits = wishes.limits, .mode = wishes.mode};
  }
  /// It keeps its state in the settings service.
  void restart(double) override {}

 private:
  SerialBms bms_;
};

class AggregateBatteries final : public Controller {
 public:
  Answer update(const Seen& seen) override {
    const Limits limits = rules_.update(seen.packs);
    return {.limits = limits, .mode = "", .feed_in = rules_.wants_feed_in()};
  }
  void restart(double) override {}

 private:
  AggregateRulesOfOthers rules_{{.max_charge_a = kMaxChargeA, .max_discharge_a = kMaxDischargeA}};
};

}  // namespace

Contender serial_driver() {
  return {"serial driver", [](const Scenario& scenario) {
            return std::make_unique<SerialDriver>(100 * scenario.site.packs[0].soc +
                                                  scenario.soc_error_percent);
          }};
}

Contender aggregate_batteries() {
  return {"aggregate batteries",
          [](const Scenario&) { return std::make_unique<AggregateBatteries>(); }};
}

}  // namespace dmb::sim
