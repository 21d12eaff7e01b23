// SPDX-License-Identifier: MIT
#include "shunt_view.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace dmb::bench {
namespace {

constexpr auto kMarkerPath = "/Dc/0/Current";
constexpr auto kTrackedPath = "/Measurement/TracksServices";
constexpr auto kDaemon = "org.freedesktop.DBus";

/// Enters the variant under "Value" of an `a{sv}`; what follows it in the item is left unread.
bool find_value(sd_bus_message* message) {
  sd_bus_message_enter_container(message, 'a', "{sv}");
  const char* key = nullptr;
  while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
    sd_bus_message_read_basic(message, 's', &key);
    if (std::strcmp(key, "Value") == 0) return true;
    sd_bus_message_skip(message, "v");
    sd_bus_message_exit_container(message);
  }
  return false;
}

void leave_value(sd_bus_message* message) {
  sd_bus_message_exit_container(message);
  while (sd_bus_message_at_end(message, 0) == 0) sd_bus_message_skip(message, "{sv}");
  sd_bus_message_exit_container(message);
}

}  // namespace

AggregateView::AggregateView(sd_bus* listener, const ShuntBank& bank, std::string service)
    : bank_(bank), service_(std::move(service)) {
  subscribe(listener);
  ask_tracked(listener);
  begin();
}

void AggregateView::subscribe(sd_bus* listener) {
  sd_bus_message* reply = nullptr;
  const char* name = nullptr;
  checked(sd_bus_call_method(listener, kDaemon, "/org/freedesktop/DBus", kDaemon, "GetNameOwner",
                             nullptr, &reply, "s", service_.c_str()),
          "find the aggregate");
  checked(sd_bus_message_read(reply, "s", &name), "read the owner");
  owner_ = name;
  sd_bus_message_unref(reply);
  const auto rule = "type='signal',sender='" + owner_ + "',interface='" + kBusItem + "'";
  checked(sd_bus_call_method(listener, kDaemon, "/org/freedesktop/DBus", kDaemon, "AddMatch",
                             nullptr, nullptr, "s", rule.c_str()),
          "subscribe");
}

void AggregateView::ask_tracked(sd_bus* listener) {
  sd_bus_message* reply = nullptr;
  if (sd_bus_call_method(listener, service_.c_str(), kTrackedPath, kBusItem, "GetValue", nullptr,
                         &reply, "") < 0) {
    return;  // a floor
  }
  const char* text = nullptr;
  if (sd_bus_message_read(reply, "v", "s", &text) > 0) tracked_ = text;
  sd_bus_message_unref(reply);
}

void AggregateView::begin() {
  shown_ = bank_.last_index();
  signals_ = 0;
  items_ = 0;
  latencies_us_.clear();
}

bool AggregateView::take(sd_bus_message* signal, std::int64_t now) {
  if (owner_ != sd_bus_message_get_sender(signal)) return false;
  ++signals_;
  if (sd_bus_message_is_signal(signal, kBusItem, "ItemsChanged") <= 0) {
    take_item(signal, sd_bus_message_get_path(signal), now);
    return true;
  }
  sd_bus_message_enter_container(signal, 'a', "{sa{sv}}");
  while (sd_bus_message_enter_container(signal, 'e', "sa{sv}") > 0) {
    const char* path = nullptr;
    sd_bus_message_read_basic(signal, 's', &path);
    take_item(signal, path, now);
    sd_bus_message_exit_container(signal);
  }
  return true;
}

void AggregateView::take_item(sd_bus_message* signal, const char* path, std::int64_t now) {
  ++items_;
  const bool is_marker = std::strcmp(path, kMarkerPath) == 0;
  if (!is_marker && std::strcmp(path, kTrackedPath) != 0) {
    sd_bus_message_skip(signal, "a{sv}");
    return;
  }
  if (!find_value(signal)) return;
  double current_a = 0;
  const char* text = "";
  if (is_marker) {
    if (sd_bus_message_read(signal, "v", "d", &current_a) > 0) note_current(current_a, now);
  } else if (sd_bus_message_read(signal, "v", "s", &text) > 0) {
    tracked_ = text;
  }
  leave_value(signal);
}

void AggregateView::note_current(double current_a, std::int64_t now) {
  const auto index = static_cast<std::int32_t>(std::lround(current_a / kStepA)) + unseen_;
  if (index > bank_.last_index()) throw std::runtime_error("an update nobody has sent is visible");
  for (; shown_ < index; ++shown_) {
    latencies_us_.push_back(static_cast<double>(now - bank_.sent_ns(shown_ + 1)) / 1000);
  }
}

}  // namespace dmb::bench
