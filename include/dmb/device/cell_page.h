// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/cell_page_rows.h"
#include "dmb/battery/value.h"
#include "dmb/device/page_pack.h"
#include "dmb/device/seats.h"
#include "dmb/device/side_items.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

namespace dmb {

/// The items of the display's own page of cells ("Individual Battery Info"), which shows one
/// battery at a time: the one whose number was written last, at first number 1. Only that one's are
/// valid, but for the names of all; items that were created stay. There is no item before a battery
/// told a cell, but those of the page "System" of a bank: it counts the same batteries.
///
/// Nobody can tell whether a display shows the page, but that somebody chose a battery there. So it
/// is renewed each second for a while after that, else every kUnwatched.
class CellPage {
 public:
  static constexpr std::chrono::seconds kWatched{1};
  static constexpr std::chrono::seconds kUnwatched{20};
  static constexpr std::chrono::seconds kWithoutCells{5};  ///< between two looks for the first one
  static constexpr std::chrono::minutes kLooks{10};        ///< so long it is watched after a choice

  /// Somebody wrote this number. False: no battery has it, and nothing changes.
  bool request(int number, Instant now);
  int requested() const { return requested_; }

  /// Whether show() is to be called now. `heard`: how many batteries tell something; when one comes
  /// or goes there is no waiting.
  bool is_due(std::size_t heard, Instant now) const;
  /// Something may be new, and is not shown yet.
  void pass_over() { passed_over_ = true; }
  /// When show() is to be called for what was passed over.
  std::optional<Instant> next_due() const;
  /// Nothing is shown for now; the next show() is due at once.
  void pause() { shown_at_.reset(); }

  /// What is known of the batteries now: those that are heard, in the order in which new ones get
  /// their numbers.
  /// `series`: of a bank, how many batteries in series one of them is; nullopt: it is no bank.
  void show(std::span<const PagePack> packs, Instant now, std::optional<int> series = std::nullopt);

  const SideItemSet& shown() const { return shown_; }
  /// So many cells the battery with the most has: the page shows no more of any. nullopt: no page.
  std::optional<int> cells() const { return cells_; }

 private:
  std::chrono::seconds interval() const;
  std::optional<int> number_of(const PagePack& pack) const;
  void count_cells(std::span<const PagePack> packs);
  void write_cells(std::span<const PagePack> packs, SideItems& wanted);
  void write_system(std::span<const PagePack> packs, int series, SideItems& wanted) const;

  Seats seats_{kMaxPagePacks};  ///< number 1 is seat 0
  int requested_ = 1;
  bool is_there_ = false;  ///< a cell was told
  bool passed_over_ = false;
  std::size_t heard_ = 0;  ///< when it was shown last
  std::optional<Instant> shown_at_;
  std::optional<Instant> requested_at_;
  std::optional<int> cells_;
  SideItemSet shown_;
};

}  // namespace dmb
