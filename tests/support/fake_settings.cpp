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

void FakeSettings::edit(const std::string& path, const std::string& value) {
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
  std::string initial;
  sd_bus_message_enter_container(call, 'a', "{sv}");
  while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
    const char* key = nullptr;
    const char* value = nullptr;
    check(sd_bus_message_read(call, "s", &key), "key");
    check(sd_bus_message_read(call, "v", "s", &value), "value");
    (std::string_view(key) == "path" ? path : initial) = value;
    sd_bus_message_exit_container(call);
  }
  sd_bus_message_exit_container(call);
  if (!path.starts_with("/Settings/") || !is_legal(path)) return std::nullopt;
  if (!store_.contains(path)) add(path, initial);
  return path;
}

void FakeSettings::add(const std::string& path, const std::string& value) {
  store_[path] = is_instance(path) ? next_free(path, value) : value;
  announce(path, store_[path]);
}

/// As the real one: a number that another device of the class has becomes the next free one.
std::string FakeSettings::next_free(const std::string& path, std::string value) const {
  const auto is_taken = [&] {
    return std::ranges::any_of(store_, [&](const auto& entry) {
      return entry.first != path && is_instance(entry.first) && entry.second == value;
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
    std::string value = store_[path];
    if (manner_ == Manner::other_class && is_instance(path)) value = "vebus:100";
    if (manner_ == Manner::malformed_number && is_instance(path)) value = "battery:abc";
    sd_bus_message_append(reply, "a{sv}", 3, "path", "s", path.c_str(), "error", "i", 0, "value",
                          "s", value.c_str());
  }
}

int FakeSettings::set_value(sd_bus_message* call) {
  ++set_value_calls_;
  const std::string path = sd_bus_message_get_path(call);
  const char* value = nullptr;
  if (sd_bus_message_read(call, "v", "s", &value) < 0 || !store_.contains(path)) {
    return sd_bus_reply_method_return(call, "i", -1);
  }
  store_[path] = value;
  announce(path, value);
  return sd_bus_reply_method_return(call, "i", 0);
}

void FakeSettings::announce(const std::string& path, const std::string& value) {
  sd_bus_emit_signal(bus_, path.c_str(), kBusItem, "PropertiesChanged", "a{sv}", 3, "Value", "s",
                     value.c_str(), "Text", "s", value.c_str(), "Default", "s", "");
}

}  // namespace dmb::test
