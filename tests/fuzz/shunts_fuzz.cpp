// SPDX-License-Identifier: MIT
// What other battery services send over time: their records, and the bank of those that count as
// SmartShunts, a virtual BMS or a monitor.
#include "../support/bank_device_watch.h"
#include "../support/broken_rule.h"
#include "../support/offline_bus.h"
#include "bus_writer.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/text.h"
#include "sources/bus/battery_record.h"
#include "sources/bus/battery_wire.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace dmb;
using test::rule;

namespace {

constexpr std::size_t kServices = 3;
constexpr std::size_t kMaxOperations = 24;

/// What a record must hold after a message, found out while writing it.
using Expected = MemberValues;

std::optional<double> in_range(const std::optional<double>& given, MemberQuantity row) {
  if (!given || !std::isfinite(*given)) return std::nullopt;
  const ItemSpec& item = row.spec();
  const double number = item.kind == Kind::count ? std::round(*given) : *given;
  if (number < item.min || number > item.max) return std::nullopt;
  if (item.kind == Kind::enumeration && std::fmod(number, 1) != 0) return std::nullopt;
  return has(item.traits, Trait::non_positive) ? -std::fabs(number) : number;
}

class Service {
 public:
  explicit Service(const std::string& name) : record_("com.victronenergy.battery." + name) {}

  bool present = true;
  const BatteryRecord& record() const { return record_; }

  void take_message(const test::OfflineBus& bus, fuzz::InputBytes& input) {
    switch (input.below(4)) {
      case 0:
        return take_items(bus, input);
      case 1:
        return take_tree(bus, input);
      case 2:
        return take_properties(bus, input);
      default:
        return take_nonsense(bus, input);
    }
  }

  WatchedMember watched() const {
    return {.snapshot = {.capacity_ah = {},
                         .values = record_.values(),
                         .id = record_.identity().service,
                         .service = record_.identity().service,
                         .name = display_name(record_.identity())}};
  }

 private:
  /// A path that is kept, mostly; the row when it is a measurement.
  static std::string write_path(fuzz::InputBytes& input, std::optional<MemberQuantity>& row) {
    constexpr std::array kIdentity{"/ProductId",        "/ProductName",    "/CustomName",
                                   "/Serial",           "/DeviceInstance", "/Measurement/Kind",
                                   "/Devices/0/Virtual"};
    const std::size_t choice = input.below(kMemberQuantities + kIdentity.size() + 4);
    if (choice < kMemberQuantities) {
      row = MemberQuantity::at(choice);
      return std::string(row->spec().path);
    }
    if (choice < kMemberQuantities + kIdentity.size()) return kIdentity[choice - kMemberQuantities];
    if (input.flag()) {
      const std::string_view path = quantity_specs()[input.below(kQuantities)].path;
      row = find_member_quantity(path);
      return std::string(path);
    }
    const std::string other = "/Other" + input.text(100);
    return is_bus_text(other) ? other : "/Other";
  }

  void write_properties(fuzz::BusWriter& writer, fuzz::InputBytes& input,
                        const std::optional<MemberQuantity>& row) {
    constexpr std::array kKeys{"Value", "Text", "Valid", "Value"};
    writer.open('a', "{sv}");
    for (std::size_t count = input.below(4); count > 0; --count) {
      const std::string key = kKeys[input.below(kKeys.size())];
      writer.open('e', "sv");
      writer.text(key);
      const auto number = writer.variant();
      writer.close();
      if (row && key == "Value") expected_[*row] = in_range(number, *row);
    }
    writer.close();
  }

  void take_items(const test::OfflineBus& bus, fuzz::InputBytes& input) {
    const auto message = bus.new_message();
    fuzz::BusWriter writer(message.get(), input);
    writer.open('a', "{sa{sv}}");
    for (std::size_t count = input.below(12); count > 0; --count) {
      std::optional<MemberQuantity> row;
      writer.open('e', "sa{sv}");
      writer.text(write_path(input, row));
      write_properties(writer, input, row);
      writer.close();
    }
    writer.close();
    check(message, battery_wire::take_items);
  }

  void take_tree(const test::OfflineBus& bus, fuzz::InputBytes& input) {
    const auto message = bus.new_message();
    fuzz::BusWriter writer(message.get(), input);
    writer.open('v', "a{sv}");
    writer.open('a', "{sv}");
    for (std::size_t count = input.below(12); count > 0; --count) {
      std::optional<MemberQuantity> row;
      writer.open('e', "sv");
      writer.text(write_path(input, row).substr(1));
      const auto number = writer.variant();
      writer.close();
      if (row) expected_[*row] = in_range(number, *row);
    }
    writer.close();
    writer.close();
    check(message, battery_wire::take_tree);
  }

  void take_properties(const test::OfflineBus& bus, fuzz::InputBytes& input) {
    const auto row = MemberQuantity::at(input.below(kMemberQuantities));
    const auto message = bus.new_message(std::string(row.spec().path).c_str());
    fuzz::BusWriter writer(message.get(), input);
    write_properties(writer, input, row);
    check(message, battery_wire::take_properties);
  }

  using Take = bool (*)(sd_bus_message*, BatteryRecord&);

  void check(const test::OfflineBus::Message& message, Take take) {
    test::OfflineBus::seal(message);
    rule(take(message.get(), record_), "a message of the right form was refused");
    rule(record_.values() == expected_, "a record holds something else than was sent");
    record_.take_changes();
    rule(sd_bus_message_rewind(message.get(), 1) >= 0 && take(message.get(), record_),
         "a message cannot be taken twice");
    // Within a message a value may go to and fro; in the end it is what it was.
    rule(record_.values() == expected_, "a message taken twice does more than once");
    check_identity();
    check_others();
  }

  void take_nonsense(const test::OfflineBus& bus, fuzz::InputBytes& input) {
    const auto message = bus.new_message();
    fuzz::BusWriter writer(message.get(), input);
    writer.value();
    if (input.flag()) writer.value();
    test::OfflineBus::seal(message);
    const std::string_view signature = sd_bus_message_get_signature(message.get(), 1);
    const ServiceIdentity identity = record_.identity();
    for (const Take take :
         {battery_wire::take_items, battery_wire::take_tree, battery_wire::take_properties}) {
      const bool understood = take(message.get(), record_);
      rule(!understood || signature == "a{sv}" || signature == "v", "understood nonsense");
      sd_bus_message_rewind(message.get(), 1);
      // The tree may hold "Soc" and the like; then it was none.
      if (signature == "v") expected_ = record_.values();
      rule(record_.values() == expected_, "nonsense changed a value");
      rule(signature == "v" || record_.identity() == identity, "nonsense changed the identity");
    }
  }

  void check_identity() const {
    const ServiceIdentity& identity = record_.identity();
    for (const std::string* text : {&identity.product_name, &identity.custom_name, &identity.serial,
                                    &identity.measurement_kind})
      rule(text->size() <= 128 && is_bus_text(*text), "an identity without bounds");
  }

  void check_others() const {
    for (const auto& [quantity, value] : record_.others().all()) {
      const ItemSpec& item = quantity.spec();
      rule(!find_member_quantity(item.path) && !has(item.traits, Trait::service),
           "something is kept where it does not belong");
      if (const auto* text = std::get_if<std::string>(&value))
        rule(item.kind == Kind::text && text->size() <= 128 && is_bus_text(*text),
             "a text without bounds");
      else
        rule(item.kind != Kind::text, "a number where a text belongs");
      if (const auto* number = std::get_if<double>(&value))
        rule(fit(*number, item) == std::variant<double, Misfit>(*number), "kept what does not fit");
    }
  }

  BatteryRecord record_;
  Expected expected_{};
};

BankRules read_rules(fuzz::InputBytes& input) {
  BankRules rules;
  rules.bms = BmsRules{
      .max_charge_voltage_v = 56.8, .max_charge_current_a = {}, .max_discharge_current_a = {}};
  rules.standing = {.alarms_needed = true, .max_charge_voltage_v = 56.8};
  if (input.flag()) rules.aggregate.total_capacity_ah = 0.5 + input.byte();
  if (input.flag()) rules.bms->max_charge_current_a = 1.0 + input.byte();
  if (input.flag()) rules.bms->max_discharge_current_a = 1.0 + input.byte();
  const std::uint8_t kind = input.byte();
  if (kind % 2 == 1) rules.bms->stop_discharge_when_all_lost = true;
  if (kind >= 0xC0) rules.bms.reset();
  if (!rules.bms) rules.standing = {};
  return rules;
}

class Scenery {
 public:
  explicit Scenery(fuzz::InputBytes& input)
      : input_(input), rules_(read_rules(input)), device_(rules_), watch_(rules_) {}

  void run(const test::OfflineBus& bus) {
    for (std::size_t i = 0; i < kMaxOperations && !input_.empty(); ++i) {
      const std::uint8_t operation = input_.byte();
      Service& service = services_[operation % kServices];
      if (operation < 200)
        service.take_message(bus, input_);
      else if (operation < 225)
        let_pass(std::chrono::seconds(input_.byte()));
      else
        service.present = !service.present;
      tell();
      watch_.look(device_, now_);
    }
    test::check_announced(device_, now_);
  }

 private:
  /// As a loop does that nothing holds up.
  void let_pass(std::chrono::seconds pause) {
    const Instant end = now_ + pause;
    for (auto due = device_.next_change(now_); due && *due < end; due = device_.next_change(now_)) {
      now_ = *due;
      watch_.look(device_, now_);
    }
    now_ = end;
  }

  /// As the watcher does: all of them when one came, went or is called otherwise; else what
  /// changed.
  void tell() {
    const std::vector<WatchedMember> before = std::exchange(members_, {});
    for (const Service& service : services_)
      if (service.present && membership(service.record().identity(), {}) == Membership::member)
        members_.push_back(service.watched());
    const bool same = std::ranges::equal(before, members_, [](const auto& a, const auto& b) {
      return a.snapshot.id == b.snapshot.id && a.snapshot.name == b.snapshot.name;
    });
    MemberNews news{.all = !same, .changed = {}};
    for (std::size_t i = 0; same && i < members_.size(); ++i)
      if (members_[i].snapshot.values != before[i].snapshot.values) news.changed.push_back(i);
    watch_.handle(device_, event::Members{members_, news, true}, now_);
  }

  fuzz::InputBytes& input_;
  BankRules rules_;
  BankDevice device_;
  test::BankDeviceWatch watch_;
  std::array<Service, kServices> services_{Service("a"), Service("b"), Service("c")};
  std::vector<WatchedMember> members_;
  Instant now_ = Instant(std::chrono::seconds(1000));
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const test::OfflineBus bus;
  fuzz::InputBytes input(data, size);
  Scenery(input).run(bus);
  return 0;
}
