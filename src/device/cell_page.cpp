// SPDX-License-Identifier: MIT
#include "dmb/device/cell_page.h"

#include "dmb/battery/fit.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/change.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dmb {
namespace {

/// Which battery and cell a path is about.
struct Place {
  int battery = 0;
  int cell = 0;
};

std::string path_of(const ItemSpec& row, Place place) {
  std::string path;
  const std::array numbers{place.battery, place.cell};
  std::size_t next = 0;
  for (const char c : row.path) {
    if (c == '#')
      path += std::to_string(numbers.at(next++));
    else
      path += c;
  }
  return path;
}

class Writer {
 public:
  explicit Writer(SideItems& items) : items_(items) {}

  void text(PageField field, Place place, const std::string& text) { put(field, place, text); }
  /// What is not known, or cannot be, makes no item.
  void number(PageField field, Place place, const std::optional<double>& number) {
    if (number) put(field, place, fit_value(*number, row_of(field)));
  }

 private:
  void put(PageField field, Place place, const OptValue& value) {
    const ItemSpec& row = row_of(field);
    if (value) items_[path_of(row, place)] = {&row, as_published(value, row)};
  }

  SideItems& items_;
};

void write_pack(const PagePack& pack, int number, Writer& writer) {
  const Place place{.battery = number};
  writer.number(PageField::capacity, place, pack.capacity_ah);
  writer.number(PageField::status, place, pack.status);
  writer.number(PageField::voltage, place, pack.voltage_v);
  writer.number(PageField::current, place, pack.current_a);
  writer.number(PageField::temperature, place, pack.temperature_c);
  for (const auto& [cell, voltage_v] : pack.cells_v)
    writer.number(PageField::cell_voltage, {number, cell}, voltage_v);
  for (const auto& [cell, temperature_c] : pack.cells_c)
    writer.number(PageField::cell_temperature, {number, cell}, temperature_c);
}

}  // namespace

bool CellPage::request(int number, Instant now) {
  if (number < 1 || static_cast<std::size_t>(number) > seats_.size()) return false;
  requested_at_ = now;
  requested_ = number;
  shown_at_.reset();
  return true;
}

std::chrono::seconds CellPage::interval() const {
  if (!is_there_) return kWithoutCells;
  const bool watched = requested_at_ && shown_at_ && *shown_at_ - *requested_at_ < kLooks;
  return watched ? kWatched : kUnwatched;
}

bool CellPage::is_due(std::size_t heard, Instant now) const {
  return !shown_at_ || heard != heard_ || now >= *shown_at_ + interval();
}

std::optional<Instant> CellPage::next_due() const {
  return passed_over_ && shown_at_ ? std::optional(*shown_at_ + interval()) : std::nullopt;
}

void CellPage::seat(std::span<const PagePack> packs) {
  const auto is_away = [packs](const std::string& id) {
    return std::ranges::find(packs, id, &PagePack::id) == packs.end();
  };
  for (const PagePack& pack : packs) {
    if (number_of(pack)) continue;
    if (seats_.size() < kMaxPagePacks) {
      seats_.push_back(pack.id);
    } else if (const auto away = std::ranges::find_if(seats_, is_away); away != seats_.end()) {
      *away = pack.id;
    }
  }
}

std::optional<int> CellPage::number_of(const PagePack& pack) const {
  const auto seat = std::ranges::find(seats_, pack.id);
  if (seat == seats_.end()) return std::nullopt;
  return static_cast<int>(seat - seats_.begin()) + 1;
}

void CellPage::count_cells(std::span<const PagePack> packs) {
  int most = 0;
  for (const PagePack& pack : packs) most = std::max(most, pack.cells.value_or(0));
  if (most > 0) cells_ = std::min(most, kMaxCells);
}

void CellPage::show(std::span<const PagePack> packs, Instant now) {
  shown_at_ = now;
  heard_ = packs.size();
  passed_over_ = false;
  is_there_ = is_there_ || std::ranges::any_of(
                               packs, [](const PagePack& pack) { return !pack.cells_v.empty(); });
  if (!is_there_) return;
  seat(packs);
  count_cells(packs);
  SideItems wanted;
  Writer writer(wanted);
  writer.number(PageField::requested, {}, requested_);
  writer.number(PageField::batteries, {}, static_cast<double>(seats_.size()));
  for (const PagePack& pack : packs) {
    const auto number = number_of(pack);
    if (!number) continue;
    writer.text(PageField::serial, {.battery = *number}, pack.name);
    if (*number == requested_) write_pack(pack, *number, writer);
  }
  shown_.show(wanted);
}

}  // namespace dmb
