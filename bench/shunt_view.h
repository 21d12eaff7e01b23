// SPDX-License-Identifier: MIT
#pragma once

#include "shunt_bank.h"
#include "shunt_bus.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dmb::bench {

/// A client of one aggregate: notes when which update of the bank became visible there.
class AggregateView {
 public:
  /// Takes what `service` already shows. `listener` must outlive the view.
  AggregateView(sd_bus* listener, const ShuntBank& bank, std::string service);

  const std::string& service() const { return service_; }
  /// Contents of /Measurement/TracksServices; empty for a program without it.
  const std::string& tracked() const { return tracked_; }
  /// Newest update that is visible.
  std::int32_t shown() const { return shown_; }

  /// Updates that the aggregate's current lacks.
  void set_unseen(std::int32_t updates) { unseen_ = updates; }

  /// Forgets what was counted; only updates after this count.
  void begin();
  int signals() const { return signals_; }
  int items() const { return items_; }
  /// Of every update, until it or a newer one was visible.
  const std::vector<double>& latencies_us() const { return latencies_us_; }

  /// True when the signal was this service's.
  bool take(sd_bus_message* signal, std::int64_t now);

 private:
  void subscribe(sd_bus* listener);
  void ask_tracked(sd_bus* listener);
  void take_item(sd_bus_message* signal, const char* path, std::int64_t now);
  void note_current(double current_a, std::int64_t now);

  const ShuntBank& bank_;
  std::string service_;
  std::string owner_;
  std::string tracked_;
  std::int32_t unseen_ = 0;
  std::int32_t shown_ = 0;
  int signals_ = 0;
  int items_ = 0;
  std::vector<double> latencies_us_;
};

}  // namespace dmb::bench
