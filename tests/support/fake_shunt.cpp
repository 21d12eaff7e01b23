// SPDX-License-Identifier: MIT
#include "fake_shunt.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <stdexcept>
#include <utility>

namespace dmb::test {

namespace {

constexpr const char* kBusItem = "com.victronenergy.BusItem";
constexpr const char* kVregLink = "com.victronenergy.VregLink";

void check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::to_string(-result));
}

PutValue from_json(const nlohmann::json& value) {
  if (value.is_null()) return invalid();
  if (value.is_string()) return text(value.get<std::string>());
  if (value.is_number_integer()) return integer(value.get<std::int32_t>());
  return real(value.get<double>());
}

FakeRegister from_number(std::uint16_t value) {
  return {0, {static_cast<std::uint8_t>(value & 0xFFU), static_cast<std::uint8_t>(value >> 8U)}};
}

void append_tree(sd_bus_message* message, const FakeItems& items) {
  sd_bus_message_open_container(message, 'v', "a{sv}");
  sd_bus_message_open_container(message, 'a', "{sv}");
  for (const auto& [path, put] : items) {
    sd_bus_message_open_container(message, 'e', "sv");
    sd_bus_message_append(message, "s", path.c_str() + 1);
    put(message);
    sd_bus_message_close_container(message);
  }
  sd_bus_message_close_container(message);
  sd_bus_message_close_container(message);
}

int send(sd_bus_message* message) {
  const int result = sd_bus_send(nullptr, message, nullptr);
  sd_bus_message_unref(message);
  check(result, "send");
  return 1;
}

sd_bus_message* new_reply(sd_bus_message* call) {
  sd_bus_message* reply = nullptr;
  check(sd_bus_message_new_method_return(call, &reply), "reply");
  return reply;
}

}  // namespace

PutValue real(double value) {
  return [value](sd_bus_message* message) { sd_bus_message_append(message, "v", "d", value); };
}

PutValue integer(std::int32_t value) {
  return [value](sd_bus_message* message) { sd_bus_message_append(message, "v", "i", value); };
}

PutValue text(std::string value) {
  return [value = std::move(value)](sd_bus_message* message) {
    sd_bus_message_append(message, "v", "s", value.c_str());
  };
}

PutValue invalid() {
  return [](sd_bus_message* message) { sd_bus_message_append(message, "v", "ai", 0); };
}

FakeTree load_tree(const std::string& file) {
  FakeTree tree;
  const auto json = nlohmann::json::parse(std::ifstream(file));
  for (const auto& [key, value] : json.items()) {
    if (key.starts_with('/')) tree.items[key] = from_json(value);
  }
  for (const auto& [key, value] : json.at("_vreg").items()) {
    const auto id = static_cast<std::uint16_t>(std::stoi(key, nullptr, 16));
    tree.registers[id] = from_number(value.get<std::uint16_t>());
  }
  return tree;
}

FakeItems shunt_items(const std::string& serial, const std::string& custom_name) {
  return {{"/ProductId", integer(0xA389)},    {"/ProductName", text("SmartShunt 500A/50mV")},
          {"/CustomName", text(custom_name)}, {"/Serial", text(serial)},
          {"/DeviceInstance", integer(278)},  {"/Dc/0/Voltage", real(52.5)}};
}

void append_properties(sd_bus_message* message, const PutValue& value) {
  sd_bus_message_open_container(message, 'a', "{sv}");
  sd_bus_message_open_container(message, 'e', "sv");
  sd_bus_message_append(message, "s", "Text");
  sd_bus_message_append(message, "v", "s", "as people read it");
  sd_bus_message_close_container(message);
  sd_bus_message_open_container(message, 'e', "sv");
  sd_bus_message_append(message, "s", "Value");
  value(message);
  sd_bus_message_close_container(message);
  sd_bus_message_close_container(message);
}

void append_items(sd_bus_message* message, const FakeItems& items) {
  sd_bus_message_open_container(message, 'a', "{sa{sv}}");
  for (const auto& [path, put] : items) {
    sd_bus_message_open_container(message, 'e', "sa{sv}");
    sd_bus_message_append(message, "s", path.c_str());
    append_properties(message, put);
    sd_bus_message_close_container(message);
  }
  sd_bus_message_close_container(message);
}

FakeShunt::FakeShunt(const std::string& address, Setup setup) : setup_(std::move(setup)) {
  check(sd_bus_new(&bus_), "new bus");
  check(sd_bus_set_address(bus_, address.c_str()), "set address");
  check(sd_bus_set_bus_client(bus_, 1), "set client");
  check(sd_bus_start(bus_), "connect");
  check(sd_bus_add_filter(bus_, nullptr, &FakeShunt::on_message, this), "filter");
  if (!setup_.service.empty()) {
    check(sd_bus_request_name(bus_, setup_.service.c_str(), 0), "name");
  }
  check(sd_bus_attach_event(bus_, loop_.native(), 0), "attach");
  runner_ = std::make_unique<LoopRunner>(loop_);
}

FakeShunt::~FakeShunt() {
  runner_.reset();
  for (auto* call : kept_) sd_bus_message_unref(call);
  sd_bus_detach_event(bus_);
  sd_bus_flush_close_unref(bus_);
}

void FakeShunt::change(const FakeItems& items) {
  runner_->run([&] {
    for (const auto& [path, put] : items) setup_.tree.items[path] = put;
    sd_bus_message* signal = nullptr;
    check(sd_bus_message_new_signal(bus_, &signal, "/", kBusItem, "ItemsChanged"), "signal");
    append_items(signal, items);
    send(signal);
  });
}

void FakeShunt::change_silently(const FakeItems& items) {
  runner_->run([&] {
    for (const auto& [path, put] : items) setup_.tree.items[path] = put;
  });
}

void FakeShunt::change_one(const std::string& path, const PutValue& value) {
  runner_->run([&] {
    setup_.tree.items[path] = value;
    sd_bus_message* signal = nullptr;
    check(sd_bus_message_new_signal(bus_, &signal, path.c_str(), kBusItem, "PropertiesChanged"),
          "signal");
    append_properties(signal, value);
    send(signal);
  });
}

void FakeShunt::offer(Link link, FakeRegisters registers) {
  runner_->run([&] {
    setup_.link = link;
    setup_.tree.registers = std::move(registers);
  });
}

void FakeShunt::behave(Manner manner) {
  runner_->run([&] { setup_.manner = manner; });
}

void FakeShunt::answer_kept_calls() {
  runner_->run([&] {
    setup_.manner = Manner::honest;
    if (setup_.link == Link::hangs) setup_.link = Link::honest;
    for (auto* call : std::exchange(kept_, {})) {
      handle(call);
      sd_bus_message_unref(call);
    }
  });
}

int FakeShunt::calls(const std::string& member) {
  int count = 0;
  runner_->run([&] { count = calls_[member]; });
  return count;
}

std::string FakeShunt::unique_name() {
  const char* name = nullptr;
  runner_->run([&] { check(sd_bus_get_unique_name(bus_, &name), "unique name"); });
  return name;
}

void FakeShunt::release_name() {
  runner_->run([&] { check(sd_bus_release_name(bus_, setup_.service.c_str()), "release"); });
}

void FakeShunt::ping(const std::string& name) {
  runner_->run([&] {
    check(sd_bus_call_method(bus_, name.c_str(), "/", "org.freedesktop.DBus.Peer", "Ping", nullptr,
                             nullptr, ""),
          "ping");
  });
}

void FakeShunt::with_bus(const std::function<void(sd_bus*)>& task) {
  runner_->run([&] { task(bus_); });
}

int FakeShunt::on_message(sd_bus_message* message, void* userdata, sd_bus_error*) {
  return static_cast<FakeShunt*>(userdata)->handle(message);
}

int FakeShunt::handle(sd_bus_message* message) {
  const bool of_item = sd_bus_message_is_method_call(message, kBusItem, nullptr) > 0;
  const bool of_register = sd_bus_message_is_method_call(message, kVregLink, "GetVreg") > 0;
  if (!of_item && !of_register) return 0;
  ++calls_[sd_bus_message_get_member(message)];
  return of_item ? answer_item_call(message) : answer_register_call(message);
}

int FakeShunt::answer_item_call(sd_bus_message* call) {
  const bool asks_for_items = std::string(sd_bus_message_get_member(call)) == "GetItems";
  switch (setup_.manner) {
    case Manner::hangs:
      return keep(call);
    case Manner::refuses:
      return sd_bus_reply_method_errorf(call, "org.freedesktop.DBus.Error.Failed", "out of\nink");
    case Manner::wrong_form:
      return sd_bus_reply_method_return(call, "s", "hello");
    case Manner::old:
      if (asks_for_items) {
        return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_UNKNOWN_METHOD, "no such method");
      }
      break;
    case Manner::honest:
      break;
  }
  auto* const reply = new_reply(call);
  const auto leaf = setup_.tree.items.find(sd_bus_message_get_path(call));
  if (leaf != setup_.tree.items.end()) {
    leaf->second(reply);
    return send(reply);
  }
  asks_for_items ? append_items(reply, setup_.tree.items) : append_tree(reply, setup_.tree.items);
  return send(reply);
}

int FakeShunt::answer_register_call(sd_bus_message* call) {
  if (setup_.link == Link::none) return 0;
  if (setup_.link == Link::hangs) return keep(call);
  if (setup_.link == Link::wrong_form) return sd_bus_reply_method_return(call, "s", "hello");
  std::uint16_t id = 0;
  check(sd_bus_message_read(call, "q", &id), "register");
  const auto found = setup_.tree.registers.find(id);
  const FakeRegister answer =
      found == setup_.tree.registers.end() ? FakeRegister{0x8101, {}} : found->second;
  auto* const reply = new_reply(call);
  sd_bus_message_append(reply, "q", answer.error);
  sd_bus_message_append_array(reply, 'y', answer.data.data(), answer.data.size());
  return send(reply);
}

int FakeShunt::keep(sd_bus_message* call) {
  kept_.push_back(sd_bus_message_ref(call));
  return 1;
}

}  // namespace dmb::test
