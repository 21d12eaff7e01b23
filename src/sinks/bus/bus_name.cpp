// SPDX-License-Identifier: MIT
#include "sinks/bus/bus_name.h"

#include "dbus/bus_daemon.h"
#include "dbus/match.h"
#include "dbus/message.h"
#include "dbus/process_name.h"
#include "dbus/remote.h"
#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace dmb {

namespace {

constexpr std::uint32_t kDoNotQueue = 4;
constexpr std::chrono::seconds kCallTimeout{25};

/// Answers of RequestName (D-Bus specification).
constexpr std::uint32_t kPrimaryOwner = 1;
constexpr std::uint32_t kAlreadyOwner = 4;

std::string lost_rule(const std::string& name) {
  return "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
         "member='NameLost',arg0='" +
         name + "'";
}

}  // namespace

class BusName::Impl {
 public:
  Impl(Bus& bus, Loop& loop, std::string name, Acquired on_acquired,
       std::chrono::milliseconds retry_every)
      : loop_(loop),
        name_(std::move(name)),
        on_acquired_(std::move(on_acquired)),
        retry_every_(retry_every),
        daemon_(bus),
        retry_(loop.add_timer([this] { request(); })),
        lost_(bus, lost_rule(name_), [this](sd_bus_message* signal) { on_lost(signal); }) {
    request();
  }

  /// The daemon keeps the order of messages: this also undoes a request that is under way.
  ~Impl() {
    try {
      daemon_.tell(bus_daemon::kName, "ReleaseName", text_argument(name_));
    } catch (const std::exception&) {
      // The connection has ended, and the name with it.
    }
  }

  bool owned() const { return owned_; }
  const std::string& taken_by() const { return taken_by_; }

 private:
  void request() {
    daemon_.call(
        bus_daemon::kName, "RequestName", kCallTimeout,
        [this](sd_bus_message* reply, const sdbus::Error* error) { on_answer(reply, error); },
        [this](sd_bus_message* call) {
          message::append(call, name_);
          message::check(sd_bus_message_append(call, "u", kDoNotQueue), "request name");
        });
  }

  void on_answer(sd_bus_message* reply, const sdbus::Error* error) {
    std::uint32_t answer = 0;
    if (reply != nullptr) sd_bus_message_read_basic(reply, 'u', &answer);
    if (answer == kPrimaryOwner || answer == kAlreadyOwner) return acquired();
    try_again_later();
    if (std::exchange(told_, true)) return;
    if (error != nullptr) return tell_refused(*error);
    ask_for_owner();
  }

  void acquired() {
    owned_ = true;
    told_ = false;
    taken_by_.clear();
    if (on_acquired_) on_acquired_();
  }

  void try_again_later() { retry_.arm(loop_.now() + retry_every_); }

  void tell_refused(const sdbus::Error& error) {
    taken_by_ = "nobody: the D-Bus daemon refuses it";
    spdlog::error(
        "The D-Bus daemon refuses the name {}: {}. Check service_name in the configuration and the "
        "bus policy; trying again every {} s",
        printable(name_), printable(error.getMessage(), 200), seconds());
  }

  void ask_for_owner() {
    daemon_.call(
        bus_daemon::kName, "GetConnectionUnixProcessID", kCallTimeout,
        [this](sd_bus_message* reply, const sdbus::Error*) { tell_taken(reply); },
        text_argument(name_));
  }

  void tell_taken(sd_bus_message* reply) {
    std::uint32_t pid = 0;
    if (reply != nullptr) sd_bus_message_read_basic(reply, 'u', &pid);
    const std::string owner = pid == 0 ? "another process" : describe_process(pid);
    taken_by_ = owner;
    spdlog::error("{} is already taken by {}: stop that one, trying again every {} s", name_, owner,
                  seconds());
  }

  void on_lost(sd_bus_message* signal) {
    if (!is_from_daemon(signal) || message::read_string(signal) != name_ || !owned_) return;
    owned_ = false;
    spdlog::warn("Lost the D-Bus name {}, trying to get it back every {} s", name_, seconds());
    try_again_later();
  }

  double seconds() const { return std::chrono::duration<double>(retry_every_).count(); }

  Loop& loop_;
  std::string name_;
  Acquired on_acquired_;
  std::chrono::milliseconds retry_every_;
  bool owned_ = false;
  bool told_ = false;  ///< the present conflict is in the log
  std::string taken_by_;
  Remote daemon_;
  Timer retry_;
  Match lost_;
};

BusName::BusName(Bus& bus, Loop& loop, std::string name, Acquired on_acquired,
                 std::chrono::milliseconds retry_every)
    : impl_(std::make_unique<Impl>(bus, loop, std::move(name), std::move(on_acquired),
                                   retry_every)) {}

BusName::~BusName() = default;

bool BusName::owned() const {
  return impl_->owned();
}

const std::string& BusName::taken_by() const {
  return impl_->taken_by();
}

}  // namespace dmb
