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
/// Another instance makes the battery leave the bus and come back: a service that cannot make up
/// its mind must not have it do that all the time.
constexpr std::chrono::milliseconds kInstanceRest{500};

std::string owner_rule() {
  return std::string(
             "type='signal',sender='org.freedesktop.DBus',"
             "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='") +
         kService + "'";
}

std::string change_rule(const std::string& path) {
  return std::string("type='signal',sender='") + kService + "',interface='" + kBusItem +
         "',member='PropertiesChanged',path='" + path + "'";
}

}  // namespace

class SettingsClient::Impl {
 public:
  Impl(Bus& bus, Loop& loop, const std::string& device_id, int preferred_instance,
       Listener listener)
      : bus_(bus),
        loop_(loop),
        paths_(settings::paths_of(device_id)),
        identity_{preferred_instance, ""},
        listener_(std::move(listener)),
        daemon_(bus),
        patience_(loop.add_timer([this] { on_impatient(); })),
        announce_(loop.add_timer([this] { announce(); })),
        owner_changed_(bus, owner_rule(), [this](auto* signal) { on_owner_changed(signal); }),
        instance_changed_(bus, change_rule(paths_.instance),
                          [this](auto* signal) { on_instance_changed(signal); }),
        name_changed_(bus, change_rule(paths_.custom_name),
                      [this](auto* signal) { on_name_changed(signal); }) {
    patience_.arm(loop_.now() + kPatience);
    ask_for_owner();
  }

  void store_custom_name(std::string name) {
    identity_.custom_name = name;
    if (announced_) announced_->custom_name = name;
    unsaved_name_ = std::move(name);
    save_name();
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
    if (owner_.empty()) return conclude();
    manager_.emplace(bus_, owner_, "/");
    name_setting_.emplace(bus_, owner_, paths_.custom_name);
    allocate();
  }

  bool is_from_owner(sd_bus_message* signal) const {
    const char* sender = sd_bus_message_get_sender(signal);
    return sender != nullptr && !owner_.empty() && owner_ == sender;
  }

  // --- Our identity ---

  void allocate() {
    manager_->call(
        kManager, "AddSettings", kCallTimeout,
        [this](sd_bus_message* reply, const sdbus::Error* error) { on_allocated(reply, error); },
        [this](sd_bus_message* call) {
          settings::append_request(call, paths_, identity_.instance);
        });
    patience_.arm(loop_.now() + kPatience);
  }

  void on_allocated(sd_bus_message* reply, const sdbus::Error* error) {
    answered_ = true;
    const auto stored =
        reply != nullptr ? settings::read_answer(reply, paths_) : settings::Stored{};
    if (stored.instance) identity_.instance = *stored.instance;
    if (stored.custom_name && !unsaved_name_) identity_.custom_name = *stored.custom_name;
    if (stored.instance && stored.custom_name) {
      warned_ = false;
    } else {
      warn(error != nullptr ? printable(error->getMessage(), 200) : "its answer makes no sense");
    }
    if (stored.custom_name) save_name();
    conclude();
  }

  void on_instance_changed(sd_bus_message* signal) {
    if (!is_from_owner(signal) || !answered_) return;
    const auto instance = settings::parse_instance(settings::read_changed_value(signal));
    if (!instance) return warn("it announced an instance that is none of a battery");
    identity_.instance = *instance;
    patience_.disarm();
    announce_.arm(loop_.now() + kInstanceRest);
  }

  /// While a name of ours is on its way, what comes back is older than that, or our own echo.
  void on_name_changed(sd_bus_message* signal) {
    if (!is_from_owner(signal) || !answered_ || unsaved_name_) return;
    const auto name = settings::parse_custom_name(settings::read_changed_value(signal));
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

  // --- Telling ---

  /// By way of a timer: the listener may destroy us, which the callbacks of sdbus-c++ would not
  /// survive.
  void conclude() {
    patience_.disarm();
    announce_.arm(loop_.now());
  }

  void announce() {
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
  std::string owner_;      ///< unique name of the service; empty: it is away
  bool answered_ = false;  ///< this owner answered AddSettings
  bool warned_ = false;
  Remote daemon_;
  std::optional<Remote> manager_;
  std::optional<Remote> name_setting_;
  Timer patience_;
  Timer announce_;
  Match owner_changed_;
  Match instance_changed_;
  Match name_changed_;
};

SettingsClient::SettingsClient(Bus& bus, Loop& loop, const std::string& device_id,
                               int preferred_instance, Listener listener)
    : impl_(std::make_unique<Impl>(bus, loop, device_id, preferred_instance, std::move(listener))) {
}

SettingsClient::~SettingsClient() = default;

void SettingsClient::store_custom_name(std::string name) {
  impl_->store_custom_name(std::move(name));
}

std::string settings_path_element(const std::string& text) {
  constexpr char kHexDigits[] = "0123456789ABCDEF";
  const auto is_letter_or_digit = [](unsigned char byte) {
    return byte < 0x80 && std::isalnum(byte) != 0;
  };
  std::string element;
  // The service refuses names that begin with an underscore, and none may be empty.
  if (text.empty() || !is_letter_or_digit(static_cast<unsigned char>(text.front()))) element += 'x';
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (is_letter_or_digit(byte) || character == '_') {
      element += character;
    } else {
      element += '_';
      element += kHexDigits[byte >> 4U];
      element += kHexDigits[byte & 0x0FU];
    }
  }
  return element;
}

}  // namespace dmb
