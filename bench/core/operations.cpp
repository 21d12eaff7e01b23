// SPDX-License-Identifier: MIT
#include "operations.h"

#include "../payload_series.h"
#include "dmb/bank/bank.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/payload.h"
#include "dmb/codec/payload_decoder.h"
#include "dmb/codec/text.h"
#include "dmb/control/guard.h"
#include "dmb/control/virtual_bms.h"
#include "dmb/device/aggregate_view.h"
#include "dmb/device/battery_model.h"
#include "dmb/device/change.h"
#include "dmb/device/limits_view.h"
#include "dmb/mapping/intake.h"
#include "dmb/mapping/parse_map.h"
#include "dmb/publish/plan.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace dmb::bench {
namespace {

using Step = std::function<void()>;

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void must(bool true_) {
  if (!true_) throw std::logic_error("an operation does not do what it is there for");
}

template <const char* kFile>
Step decode(const std::string& data) {
  return [text = file_text(data + "/" + kFile), reading = std::make_shared<Reading>()] {
    must(std::holds_alternative<Accepted>(decode_payload(text, *reading)));
  };
}

constexpr char kFull[] = "payload-seed-full.json";
constexpr char kMinimum[] = "payload-seed-minimum.json";
constexpr char kLimits[] = "payload-seed-with-limits.json";
constexpr char kJsonData[] = "payload-serialbattery-jsondata.json";

/// Payloads as they come one after the other: only values differ.
class Following {
 public:
  explicit Following(std::vector<std::string> payloads) : payloads_(std::move(payloads)) {}

  void step() {
    turn_ = (turn_ + 1) % payloads_.size();
    must(std::holds_alternative<Accepted>(decoder_.decode(payloads_[turn_])));
  }

 private:
  std::vector<std::string> payloads_;
  PayloadDecoder decoder_;
  std::size_t turn_ = 0;
};

template <const char* kFile>
Step follow(const std::string& data) {
  return [following = std::make_shared<Following>(
              payload_series(file_text(data + "/" + kFile), 100, 2))] { following->step(); };
}

/// Shows values as a service does: finds what changed, writes its texts, remembers it.
class Shown {
 public:
  explicit Shown(std::span<const ItemSpec> items) : values_(items.size()), changes_(items) {}

  std::size_t show(const ItemValues& values) {
    const Changes& changes = changes_.find(values_, values);
    text_.clear();
    for (const Quantity id : changes.items) {
      append_text(text_, values[id].value, id.spec().text);
      values_.set(id, values[id].value);
    }
    return changes.items.size();
  }

 private:
  ItemValues values_;
  ChangeFinder changes_;
  std::string text_;
};

/// Two readings in turn, in which 33 fields differ.
class BatteryLoop {
 public:
  explicit BatteryLoop(const std::string& data, const std::optional<ChargeRules>& charge = {})
      : model_(BatteryRules{.charge = charge}) {
    for (const std::string& payload : payload_series(file_text(data + "/" + kFull), 100, 2)) {
      readings_.emplace_back();
      must(std::holds_alternative<Accepted>(decode_payload(payload, readings_.back())));
    }
    for (int i = 0; i < 4; ++i) step();
    if (!charge) must(changed_ == 34);  // and cell sum; the update index is the app's
    must(!charge || model_.limits().max_charge_voltage.value.has_value());
  }

  void step() {
    now_ += std::chrono::seconds(1);
    turn_ = 1 - turn_;
    model_.apply(readings_[turn_], BatteryModel::Delivery::live, now_);
    changed_ = shown_.show(model_.view(now_));
    must(model_.next_change(now_).has_value());
  }

 private:
  BatteryModel model_;
  Shown shown_{quantity_specs()};
  std::vector<Reading> readings_;
  std::size_t turn_ = 0;
  std::size_t changed_ = 0;
  Instant now_{};
};

Step battery_update(const std::string& data) {
  return [loop = std::make_shared<BatteryLoop>(data)] { loop->step(); };
}

Step charge_update(const std::string& data) {
  ChargeRules rules;
  rules.max_charge_current_a = rules.max_discharge_current_a = 100;
  return [loop = std::make_shared<BatteryLoop>(data, rules)] { loop->step(); };
}

/// A bank of shunts of which one after the other tells a new current, power and SoC.
class BankLoop {
 public:
  BankLoop(std::size_t shunts, bool bms) {
    std::vector<MemberSnapshot> members(shunts);
    for (std::size_t i = 0; i < shunts; ++i) {
      const std::string number = std::to_string(i);
      members[i].id = members[i].name = "shunt " + number;
      members[i].service = "com.victronenergy.battery.ttyS" + number;
      members[i].capacity_ah = 100;
      for (const MemberQuantity id : kAllMemberQuantities) members[i].values[id] = 0;
      members[i].values[q("/Dc/0/Voltage")] = 52;
      members[i].values[q("/Dc/0/Temperature")] = 20;
      members[i].values[q("/Connected")] = 1;
      members[i].values[q("/Settings/HasTemperature")] = 1;
    }
    bank_.replace(std::move(members), now_);
    if (bms) bms_.emplace(BmsRules{.max_charge_voltage_v = 56.4, .max_charge_current_a = 100});
    if (bms_) bms_->update(bank_.members(), now_);
    create_aggregate_items(BankOf::shunts, values_);
    for (int i = 0; i < 4; ++i) step();
    must(changed_ >= 3);
  }

  void step() {
    now_ += std::chrono::milliseconds(10);
    turn_ = (turn_ + 1) % bank_.members().size();
    MemberValues values = bank_.members()[turn_].values;
    *values[q("/Dc/0/Current")] += 1;
    *values[q("/Dc/0/Power")] += 52;
    *values[q("/Soc")] = 50 + (*values[q("/Soc")] > 50 ? -40 : 40);
    bank_.set(turn_, values, bank_.members()[turn_].capacity_ah, {}, now_);
    show_aggregate(bank_.aggregate(now_), values_);
    if (bms_) {
      bms_->update(bank_.members(), std::span(&turn_, 1), now_);
      show_bms(guard_.update(bms_->votes(), {}, now_), false, values_);
    }
    changed_ = shown_.show(values_);
  }

 private:
  Bank bank_{AggregateRules{}};
  std::optional<VirtualBms> bms_;
  Guard guard_;
  ItemValues values_;
  Shown shown_{quantity_specs()};
  std::size_t turn_ = 0;
  std::size_t changed_ = 0;
  Instant now_{};
};

template <std::size_t kShunts, bool kBms>
Step shunt_update(const std::string&) {
  return [loop = std::make_shared<BankLoop>(kShunts, kBms)] { loop->step(); };
}

/// A publisher with a topic per value: 40 messages, one moment.
class MappedBurst {
 public:
  MappedBurst() : intake_(map(), {}) {
    for (const char* name : {"soc", "u", "i", "p"}) topics_.push_back(std::string("shed/") + name);
    for (int n = 1; n <= 36; ++n) topics_.push_back("shed/cells/" + std::to_string(n));
    for (const std::string& topic : topics_) intake_.receive(topic, payload(), false, now_);
    must(!intake_.take(now_ + kBurst).empty());
  }

  void step() {
    now_ += std::chrono::seconds(1);
    turn_ = 1 - turn_;
    for (const std::string& topic : topics_) {
      must(intake_.take(now_).empty());
      intake_.receive(topic, payload(), false, now_);
    }
    const auto outs = intake_.take(now_);
    must(outs.size() == 1 && outs[0].is_life && outs[0].reading.fields().size() == topics_.size());
  }

 private:
  static Map map() {
    const std::array<MapEntry, 5> entries{
        {{.key = "Soc", .value = "shed/soc"},
         {.key = "Dc/0/Voltage", .value = "shed/u"},
         {.key = "Dc/0/Current", .value = "shed/i * -1"},
         {.key = "Dc/0/Power", .value = "shed/p"},
         {.key = "Voltages/Cell{n}", .value = "shed/cells/{n} * 0.1"}}};
    return parse_map({}, entries, [](auto) { return std::nullopt; }).map;
  }
  std::string_view payload() const { return turn_ == 0 ? "33.01" : "33.12"; }

  MapIntake intake_;
  std::vector<std::string> topics_;
  std::size_t turn_ = 0;
  Instant now_{};
};

Step mapped_burst(const std::string&) {
  return [burst = std::make_shared<MappedBurst>()] { burst->step(); };
}

/// Whose topic it is, of 50 batteries with 40 topics each.
class Routing {
 public:
  Routing() {
    for (std::size_t battery = 0; battery < 50; ++battery)
      for (int topic = 0; topic < 40; ++topic)
        tree_.add_filter(
            "site/pack" + std::to_string(battery) + "/value_" + std::to_string(topic) + "/state",
            battery);
  }

  void step() {
    std::size_t found = 0;
    tree_.find("site/pack27/value_13/state",
               [&found](const TopicTree::Match& match) { found = match.entry; });
    must(found == 27);
  }

 private:
  TopicTree tree_;
};

Step route_topic(const std::string&) {
  return [routing = std::make_shared<Routing>()] { routing->step(); };
}

/// What a message costs that is published as well: seldom a state is due, mostly only limits and
/// alarms are looked at.
class Publishing {
 public:
  explicit Publishing(const std::string& data) {
    BatteryModel model({});
    Reading reading;
    must(std::holds_alternative<Accepted>(decode_payload(file_text(data + "/" + kFull), reading)));
    model.apply(reading, BatteryModel::Delivery::live, now_);
    values_ = model.view(now_);
    plan_.on_connected();
    must(step(std::chrono::seconds(0)) == 4);
  }

  std::size_t step(std::chrono::milliseconds time) {
    now_ += time;
    const PublishedBattery battery{
        .id = "mqtt_battery", .name = "House", .present = true, .values = values_};
    return plan_.update({&battery, 1}, now_).size();
  }

 private:
  PublishPlan plan_{PublishTopics("dbus-mqtt-battery", "c0619ab12345", "homeassistant"),
                    {.interval = std::chrono::seconds(1)}};
  ItemValues values_;
  Instant now_{};
};

Step publish_nothing(const std::string& data) {
  return [publishing = std::make_shared<Publishing>(data)] {
    must(publishing->step(std::chrono::seconds(0)) == 0);
  };
}

Step publish_state(const std::string& data) {
  return [publishing = std::make_shared<Publishing>(data)] {
    must(publishing->step(std::chrono::seconds(1)) == 1);
  };
}

constexpr std::array kOperations{
    Operation{"decode_minimum", "payload with 3 fields to a reading", decode<kMinimum>},
    Operation{"decode_full", "payload with 98 fields to a reading", decode<kFull>},
    Operation{"decode_limits", "payload with limits to a reading", decode<kLimits>},
    Operation{"decode_jsondata", "dbus-serialbattery's JsonData to a reading", decode<kJsonData>},
    Operation{"follow_full", "the next payload with 98 fields, 33 of them new", follow<kFull>},
    Operation{"follow_jsondata", "the next JsonData", follow<kJsonData>},
    Operation{"battery_update", "full reading to changed items and texts", battery_update},
    Operation{"charge_update", "the same with limits made of its cells", charge_update},
    Operation{"mapped_burst_40", "40 messages, a topic per value, to one reading", mapped_burst},
    Operation{"route_topic_2000", "the battery of a topic, of 50 with 40 topics each", route_topic},
    Operation{"shunt_update_2", "one of 2 shunts to changed items and texts",
              shunt_update<2, false>},
    Operation{"shunt_update_256", "one of 256 shunts to changed items and texts",
              shunt_update<256, false>},
    Operation{"bms_update_2", "the same with the virtual BMS", shunt_update<2, true>},
    Operation{"bms_update_256", "the same with the virtual BMS", shunt_update<256, true>},
    Operation{"publish_nothing", "a battery to be published, with no state due", publish_nothing},
    Operation{"publish_state", "the same with a state of 98 items due", publish_state},
};

}  // namespace

std::span<const Operation> operations() {
  return kOperations;
}

const Operation* find_operation(std::string_view name) {
  const auto* found = std::ranges::find(kOperations, name, &Operation::name);
  return found == kOperations.end() ? nullptr : found;
}

}  // namespace dmb::bench
