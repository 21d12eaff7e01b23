// SPDX-License-Identifier: MIT
#include "dbus/status_query.h"

#include "bus_daemon.h"
#include "bus_item.h"
#include "call_error.h"
#include "dbus/bus.h"
#include "message.h"
#include "process_name.h"
#include "sdbus_compat.h"
#include "status_wire.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace dmb {

namespace {

constexpr const char* kSystem = "com.victronenergy.system";
constexpr const char* kSettings = "com.victronenergy.settings";
/// Nobody runs more; a hostile process may own any number of names.
constexpr std::size_t kMaxProcesses = 20;
constexpr std::size_t kMaxServices = 200;

/// One look around; every call is under way at the same time.
class Query {
 public:
  /// `forget`: the name of a shunt, or empty for the status.
  Query(std::string forget, const ItemQuery& items, std::chrono::milliseconds patience)
      : bus_(loop_), forget_(std::move(forget)), items_(items), patience_(patience) {}

  StatusFindings run() {
    call(bus_daemon::kName, bus_daemon::kPath, bus_daemon::kName, "ListNames", "",
         [this](sd_bus_message* reply, const sdbus::Error*) { on_names(reply); });
    loop_.run();
    if (!listed_) throw std::runtime_error("the D-Bus daemon does not answer: restart the device");
    if (!found_.system.dvcc) found_.system.dvcc = dvcc_setting_;
    std::ranges::sort(found_.processes, {}, &StatusAnswer::pid);
    return std::move(found_);
  }

 private:
  using Handler = std::function<void(sd_bus_message*, const sdbus::Error*)>;

  void call(const std::string& service, const std::string& path, const std::string& interface,
            const std::string& method, const std::string& argument, const Handler& handler) {
    proxies_.push_back(compat::create_proxy(bus_.connection(), service, path));
    auto message = compat::create_call(*proxies_.back(), interface, method);
    if (!argument.empty()) message::append(compat::native(message), argument);
    ++pending_;
    compat::call_async(loop_, *proxies_.back(), message, patience_,
                       [this, handler](sd_bus_message* reply, const sdbus::Error* error) {
                         handler(reply, error);
                         if (--pending_ == 0) loop_.exit(0);
                       });
  }

  void on_names(sd_bus_message* reply) {
    if (reply == nullptr || sd_bus_message_enter_container(reply, 'a', "s") <= 0) return;
    listed_ = true;
    std::vector<std::string> names;
    while (const auto name = message::read_string(reply)) names.emplace_back(*name);
    std::ranges::sort(names);
    const auto there = [&names](const char* name) {
      return std::ranges::binary_search(names, std::string(name));
    };
    for (const std::string& name : names)
      if (name.starts_with(status_wire::kNamePrefix)) ask_process(name);
    for (const std::string& name : names)
      if (items_.is_asked != nullptr && items_.is_asked(name)) ask_items(name);
    if (!forget_.empty() || !there(kSystem)) return;
    ask_system();
    ask_dvcc();
    if (there(kSettings)) ask_dvcc_setting();
  }

  void ask_process(const std::string& name) {
    const std::size_t index = found_.processes.size();
    if (index == kMaxProcesses) return;
    found_.processes.emplace_back();
    call(bus_daemon::kName, bus_daemon::kPath, bus_daemon::kName, "GetConnectionUnixProcessID",
         name, [this, index](sd_bus_message* reply, const sdbus::Error*) { on_pid(index, reply); });
    call(name, status_wire::kPath, status_wire::kInterface,
         forget_.empty() ? status_wire::kGetStatus : status_wire::kForget, forget_,
         [this, index](sd_bus_message* reply, const sdbus::Error* error) {
           on_status(found_.processes[index], reply, error);
         });
  }

  void on_pid(std::size_t index, sd_bus_message* reply) {
    StatusAnswer& answer = found_.processes[index];
    if (reply != nullptr) sd_bus_message_read_basic(reply, 'u', &answer.pid);
    answer.process = answer.pid == 0 ? "a process" : describe_process(answer.pid);
  }

  void on_status(StatusAnswer& answer, sd_bus_message* reply, const sdbus::Error* error) const {
    if (error != nullptr) {
      const std::string why = call_error::describe(*error);
      answer.trouble = why == "no answer" ? "it does not answer within " +
                                                std::to_string(patience_.count() / 1000) + " s"
                                          : "it answers with an error: " + why;
      return;
    }
    const auto text = message::read_string(reply);
    if (text)
      answer.text = *text;
    else
      answer.trouble = "its answer is not a status";
  }

  /// Services of older make have no GetItems.
  void ask_items(const std::string& name) {
    const std::size_t index = found_.services.size();
    if (index == kMaxServices) return;
    found_.services.push_back({name, {}});
    call(name, "/", kBusItem, "GetItems", "",
         [this, index](sd_bus_message* reply, const sdbus::Error* error) {
           if (reply != nullptr)
             found_.services[index].items = item_answer::of_get_items(reply, items_.is_wanted);
           else if (error != nullptr && call_error::is_unknown_there(*error))
             ask_tree(index);
         });
  }

  void ask_tree(std::size_t index) {
    call(found_.services[index].service, "/", kBusItem, "GetValue", "",
         [this, index](sd_bus_message* reply, const sdbus::Error*) {
           if (reply != nullptr)
             found_.services[index].items = item_answer::of_tree(reply, items_.is_wanted);
         });
  }

  void ask_system() {
    found_.system.present = true;
    ask_text("/Dc/Battery/BatteryService", [this](std::string text) {
      if (!text.empty()) found_.system.battery_service = std::move(text);
    });
    // Only where the other one, which has the whole name, is not told.
    ask_text("/ActiveBatteryService", [this](std::string text) {
      if (found_.system.battery_service.empty()) found_.system.battery_service = std::move(text);
    });
    ask_text("/ActiveBmsService",
             [this](std::string text) { found_.system.bms_service = std::move(text); });
  }

  void ask_text(const std::string& path, const std::function<void(std::string)>& take) {
    ask_value(kSystem, path, [take](const std::optional<BusValue>& value) {
      const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
      if (text != nullptr) take(*text);
    });
  }

  /// What systemcalc makes of it: some products have it on whatever the setting is.
  void ask_dvcc() {
    ask_value(kSystem, "/Control/Dvcc", [this](const std::optional<BusValue>& value) {
      if (const auto* number = value ? std::get_if<std::int64_t>(&*value) : nullptr)
        found_.system.dvcc = *number != 0;
    });
  }

  /// Bit 0 is the switch. Only where systemcalc does not tell.
  void ask_dvcc_setting() {
    ask_value(kSettings, "/Settings/Services/Bol", [this](const std::optional<BusValue>& value) {
      const auto* number = value ? std::get_if<std::int64_t>(&*value) : nullptr;
      if (number != nullptr) dvcc_setting_ = (*number & 1) != 0;
    });
  }

  void ask_value(const char* service, const std::string& path,
                 const std::function<void(const std::optional<BusValue>&)>& take) {
    call(service, path, kBusItem, "GetValue", "",
         [take](sd_bus_message* reply, const sdbus::Error*) {
           take(reply == nullptr ? std::nullopt : message::read_value(reply));
         });
  }

  Loop loop_;
  Bus bus_;
  std::string forget_;
  ItemQuery items_;
  std::chrono::milliseconds patience_;
  unsigned pending_ = 0;
  bool listed_ = false;
  StatusFindings found_;
  std::optional<bool> dvcc_setting_;
  std::vector<std::unique_ptr<sdbus::IProxy>> proxies_;
};

}  // namespace

StatusFindings query_status(std::chrono::milliseconds patience) {
  return Query("", {}, patience).run();
}

StatusFindings query_items(const ItemQuery& query, std::chrono::milliseconds patience) {
  return Query("", query, patience).run();
}

std::vector<StatusAnswer> ask_to_forget(const std::string& name,
                                        std::chrono::milliseconds patience) {
  return Query(name, {}, patience).run().processes;
}

}  // namespace dmb
