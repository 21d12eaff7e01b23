// SPDX-License-Identifier: MIT
#include "sources/bus/battery_watcher.h"

#include "battery_service.h"
#include "dbus/bus_daemon.h"
#include "dbus/bus_item.h"
#include "dbus/match.h"
#include "dbus/message.h"
#include "dbus/remote.h"
#include "dbus/sender_signals.h"
#include "dmb/battery/service_name.h"
#include "dmb/codec/text.h"
#include "member_roster.h"
#include "member_rules.h"
#include "named_entries.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace dmb {

namespace {

/// The daemon limits the match rules of a connection, and ends it beyond.
constexpr std::size_t kMaxServices = 500;
/// The daemon does not tell in which order they came.
constexpr std::uint64_t kThereAtStart = 0;

std::string owner_rule() {
  return "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
         "member='NameOwnerChanged',arg0namespace='com.victronenergy.battery'";
}

std::vector<std::string> read_strings(sd_bus_message* message) {
  std::vector<std::string> all;
  if (sd_bus_message_enter_container(message, 'a', "s") <= 0) return all;
  while (const auto text = message::read_string(message)) all.emplace_back(*text);
  return all;
}

}  // namespace

class BatteryWatcher::Impl {
 public:
  Impl(Bus& bus, WatchRules rules, Changed changed)
      : rules_(std::move(rules)),
        signals_(bus, kBusItem),
        context_{bus, signals_, rules_, [this](auto& service) { touch(service); }, losses_},
        changed_(std::move(changed)),
        daemon_(bus),
        exchange_timer_(bus.loop().add_timer([this] { schedule_turn_end(); })),
        attention_(bus.loop().add_timer([this] { attend(); })),
        match_timer_(bus.loop().add_timer([this] { tell_unmatched(); })),
        turn_end_(bus.loop().defer([this] { on_turn_end(); })),
        owner_changed_(bus, owner_rule(), [this](auto* signal) { on_owner_changed(signal); }) {
    list_names();
    expect_matches();
  }

  std::span<const WatchedMember> members() const { return roster_.members(); }
  bool looked_round() const { return looked_round_; }

  std::vector<SeenBattery> seen() const {
    std::vector<SeenBattery> all;
    for (const auto& [name, service] : services_) {
      if (service->membership() == Membership::no_shunt && !is_other_monitor(service->identity()))
        continue;
      all.push_back(service->seen());
      const auto* instead = roster_.not_heard(name);
      if (instead == nullptr) continue;
      all.back().heard_at = instead->instead;
      all.back().tracked = instead->tracked;
    }
    return all;
  }

  std::vector<MeasurementNode> nodes() const {
    std::vector<MeasurementNode> all;
    for (const auto& [name, service] : services_) all.push_back(service->node());
    return all;
  }

  std::vector<std::string> unmatched() const {
    return match_over_ ? entries_.unmatched() : std::vector<std::string>();
  }

  void change_rules(WatchRules rules) {
    const bool own_differ = rules.own_services != rules_.own_services;
    rules_ = std::move(rules);
    entries_.start_over();
    match_over_ = false;
    for (auto found = services_.begin(); found != services_.end();) {
      const auto here = found++;
      if (is_watched(here->first))
        judge_anew(*here->second);
      else
        drop(here);
    }
    if (own_differ) list_names();
    expect_matches();
    attend_at_.reset();
    attend();
    schedule_turn_end();
  }

  void look_again() {
    list_names();
    change_rules(WatchRules(rules_));
  }

 private:
  using Services = std::map<std::string, std::unique_ptr<BatteryService>, std::less<>>;

  // --- Who is there ---

  bool is_watched(std::string_view name) const {
    return name.starts_with(kBatteryPrefix) &&
           std::ranges::find(rules_.own_services, name) == rules_.own_services.end();
  }

  /// All that the daemon says comes in the order in which it is true: a later word always wins.
  void on_owner_changed(sd_bus_message* signal) {
    if (!is_from_daemon(signal)) return;
    const auto name = message::read_string(signal);
    const auto old_owner = message::read_string(signal);
    const auto new_owner = message::read_string(signal);
    if (!name || !old_owner || !new_owner || !is_watched(*name)) return;
    set_owner(std::string(*name), std::string(*new_owner), ++arrivals_);
  }

  void list_names() {
    daemon_.call(bus_daemon::kName, "ListNames", bus_daemon::kTimeout,
                 [this](sd_bus_message* reply, const sdbus::Error*) { on_names(reply); });
  }

  void on_names(sd_bus_message* reply) {
    if (reply == nullptr) {
      spdlog::warn(
          "The D-Bus daemon does not tell who is on the bus: only batteries that appear from now "
          "on are found. Restart this program once the device is less busy");
    } else {
      for (const std::string& name : read_strings(reply)) {
        if (is_watched(name)) ask_for_owner(name);
      }
    }
    listed_ = true;
    schedule_turn_end();
  }

  void ask_for_owner(const std::string& name) {
    not_looked_at_.insert(name);
    daemon_.call(
        bus_daemon::kName, "GetNameOwner", bus_daemon::kTimeout,
        [this, name](sd_bus_message* reply, const sdbus::Error* error) {
          on_owner(name, reply, error);
        },
        text_argument(name));
  }

  /// A time-out says nothing; a signal may have told the owner meanwhile.
  void on_owner(const std::string& name, sd_bus_message* reply, const sdbus::Error* error) {
    if (reply != nullptr) {
      set_owner(name, std::string(message::read_string(reply).value_or("")), kThereAtStart);
    } else if (std::string(error->getName()) == "org.freedesktop.DBus.Error.NameHasNoOwner") {
      set_owner(name, "", kThereAtStart);
    } else if (!services_.contains(name)) {
      not_looked_at_.erase(name);
      schedule_turn_end();
    }
  }

  /// A new owner is another service, whatever the old one said.
  void set_owner(const std::string& name, std::string owner, std::uint64_t arrival) {
    const auto found = services_.find(name);
    if (found != services_.end() && found->second->owner() == owner) return;
    if (found != services_.end()) remove(found);
    if (owner.empty() || !has_room_for(name)) {
      not_looked_at_.erase(name);
    } else {
      services_[name] = std::make_unique<BatteryService>(context_, name, std::move(owner), arrival);
    }
    schedule_turn_end();
  }

  bool has_room_for(const std::string& name) {
    if (services_.size() < kMaxServices) return true;
    if (!std::exchange(crowd_said_, true)) {
      spdlog::warn(
          "There are more than {} battery services; {} and later ones are not looked at. End the "
          "programs that are not needed, then restart this one",
          kMaxServices, name);
    }
    return false;
  }

  void remove(Services::iterator found) {
    const BatteryService& service = *found->second;
    if (service.counts()) {
      log_loss(service);
      members_differ_ = true;
    }
    std::erase(touched_, &service);
    services_.erase(found);
  }

  /// It has become one of ours: nothing was lost.
  void drop(Services::iterator found) {
    roster_.forget(*found->second);
    not_looked_at_.erase(found->first);
    members_differ_ = members_differ_ || found->second->counts();
    std::erase(touched_, found->second.get());
    services_.erase(found);
  }

  /// What nobody followed may have another name by now.
  void judge_anew(BatteryService& service) {
    if (service.is_followed()) return service.touch();
    std::erase(touched_, &service);
    services_[service.name()] = std::make_unique<BatteryService>(
        context_, std::string(service.name()), std::string(service.owner()), service.arrival());
  }

  void log_loss(const BatteryService& service) {
    const LogBudget::Say say = losses_.spend(context_.bus.loop().now());
    if (say == LogBudget::Say::line) spdlog::info("{} has left", service.title());
    if (say == LogBudget::Say::notice) {
      spdlog::warn(
          "{0} come and go all the time: no line for each until that has stopped for a minute. "
          "Check their cables and power, and what else claims to be a {1}",
          rules_.bank ? "Batteries" : "SmartShunts", rules_.bank ? "battery" : "SmartShunt");
    }
  }

  // --- At the end of a turn ---

  void touch(BatteryService& service) {
    touched_.push_back(&service);
    schedule_turn_end();
  }

  void schedule_turn_end() { turn_end_.trigger(); }

  void on_turn_end() {
    MemberNews news{.all = false, .changed = {}};
    for (BatteryService* service : std::exchange(touched_, {})) settle(*service, news);
    if (members_differ_ && !is_being_exchanged()) {
      members_differ_ = false;
      rebuild();
      news.all = true;
    }
    if (!members_differ_ && roster_.has_forgotten()) {
      news.forgotten = roster_.take_forgotten();
      news.all = true;
    }
    if (!looked_round_ && listed_ && not_looked_at_.empty()) {
      looked_round_ = true;
      news.all = true;
    }
    if (news.all || !news.changed.empty()) changed_(news);
  }

  /// The last member went while another one is being asked what it is: they are waited for
  /// together, for a moment, so that a bank whose members are exchanged does not leave the bus in
  /// between.
  bool is_being_exchanged() {
    const auto is_member = [](const auto& entry) { return entry.second->counts(); };
    const auto is_new = [](const auto& entry) { return !entry.second->look_ended(); };
    if (roster_.members().empty() || std::ranges::any_of(services_, is_member) ||
        std::ranges::none_of(services_, is_new)) {
      exchange_ends_.reset();
      return false;
    }
    const Instant now = context_.bus.loop().now();
    if (!exchange_ends_) {
      exchange_ends_ = now + rules_.patience.exchange;
      exchange_timer_.arm(*exchange_ends_);
    }
    return now < *exchange_ends_;
  }

  void settle(BatteryService& service, MemberNews& news) {
    if (service.look_ended()) not_looked_at_.erase(service.name());
    const auto settled = service.settle();
    const bool is_member = service.counts();
    const bool matters = is_member || rules_.bank;  // an aggregate says what it has in its sum
    if (settled.counting || (settled.identity && matters) || (settled.place && is_member))
      members_differ_ = true;
    if (settled.identity) entries_.note(service.identity());
    const bool is_changed = settled.identity || settled.before != service.membership();
    if (is_changed && member_rules::is_out(settled.before, service.membership()))
      roster_.forget(service);
    if (!is_member || members_differ_ || !(settled.values || settled.registers)) return;
    const auto index = roster_.update(service);
    if (!index) return;
    news.changed.push_back(*index);
    news.all = news.all || settled.registers;
  }

  void rebuild() {
    std::vector<const BatteryService*> services;
    for (const auto& [name, service] : services_)
      if (service->counts() || rules_.bank) services.push_back(service.get());
    const bool may_log = !losses_.is_spent(context_.bus.loop().now());
    if (rules_.bank)
      roster_.rebuild_bank(services, may_log);
    else
      roster_.rebuild(services, may_log);
    if (!attend_at_) attend();
  }

  // --- Entries of the config ---

  void expect_matches() {
    for (const auto& [name, service] : services_) entries_.note(service->identity());
    if (!entries_.unmatched().empty())
      match_timer_.arm(context_.bus.loop().now() + rules_.patience.before_unmatched);
  }

  void tell_unmatched() {
    match_over_ = true;
    for (const std::string& entry : entries_.unmatched())
      spdlog::info(
          "{} names \"{}\", and no battery on the bus is called so: an instance, custom name, "
          "serial or service name is meant",
          rules_.bank ? "members, shunt or pair" : "exclude_shunts or include_shunts",
          printable(entry));
  }

  // --- Who is silent ---

  /// One timer for all. Those that talk move their own time on, which is seen when it fires.
  void attend() {
    const Instant now = context_.bus.loop().now();
    const bool stood_still = attend_at_ && now > *attend_at_ + rules_.patience.to_question();
    attend_at_.reset();
    for (const auto& [name, service] : services_)
      attend_at_ = earlier(attend_at_, service->attend(now, stood_still));
    if (attend_at_) attention_.arm(*attend_at_);
  }

  LogBudget losses_;
  WatchRules rules_;
  SenderSignals signals_;
  WatchContext context_;
  Changed changed_;
  MemberRoster roster_;
  NamedEntries entries_{rules_};
  Services services_;
  std::set<std::string, std::less<>> not_looked_at_;  ///< of those that were there at start
  std::vector<BatteryService*> touched_;              ///< since the last turn's end
  std::uint64_t arrivals_ = kThereAtStart;
  bool listed_ = false;
  bool looked_round_ = false;
  bool members_differ_ = false;
  bool crowd_said_ = false;
  Remote daemon_;
  std::optional<Instant> exchange_ends_;
  Timer exchange_timer_;
  std::optional<Instant> attend_at_;
  Timer attention_;
  Timer match_timer_;
  bool match_over_ = false;
  Deferred turn_end_;
  Match owner_changed_;
};

BatteryWatcher::BatteryWatcher(Bus& bus, WatchRules rules, Changed changed)
    : impl_(std::make_unique<Impl>(bus, std::move(rules), std::move(changed))) {}

BatteryWatcher::~BatteryWatcher() = default;

void BatteryWatcher::look_again() {
  impl_->look_again();
}

void BatteryWatcher::change_rules(WatchRules rules) {
  impl_->change_rules(std::move(rules));
}

std::vector<std::string> BatteryWatcher::unmatched() const {
  return impl_->unmatched();
}

std::span<const WatchedMember> BatteryWatcher::members() const {
  return impl_->members();
}

bool BatteryWatcher::looked_round() const {
  return impl_->looked_round();
}

std::vector<MeasurementNode> BatteryWatcher::nodes() const {
  return impl_->nodes();
}

std::vector<SeenBattery> BatteryWatcher::seen() const {
  return impl_->seen();
}

}  // namespace dmb
