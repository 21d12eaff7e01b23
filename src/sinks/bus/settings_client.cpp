// SPDX-License-Identifier: MIT
#include "sinks/bus/settings_client.h"

#include "dbus/bus_daemon.h"
#include "dbus/bus_item.h"
#include "dbus/match.h"
#include "dbus/message.h"
#include "dbus/remote.h"
#include "dmb/codec/text.h"
#include "settings_wire.h"

#include <spdlog/spdlog.h>

#include <cctype>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

namespace dmb {

namespace {

constexpr const char* kService = "com.victronenergy.settings";
constexpr const char* kManager = "com.victronenergy.Settings";

/// How long the battery waits for its identity.
constexpr std::chrono::seconds kPatience{2};
/// How long an answer that comes after that is still taken. The daemon ends a call whose receiver
/// leaves the bus, so this bounds only a service that hangs for good.
constexpr std::chrono::minutes kCallTimeout{10};
/// Settings that appear within this are asked for together.
constexpr std::chrono::milliseconds kGathering{100};
/// Another instance makes the battery leave the bus and come back: a service that cannot make up
/// its mind must not have it do that all the time.
constexpr std::chrono::milliseconds kInstanceRest{500};

std::string owner_rule() {
  return std::string(
             "type='signal',sender='org.freedesktop.DBus',"
             "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='") +
         kService + "'";
}

std::string change_rule(const std::string& folder) {
  return std::string("type='signal',sender='") + kService + "',interface='" + kBusItem +
         "',member='PropertiesChanged',path_namespace='" + folder + "'";
}

}  // namespace

class SettingsClient::Impl {
 public:
  Impl(Bus& bus, Loop& loop, const std::string& device_id, int preferred_instance,
       Listener listener, KeptSettings& settings, SettingsListener settings_changed)
      : bus_(bus),
        loop_(loop),
        paths_(settings::paths_of(device_id)),
        identity_{preferred_instance, ""},
        listener_(std::move(listener)),
        settings_(settings),
        settings_changed_(std::move(settings_changed)),
        daemon_(bus),
        patience_(loop.add_timer([this] { on_impatient(); })),
        announce_(loop.add_timer([this] { announce(); })),
        ask_(loop.add_timer([this] { ask(); })),
        owner_changed_(bus, owner_rule(), [this](auto* signal) { on_owner_changed(signal); }),
        changed_(bus, change_rule(paths_.folder), [this](auto* signal) { on_changed(signal); }) {
    patience_.arm(loop_.now() + kPatience);
    ask_for_owner();
  }
  ~Impl() { settings_.away(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void store_custom_name(std::string name) {
    identity_.custom_name = name;
    if (announced_) announced_->custom_name = name;
    unsaved_name_ = std::move(name);
    save_name();
  }

  /// Many come at once when the members of a bank appear.
  void ask_for_settings() {
    if (!owner_.empty()) ask_.arm(loop_.now() + kGathering);
  }

  void store_settings() {
    if (!answered_) return;
    for (const KeptSettings::Errand& errand : settings_.take_errands()) store(errand);
  }

 private:
  // --- Who is the settings service? ---

  void ask_for_owner() {
    daemon_.call(
        bus_daemon::kName, "GetNameOwner", kPatience,
        [this](sd_bus_message* reply, const sdbus::Error*) {
          const auto owner = reply != nullptr ? message::read_string(reply) : std::nullopt;
          set_owner(std::string(owner.value_or("")));
        },
        text_argument(kService));
  }

  void on_owner_changed(sd_bus_message* signal) {
    if (!is_from_daemon(signal)) return;
    const auto name = message::read_string(signal);
    const auto old_owner = message::read_string(signal);
    const auto new_owner = message::read_string(signal);
    if (name != kService || !old_owner || !new_owner) return;
    set_owner(std::string(*new_owner));
  }

  /// Calls go to the unique name: an answer can then only come from the owner we know of. Dropping
  /// the remotes drops the calls that are under way.
  void set_owner(std::string owner) {
    if (owner == owner_ && !owner.empty()) return;
    owner_ = std::move(owner);
    answered_ = false;
    manager_.reset();
    name_setting_.reset();
    stores_.clear();
    settings_.away();
    ask_.disarm();
    if (owner_.empty()) return conclude();
    name_setting_.emplace(bus_, owner_, paths_.custom_name);
    ask();
    patience_.arm(loop_.now() + kPatience);
  }

  bool is_from_owner(sd_bus_message* signal) const {
    const char* sender = sd_bus_message_get_sender(signal);
    return sender != nullptr && !owner_.empty() && owner_ == sender;
  }

  // --- All that is ours there ---

  void ask() {
    manager_.emplace(bus_, owner_, "/");
    manager_->call(
        kManager, "AddSettings", kCallTimeout,
        [this](sd_bus_message* reply, const sdbus::Error* error) { on_answer(reply, error); },
        [this](sd_bus_message* call) {
          settings::append_request(call, paths_, identity_.instance, settings_.wanted());
        });
  }

  void on_answer(sd_bus_message* reply, const sdbus::Error* error) {
    answered_ = true;
    const auto take_other = [this](std::string_view name, const std::optional<BusValue>& value) {
      react(name, settings_.take_answer(name, value));
    };
    const auto stored =
        reply != nullptr ? settings::read_answer(reply, paths_, take_other) : settings::Stored{};
    if (stored.instance) identity_.instance = *stored.instance;
    if (stored.custom_name && !unsaved_name_) identity_.custom_name = *stored.custom_name;
    if (stored.instance && stored.custom_name) {
      warned_ = false;
    } else {
      warn(error != nullptr ? printable(error->getMessage(), 200) : "its answer makes no sense");
    }
    if (stored.custom_name) save_name();
    store_settings();
    conclude();
  }

  void on_changed(sd_bus_message* signal) {
    if (!is_from_owner(signal) || !answered_) return;
    const std::string_view path = sd_bus_message_get_path(signal);
    const auto value = settings::read_changed_value(signal);
    if (path == paths_.instance) return on_instance_changed(value);
    if (path == paths_.custom_name) return on_name_changed(value);
    const std::string_view name = settings::name_of(paths_, path);
    react(name, settings_.take_change(name, value));
  }

  // --- Our identity ---

  void on_instance_changed(const std::optional<BusValue>& value) {
    const auto instance = settings::parse_instance(value);
    if (!instance) return warn("it announced an instance that is none of a battery");
    identity_.instance = *instance;
    patience_.disarm();
    announce_.arm(loop_.now() + kInstanceRest);
  }

  /// While a name of ours is on its way, what comes back is older than that, or our own echo.
  void on_name_changed(const std::optional<BusValue>& value) {
    if (unsaved_name_) return;
    const auto name = settings::parse_custom_name(value);
    if (!name) return warn("it announced a name that cannot be one");
    identity_.custom_name = *name;
    conclude();
  }

  void on_impatient() {
    if (!answered_ && !owner_.empty()) warn("it does not answer");
    conclude();
  }

  // --- The name the user gave ---

  void save_name() {
    if (!unsaved_name_ || !answered_ || !name_setting_) return;
    name_setting_->call(
        kBusItem, "SetValue", kCallTimeout,
        [this, sent = *unsaved_name_](sd_bus_message* reply, const sdbus::Error*) {
          on_name_saved(sent, reply);
        },
        [this](sd_bus_message* call) { message::append_text_variant(call, *unsaved_name_); });
  }

  void on_name_saved(const std::string& sent, sd_bus_message* reply) {
    if (unsaved_name_ != sent) return;  // a later one is on its way
    std::int32_t code = -1;
    if (reply != nullptr) sd_bus_message_read_basic(reply, 'i', &code);
    if (code != 0) {
      spdlog::warn("{} did not take the name \"{}\": it is lost at the next restart. Set it again",
                   kService, printable(sent));
    }
    unsaved_name_.reset();
  }

  // --- The kept settings ---

  void react(std::string_view name, KeptSettings::Taken taken) {
    if (taken == KeptSettings::Taken::changed) {
      settings_news_ = true;
      announce_.arm(loop_.now());
    } else if (taken == KeptSettings::Taken::refused) {
      spdlog::warn("{} has a value of {} that cannot be: what counted before goes on", kService,
                   printable(std::string(name), 100));
    }
  }

  void store(const KeptSettings::Errand& errand) {
    const std::string path = settings::path_of(paths_, errand.name);
    auto& remote = stores_.try_emplace(errand.name, bus_, owner_, path).first->second;
    remote.call(
        kBusItem, "SetValue", kCallTimeout,
        [this, name = errand.name](sd_bus_message* reply, const sdbus::Error*) {
          on_stored(name, reply);
        },
        [value = errand.value](sd_bus_message* call) { message::append_variant(call, value); });
  }

  void on_stored(const std::string& name, sd_bus_message* reply) {
    std::int32_t code = -1;
    if (reply != nullptr) sd_bus_message_read_basic(reply, 'i', &code);
    settings_.done(name, code == 0);
    if (code != 0)
      spdlog::warn("{} did not take {}: it is tried again when that service restarts", kService,
                   name);
    store_settings();
  }

  // --- Telling ---

  /// By way of a timer: the listener may destroy us, which the callbacks of sdbus-c++ would not
  /// survive.
  void conclude() {
    patience_.disarm();
    announce_.arm(loop_.now());
  }

  void announce() {
    if (std::exchange(settings_news_, false)) settings_changed_();
    if (announced_ == identity_) return;
    announced_ = identity_;
    const Listener listener = listener_;
    const DeviceIdentity identity = identity_;
    listener(identity);
  }

  void warn(const std::string& reason) {
    if (std::exchange(warned_, true)) return;
    spdlog::warn("Using VRM instance {} without {}: {}. If that stays so, restart that service",
                 identity_.instance, kService, reason);
  }

  Bus& bus_;
  Loop& loop_;
  settings::Paths paths_;
  DeviceIdentity identity_;
  std::optional<DeviceIdentity> announced_;
  std::optional<std::string> unsaved_name_;
  Listener listener_;
  KeptSettings& settings_;
  SettingsListener settings_changed_;
  bool settings_news_ = false;
  std::string owner_;      ///< unique name of the service; empty: it is away
  bool answered_ = false;  ///< this owner answered AddSettings
  bool warned_ = false;
  Remote daemon_;
  std::optional<Remote> manager_;
  std::optional<Remote> name_setting_;
  std::map<std::string, Remote> stores_;  ///< of the kept settings that were written
  Timer patience_;
  Timer announce_;
  Timer ask_;
  Match owner_changed_;
  Match changed_;
};

SettingsClient::SettingsClient(Bus& bus, Loop& loop, const std::string& device_id,
                               int preferred_instance, Listener listener, KeptSettings& settings,
                               SettingsListener settings_changed)
    : impl_(std::make_unique<Impl>(bus, loop, device_id, preferred_instance, std::move(listener),
                                   settings, std::move(settings_changed))) {}

SettingsClient::~SettingsClient() = default;

void SettingsClient::store_custom_name(std::string name) {
  impl_->store_custom_name(std::move(name));
}

void SettingsClient::ask_for_settings() {
  impl_->ask_for_settings();
}

void SettingsClient::store_settings() {
  impl_->store_settings();
}

}  // namespace dmb
