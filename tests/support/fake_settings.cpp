// SPDX-License-Identifier: MIT
#include "fake_settings.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace dmb::test {

namespace {

constexpr const char* kBusItem = "com.victronenergy.BusItem";

void check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::to_string(-result));
}

bool is_legal(const std::string& path) {
  return std::ranges::all_of(path, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '/';
  });
}

double number_in(const Value& value) {
  const auto* whole = std::get_if<std::int32_t>(&value);
  return whole != nullptr ? *whole : std::get<double>(value);
}

void append_variant(sd_bus_message* message, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    sd_bus_message_append(message, "v", "s", text->c_str());
  else if (const auto* whole = std::get_if<std::int32_t>(&value))
    sd_bus_message_append(message, "v", "i", *whole);
  else
    sd_bus_message_append(message, "v", "d", std::get<double>(value));
}

void append_pair(sd_bus_message* message, const char* key, const Value& value) {
  sd_bus_message_open_container(message, 'e', "sv");
  sd_bus_message_append(message, "s", key);
  append_variant(message, value);
  sd_bus_message_close_container(message);
}

/// Of one of the types that a setting may have; nullopt: of another.
std::optional<Value> read_variant(sd_bus_message* message) {
  const char* text = nullptr;
  std::int32_t whole = 0;
  double number = 0;
  if (sd_bus_message_read(message, "v", "s", &text) > 0) return Value(text);
  if (sd_bus_message_read(message, "v", "i", &whole) > 0) return Value(whole);
  if (sd_bus_message_read(message, "v", "d", &number) > 0) return Value(number);
  return std::nullopt;
}

bool is_instance(const std::string& path) {
  return path.ends_with("/ClassAndVrmInstance");
}

}  // namespace

FakeSettings::FakeSettings(const std::string& address, Store store, Manner manner)
    : store_(std::move(store)), manner_(manner) {
  check(sd_bus_new(&bus_), "new bus");
  check(sd_bus_set_address(bus_, address.c_str()), "set address");
  check(sd_bus_set_bus_client(bus_, 1), "set client");
  check(sd_bus_start(bus_), "connect");
  check(sd_bus_add_filter(bus_, nullptr, &FakeSettings::on_message, this), "filter");
  check(sd_bus_request_name(bus_, "com.victronenergy.settings", 0), "name");
  check(sd_bus_attach_event(bus_, loop_.native(), 0), "attach");
  runner_ = std::make_unique<LoopRunner>(loop_);
}

FakeSettings::~FakeSettings() {
  runner_.reset();
  for (auto* call : kept_) sd_bus_message_unref(call);
  sd_bus_detach_event(bus_);
  sd_bus_flush_close_unref(bus_);
}

FakeSettings::Store FakeSettings::store() {
  Store copy;
  runner_->run([&] { copy = store_; });
  return copy;
}

int FakeSettings::add_settings_calls() {
  int calls = 0;
  runner_->run([&] { calls = add_settings_calls_; });
  return calls;
}

int FakeSettings::set_value_calls() {
  int calls = 0;
  runner_->run([&] { calls = set_value_calls_; });
  return calls;
}

void FakeSettings::edit(const std::string& path, const Value& value) {
  runner_->run([&] {
    store_[path] = value;
    announce(path, value);
  });
}

void FakeSettings::announce_integer(const std::string& path, std::int32_t value) {
  runner_->run([&] {
    sd_bus_emit_signal(bus_, path.c_str(), kBusItem, "PropertiesChanged", "a{sv}", 2, "Value", "i",
                       value, "Text", "s", std::to_string(value).c_str());
  });
}

std::pair<double, double> FakeSettings::range(const std::string& path) {
  std::pair<double, double> range;
  runner_->run([&] { range = ranges_[path]; });
  return range;
}

void FakeSettings::answer_kept_calls() {
  runner_->run([&] {
    manner_ = Manner::honest;
    for (auto* call : std::exchange(kept_, {})) {
      handle(call);
      sd_bus_message_unref(call);
    }
  });
}

int FakeSettings::on_message(sd_bus_message* message, void* userdata, sd_bus_error*) {
  return static_cast<FakeSettings*>(userdata)->handle(message);
}

int FakeSettings::handle(sd_bus_message* message) {
  const bool adds =
      sd_bus_message_is_method_call(message, "com.victronenergy.Settings", "AddSettings") > 0;
  const bool sets = sd_bus_message_is_method_call(message, kBusItem, "SetValue") > 0;
  if (!adds && !sets) return 0;
  if (manner_ == Manner::hangs) {
    kept_.push_back(sd_bus_message_ref(message));
    return 1;
  }
  return adds ? add_settings(message) : set_value(message);
}

int FakeSettings::add_settings(sd_bus_message* call) {
  ++add_settings_calls_;
  if (manner_ == Manner::refuses) {
    return sd_bus_reply_method_errorf(call, "org.freedesktop.DBus.Error.Failed", "out of paper");
  }
  if (manner_ == Manner::wrong_signature) return sd_bus_reply_method_return(call, "s", "hello");
  sd_bus_message* reply = nullptr;
  check(sd_bus_message_new_method_return(call, &reply), "reply");
  sd_bus_message_open_container(reply, 'a', "a{sv}");
  sd_bus_message_enter_container(call, 'a', "a{sv}");
  while (sd_bus_message_at_end(call, 0) == 0) {
    const auto path = read_setting(call);
    if (!path) {
      sd_bus_message_unref(reply);
      return sd_bus_reply_method_errorf(call, "org.freedesktop.DBus.Error.Failed", "bad path");
    }
    if (manner_ != Manner::missing_entries) append_answer(reply, *path);
  }
  sd_bus_message_close_container(reply);
  sd_bus_send(bus_, reply, nullptr);
  sd_bus_message_unref(reply);
  return 1;
}

/// One setting of the request; adds it. nullopt for a path that D-Bus forbids: that fails the call.
std::optional<std::string> FakeSettings::read_setting(sd_bus_message* call) {
  std::string path;
  Value initial;
  std::pair<double, double> range{0, 0};
  sd_bus_message_enter_container(call, 'a', "{sv}");
  while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
    const char* text = nullptr;
    check(sd_bus_message_read(call, "s", &text), "key");
    const std::string_view key = text;
    const Value value = read_variant(call).value();
    if (key == "path") path = std::get<std::string>(value);
    if (key == "default") initial = value;
    if (key == "min") range.first = number_in(value);
    if (key == "max") range.second = number_in(value);
    sd_bus_message_exit_container(call);
  }
  sd_bus_message_exit_container(call);
  if (!path.starts_with("/Settings/") || !is_legal(path)) return std::nullopt;
  ranges_[path] = range;
  if (!store_.contains(path)) add(path, initial);
  return path;
}

void FakeSettings::add(const std::string& path, const Value& value) {
  store_[path] = is_instance(path) ? Value(next_free(path, std::get<std::string>(value))) : value;
  announce(path, store_[path]);
}

/// As the real one: 0 … 0 is no range.
bool FakeSettings::is_in_range(const std::string& path, const Value& value) const {
  const auto found = ranges_.find(path);
  if (std::holds_alternative<std::string>(value) || found == ranges_.end()) return true;
  const auto [min, max] = found->second;
  return (min == 0 && max == 0) || (number_in(value) >= min && number_in(value) <= max);
}

/// As the real one: a number that another device of the class has becomes the next free one.
std::string FakeSettings::next_free(const std::string& path, std::string value) const {
  const auto is_taken = [&] {
    return std::ranges::any_of(store_, [&](const auto& entry) {
      return entry.first != path && is_instance(entry.first) && entry.second == Value(value);
    });
  };
  while (is_taken()) {
    const auto colon = value.find(':') + 1;
    value = value.substr(0, colon) + std::to_string(std::stoi(value.substr(colon)) + 1);
  }
  return value;
}

void FakeSettings::append_answer(sd_bus_message* reply, const std::string& path) {
  if (manner_ == Manner::error_codes) {
    sd_bus_message_append(reply, "a{sv}", 2, "path", "s", path.c_str(), "error", "i", -8);
  } else if (manner_ == Manner::wrong_types) {
    sd_bus_message_append(reply, "a{sv}", 3, "path", "s", path.c_str(), "error", "i", 0, "value",
                          "i", 7);
  } else {
    Value value = store_[path];
    if (manner_ == Manner::other_class && is_instance(path)) value = "vebus:100";
    if (manner_ == Manner::malformed_number && is_instance(path)) value = "battery:abc";
    sd_bus_message_open_container(reply, 'a', "{sv}");
    append_pair(reply, "path", path);
    append_pair(reply, "error", 0);
    append_pair(reply, "value", value);
    sd_bus_message_close_container(reply);
  }
}

int FakeSettings::set_value(sd_bus_message* call) {
  ++set_value_calls_;
  const std::string path = sd_bus_message_get_path(call);
  const auto value = read_variant(call);
  const auto found = store_.find(path);
  const bool is_taken = manner_ != Manner::takes_nothing && value && found != store_.end() &&
                        found->second.index() == value->index() && is_in_range(path, *value);
  if (!is_taken) return sd_bus_reply_method_return(call, "i", -1);
  found->second = *value;
  announce(path, *value);
  return sd_bus_reply_method_return(call, "i", 0);
}

void FakeSettings::announce(const std::string& path, const Value& value) {
  sd_bus_message* signal = nullptr;
  check(sd_bus_message_new_signal(bus_, &signal, path.c_str(), kBusItem, "PropertiesChanged"),
        "signal");
  sd_bus_message_open_container(signal, 'a', "{sv}");
  append_pair(signal, "Value", value);
  append_pair(signal, "Text", "");
  append_pair(signal, "Default", "");
  sd_bus_message_close_container(signal);
  sd_bus_send(bus_, signal, nullptr);
  sd_bus_message_unref(signal);
}

}  // namespace dmb::test
