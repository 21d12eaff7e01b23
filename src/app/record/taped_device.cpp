// SPDX-License-Identifier: MIT
#include "app/record/taped_device.h"

#include <utility>
#include <variant>

namespace dmb {

/// Which events are told, and how.
struct TapedDevice::Taping {
  TapedDevice& taped;

  void operator()(const event::Members& event) const {
    record::MembersCame came{.device = taped.service_,
                             .all = event.news.all,
                             .members = {},
                             .forgotten = event.news.forgotten,
                             .looked_round = event.looked_round};
    if (event.news.all)
      for (std::size_t i = 0; i < event.all.size(); ++i) came.members.emplace_back(i, event.all[i]);
    else
      for (const std::size_t i : event.news.changed) came.members.emplace_back(i, event.all[i]);
    taped.tape_.add(std::move(came));
  }
  void operator()(const event::LookedAround& event) const {
    taped.tape_.add(record::LookedAround{taped.service_, event.around});
  }
  void operator()(const event::Connected&) const {
    taped.tape_.add(record::BrokerConnected{taped.service_});
  }
  void operator()(const event::Wishes& event) const {
    taped.wishes_ = record::WishesCame{taped.service_, event.manual, event.switched_off};
    taped.tape_.add(*taped.wishes_);
  }
  void operator()(const event::FullCharge& event) const {
    taped.tape_.add(record::FullChargeCame{taped.service_, event.is_wanted});
  }
  void operator()(const event::Today& event) const {
    taped.today_ = record::TodayCame{taped.service_, event.date};
    taped.tape_.add(*taped.today_);
  }
  // Made of messages, which are told themselves.
  void operator()(const event::Message&) const {}
  void operator()(const event::Values&) const {}
  void operator()(const event::OtherTopic&) const {}
  void operator()(const event::Rejected&) const {}
  void operator()(const event::Gone&) const {}
  void operator()(const event::Heartbeat&) const {}
};

/// What stands is kept also while nothing is recorded, for the day when that begins.
void TapedDevice::handle(const Event& event, Instant now) {
  const bool stands =
      std::holds_alternative<event::Wishes>(event) || std::holds_alternative<event::Today>(event);
  if (tape_.is_on() || stands) std::visit(Taping{*this}, event);
  device_.handle(event, now);
}

const ItemValues& TapedDevice::view(Instant now) {
  const ItemValues& values = device_.view(now);
  if (!tape_.is_on()) return values;
  tape_.add(record::Viewed{service_});
  if (auto decision = look_(watch_)) tape_.add(record::Decided{service_, std::move(*decision)});
  return values;
}

void TapedDevice::tell_standing_events() {
  const auto tell = [this](auto& stands) {
    if (!stands) return;
    stands->device = service_;  // it may have another name by now
    tape_.add(*stands);
  };
  tell(today_);
  tell(wishes_);
}

/// It may have decided something else while nothing was recorded.
void TapedDevice::tell_decision() {
  look_(watch_);
  if (watch_.last()) tape_.add(record::Decided{service_, *watch_.last()});
}

}  // namespace dmb
