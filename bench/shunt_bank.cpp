// SPDX-License-Identifier: MIT
#include "shunt_bank.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace dmb::bench {
namespace {

constexpr auto kVregLink = "com.victronenergy.VregLink";
constexpr std::uint16_t kNoSuchRegister = 0x8101;
constexpr std::array kChanging{"/TimeToGo",   "/Dc/0/Voltage",     "/Dc/0/Current",
                               "/Dc/0/Power", "/ConsumedAmphours", "/Soc"};

ShuntTree::Value from_json(const nlohmann::json& value) {
  if (value.is_number_integer()) return value.get<std::int32_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  return {};
}

struct AppendValue {
  sd_bus_message* message;

  int operator()(std::monostate) const { return sd_bus_message_append(message, "v", "ai", 0); }
  int operator()(std::int32_t value) const {
    return sd_bus_message_append(message, "v", "i", value);
  }
  int operator()(double value) const { return sd_bus_message_append(message, "v", "d", value); }
  int operator()(const std::string& value) const {
    return sd_bus_message_append(message, "v", "s", value.c_str());
  }
};

struct ToText {
  std::string operator()(std::monostate) const { return "---"; }
  std::string operator()(std::int32_t value) const { return std::to_string(value); }
  std::string operator()(double value) const {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f", value);
    return text.data();
  }
  std::string operator()(const std::string& value) const { return value; }
};

void append_item(sd_bus_message* message, const char* path, const ShuntTree::Value& value) {
  checked(sd_bus_message_open_container(message, 'e', "sa{sv}"), "write item");
  checked(sd_bus_message_append_basic(message, 's', path), "write path");
  checked(sd_bus_message_open_container(message, 'a', "{sv}"), "write item");
  checked(sd_bus_message_open_container(message, 'e', "sv"), "write item");
  checked(sd_bus_message_append_basic(message, 's', "Value"), "write key");
  checked(std::visit(AppendValue{message}, value), "write value");
  checked(sd_bus_message_close_container(message), "write item");
  const std::string text = std::visit(ToText{}, value);
  checked(sd_bus_message_append(message, "{sv}", "Text", "s", text.c_str()), "write text");
  checked(sd_bus_message_close_container(message), "write item");
  checked(sd_bus_message_close_container(message), "write item");
}

int send(sd_bus_message* message) {
  const int result = sd_bus_send(nullptr, message, nullptr);
  sd_bus_message_unref(message);
  checked(result, "send");
  return 1;
}

std::string numbered(int number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%03d", number);
  return text.data();
}

}  // namespace

ShuntTree load_shunt_tree(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file);
  const auto json = nlohmann::json::parse(stream);
  ShuntTree tree;
  for (const auto& [key, value] : json.items()) {
    if (key.starts_with('/')) tree.items[key] = from_json(value);
  }
  for (const auto& [key, value] : json.at("_vreg").items()) {
    tree.registers[static_cast<std::uint16_t>(std::stoi(key, nullptr, 16))] =
        value.get<std::uint16_t>();
  }
  return tree;
}

BenchShunt::BenchShunt(const ShuntTree& tree, int number)
    : bus_(open_bus()),
      service_("com.victronenergy.battery.bench_shunt_" + numbered(number)),
      tree_(tree) {
  tree_.items["/Serial"] = "HQ00" + numbered(number);
  tree_.items["/CustomName"] = "Shunt " + numbered(number);
  tree_.items["/DeviceInstance"] = 1000 + number;
  tree_.items["/Dc/0/Current"] = 0.0;
  checked(sd_bus_add_filter(bus_, nullptr, &BenchShunt::on_message, this), "add filter");
}

BenchShunt::~BenchShunt() {
  sd_bus_flush_close_unref(bus_);
}

void BenchShunt::appear() {
  checked(sd_bus_request_name_async(bus_, nullptr, service_.c_str(), 0, nullptr, nullptr),
          "request name");
  checked(sd_bus_flush(bus_), "request name");
}

void BenchShunt::vanish() {
  checked(sd_bus_release_name_async(bus_, nullptr, service_.c_str(), nullptr, nullptr),
          "release name");
  checked(sd_bus_flush(bus_), "release name");
}

std::int64_t BenchShunt::update(std::int32_t index) {
  constexpr int kSocSteps = 700;
  ++steps_;
  const double voltage_v = 52 + 0.01 * (steps_ % 7);
  const double current_a = kStepA * steps_;
  tree_.items["/TimeToGo"] = index;
  tree_.items["/Dc/0/Voltage"] = voltage_v;
  tree_.items["/Dc/0/Current"] = current_a;
  tree_.items["/Dc/0/Power"] = voltage_v * current_a;
  tree_.items["/ConsumedAmphours"] = -0.1 * steps_;
  tree_.items["/Soc"] = 90 - 0.1 * (steps_ % kSocSteps);

  sd_bus_message* signal = nullptr;
  checked(sd_bus_message_new_signal(bus_, &signal, "/", kBusItem, "ItemsChanged"), "new signal");
  checked(sd_bus_message_open_container(signal, 'a', "{sa{sv}}"), "write items");
  for (const char* path : kChanging) append_item(signal, path, tree_.items[path]);
  checked(sd_bus_message_close_container(signal), "write items");
  const auto sent = now_ns();
  send(signal);
  return sent;
}

int BenchShunt::on_message(sd_bus_message* call, void* self, sd_bus_error*) noexcept {
  const auto& shunt = *static_cast<BenchShunt*>(self);
  if (sd_bus_message_is_method_call(call, kBusItem, "GetItems") > 0)
    return shunt.answer_items(call);
  if (sd_bus_message_is_method_call(call, kVregLink, "GetVreg") > 0) {
    return shunt.answer_register(call);
  }
  return 0;
}

int BenchShunt::answer_items(sd_bus_message* call) const {
  sd_bus_message* reply = nullptr;
  checked(sd_bus_message_new_method_return(call, &reply), "new reply");
  checked(sd_bus_message_open_container(reply, 'a', "{sa{sv}}"), "write items");
  for (const auto& [path, value] : tree_.items) append_item(reply, path.c_str(), value);
  checked(sd_bus_message_close_container(reply), "write items");
  return send(reply);
}

int BenchShunt::answer_register(sd_bus_message* call) const {
  std::uint16_t id = 0;
  checked(sd_bus_message_read(call, "q", &id), "read register number");
  const auto found = tree_.registers.find(id);
  const bool known = found != tree_.registers.end();
  const unsigned value = known ? found->second : 0U;
  const std::array data{static_cast<std::uint8_t>(value & 0xFFU),
                        static_cast<std::uint8_t>(value >> 8U)};
  const std::uint16_t error = known ? std::uint16_t{0} : kNoSuchRegister;
  sd_bus_message* reply = nullptr;
  checked(sd_bus_message_new_method_return(call, &reply), "new reply");
  checked(sd_bus_message_append_basic(reply, 'q', &error), "write error");
  checked(sd_bus_message_append_array(reply, 'y', data.data(), known ? data.size() : 0),
          "write register");
  return send(reply);
}

ShuntBank::ShuntBank(const ShuntTree& tree, int count, BusPoller& poller) {
  for (int number = 0; number <= count; ++number) {
    auto shunt = std::make_unique<BenchShunt>(tree, number);
    if (number < count) {
      checked(sd_bus_request_name(shunt->bus(), shunt->service().c_str(), 0), "request name");
      active_.push_back(shunt.get());
    }
    poller.add(shunt->bus());
    shunts_.push_back(std::move(shunt));
  }
}

std::int32_t ShuntBank::choose(const std::string& tracked_services) {
  active_.clear();
  std::int32_t others = last_index();
  for (const auto& shunt : shunts_) {
    if (tracked_services.find(shunt->service()) == std::string::npos) continue;
    active_.push_back(shunt.get());
    others -= shunt->updates();
  }
  return others;
}

void ShuntBank::update_next() {
  if (active_.empty()) throw std::runtime_error("no shunt is a member of the aggregate");
  const auto index = static_cast<std::int32_t>(sent_ns_.size());
  auto& shunt = *active_[static_cast<std::size_t>(index) % active_.size()];
  sent_ns_.push_back(0);  // before the signal: whoever is fast may answer first
  sent_ns_.back() = shunt.update(index);
}

}  // namespace dmb::bench
