// SPDX-License-Identifier: MIT
#include "app/device_rules.h"
#include "stage.h"

#include <algorithm>
#include <string>
#include <vector>

namespace dmb::test {
namespace {

/// What the bank shows is noted only where a transcript sets log_period.
BankRules noted_rules_of(const Config& config) {
  BankRules rules = rules_of(config.shunts.value());
  if (rules.shown_every == ShuntConfig{}.log_period) rules.shown_every = {};
  return rules;
}

/// The shunts, as the watcher would show them.
class BankStage : public Stage {
 public:
  explicit BankStage(const Config& config) : rules_(noted_rules_of(config)) {}

  void play(const TranscriptLine& event, Instant) override {
    std::string_view text = event.text;
    const std::string_view verb = take_word(text);
    if (verb == "shunt") return tell(event, text);
    if (verb == "each-shunt") return apply(event, each_, text);
    if (verb == "gone") return leave(text);
    if (verb == "excluded") {
      leave(text);
      news_.forgotten.emplace_back(text);
    } else if (verb == "looked-round") {
      looked_round_ = news_.all = true;
    } else if (verb == "look-around") {
      around_ = Surroundings{};
      if (!text.empty()) around_->other_monitors.emplace_back(text);
    } else if (verb == "forget") {
      bank_.forget(std::string(text));
    } else {
      throw BadTranscript(event, "no event of a bank");
    }
  }

  void end_turn(Instant now) override {
    const MemberNews news = std::exchange(news_, {.all = false, .changed = {}});
    if (news.all || !news.changed.empty())
      bank_.handle(event::Members{shunts_, news, looked_round_}, now);
    const auto around = std::exchange(around_, std::nullopt);
    if (around && bank_.asks_around(now)) bank_.handle(event::LookedAround{*around}, now);
  }

  void change(const Config& config, Instant now) override {
    rules_ = noted_rules_of(config);
    bank_.change_rules(rules_, now);
    news_.all = true;
  }

  void restart(const Config& config, Instant now) override {
    const BankMemory memory = bank_.memory(now);
    rules_ = noted_rules_of(config);
    bank_ = BankDevice(rules_);
    bank_.resume(memory, now);
    shunts_.clear();
    looked_round_ = false;
    news_ = {.all = false, .changed = {}};
  }

  Device& device() override { return bank_; }
  bool is_holding() const override { return bank_.phase() == BankLife::Phase::holding; }

 private:
  /// One that is new has what each shunt has, and comes in the order of the names.
  void tell(const TranscriptLine& event, std::string_view text) {
    const std::string name(take_word(text));
    auto shunt = std::ranges::find(shunts_, name, [](const auto& s) { return s.snapshot.id; });
    if (shunt == shunts_.end()) {
      WatchedMember made = each_;
      made.snapshot.id = made.snapshot.name = name;
      made.snapshot.service = "com.victronenergy.battery." + name;
      shunt = shunts_.insert(
          std::ranges::upper_bound(shunts_, name, {}, [](const auto& s) { return s.snapshot.id; }),
          made);
      news_.all = true;
    }
    const bool was_pending = shunt->registers_pending;
    apply(event, *shunt, text);
    if (was_pending != shunt->registers_pending) news_.all = true;
    news_.changed.push_back(static_cast<std::size_t>(shunt - shunts_.begin()));
  }

  static void apply(const TranscriptLine& event, WatchedMember& shunt, std::string_view text) {
    while (!text.empty()) {
      const std::string_view word = take_word(text);
      const std::string key(word.substr(0, word.find('=')));
      const std::string value(word.substr(std::min(word.size(), key.size() + 1)));
      std::optional<double> number;
      if (value != "-") number = std::stod(value);
      if (key == "capacity")
        shunt.register_capacity_ah = number;
      else if (key == "charged-voltage")
        shunt.register_charged_voltage_v = number;
      else if (key == "floor")
        shunt.register_discharge_floor_percent = number;
      else if (key == "pending")
        shunt.registers_pending = number == 1;
      else if (const auto item = find_member_quantity(key))
        shunt.snapshot.values[*item] = number;
      else
        throw BadTranscript(event, "no value of a shunt: " + key);
    }
  }

  void leave(std::string_view name) {
    std::erase_if(shunts_, [name](const WatchedMember& s) { return s.snapshot.id == name; });
    news_.all = true;
  }

  BankRules rules_;
  BankDevice bank_{rules_};
  WatchedMember each_;
  std::vector<WatchedMember> shunts_;
  MemberNews news_{.all = false, .changed = {}};
  bool looked_round_ = false;
  std::optional<Surroundings> around_;  ///< to be told when the bank asks
};

}  // namespace

std::unique_ptr<Stage> make_bank_stage(const Config& config) {
  return std::make_unique<BankStage>(config);
}

}  // namespace dmb::test
