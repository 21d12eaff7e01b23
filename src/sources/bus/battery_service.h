// SPDX-License-Identifier: MIT
#pragma once

#include "battery_record.h"
#include "dbus/bus.h"
#include "dbus/remote.h"
#include "dbus/sender_signals.h"
#include "dmb/bank/shunt_selection.h"
#include "log/log_budget.h"
#include "runtime/loop.h"
#include "smartshunt_registers.h"
#include "sources/bus/battery_watcher.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dmb {

class BatteryService;

/// What all services are watched by; outlives them.
struct WatchContext {
  Bus& bus;
  SenderSignals& signals;
  const WatchRules& rules;
  /// Something came in or ended: settle() wants to be called at the end of the turn; once until
  /// then. Must not destroy the service.
  std::function<void(BatteryService&)> touched;
  /// Spent by members that leave: when they do so all the time, none is worth a line.
  const LogBudget& losses;
};

/// One battery service on the bus, for as long as it has the same owner: listens, asks for
/// everything once, and finds out whether it is to be counted.
class BatteryService {
 public:
  /// What is different since the last settle().
  struct Settled {
    bool counting = false;  ///< of counts()
    Membership before = Membership::undecided;
    bool identity = false;
    bool place = false;  ///< in the bank
    bool values = false;
    bool registers = false;
  };

  /// `arrival` as in ShuntPlace.
  BatteryService(const WatchContext& context, const std::string& name, std::string owner,
                 std::uint64_t arrival);

  const std::string& name() const { return record_.identity().service; }
  const std::string& owner() const { return owner_; }
  std::uint64_t arrival() const { return arrival_; }
  const ServiceIdentity& identity() const { return record_.identity(); }
  /// `undecided` until it has answered: its signals alone may lack the mark of a derived service.
  Membership membership() const { return chosen_.membership; }
  MemberPlace place() const { return chosen_.place; }
  /// A member that is not lost.
  bool counts() const { return membership() == Membership::member && !lost_; }
  /// It has answered, or failed to, once.
  bool look_ended() const { return look_ended_; }
  /// For the log; title() says also that it is a SmartShunt.
  std::string label() const;
  std::string title() const;

  /// Whether its signals are followed; nothing can make it a member otherwise.
  bool is_followed() const { return subscription_ != nullptr; }
  /// settle() wants to be called.
  void touch();
  /// Draws the conclusions from what came in. Not to be called from touched().
  Settled settle();

  /// Asks a silent member whether it lives, and gives it up if it does not say so. Returns when to
  /// be called again; nullopt: not before it counts again. `stood_still`: we did, so what it sent
  /// may still be waiting for us, and it gets another chance.
  std::optional<Instant> attend(Instant now, bool stood_still);

  SeenBattery seen() const;
  MeasurementNode node() const;

  /// As a member, under this id.
  WatchedMember watched(const std::string& id) const;
  /// What changes all the time into `shunt`, the rest of which is watched()'s.
  void copy_values(WatchedMember& shunt) const;

 private:
  bool is_missing() const { return lost_ || failures_ > 1; }
  void heard();
  void ask(Instant now);
  void on_question_ended(sd_bus_message* reply, const sdbus::Error* error);
  void lose(Instant now);
  void on_signal(sd_bus_message* signal);
  bool take_signal(sd_bus_message* signal);
  void look();
  void look_at_tree();
  void on_items(sd_bus_message* reply, const sdbus::Error* error);
  void on_tree(sd_bus_message* reply, const sdbus::Error* error);
  void on_looked(bool understood);
  void on_look_failed(const std::string& why);
  void on_look_refused(const sdbus::Error& error);
  void retry_at(Instant at);
  void retry();
  void ask_again_if_due();
  void follow();
  void read_registers();
  void log_membership() const;
  void log_faults();

  const WatchContext& context_;
  std::string owner_;  ///< unique name
  std::uint64_t arrival_;
  BatteryRecord record_;
  Chosen chosen_;
  bool touched_ = false;
  bool answered_ = false;
  bool look_ended_ = false;
  std::optional<Instant> last_heard_;
  std::optional<Instant> asked_at_;  ///< since then, whether it lives
  unsigned open_questions_ = 0;
  bool lost_ = false;     ///< a member that does not answer
  bool counted_ = false;  ///< at the last settle()
  bool looking_ = false;
  unsigned failures_ = 0;            ///< looks in a row
  std::optional<Instant> look_due_;  ///< after a failure
  bool registers_changed_ = false;
  bool nonsense_said_ = false;
  Remote root_;
  std::optional<Remote> voltage_;  ///< once it was asked
  std::optional<Timer> retry_;     ///< once something failed
  std::unique_ptr<SenderSignals::Subscription> subscription_;
  std::unique_ptr<SmartShuntRegisters> registers_;
};

}  // namespace dmb
