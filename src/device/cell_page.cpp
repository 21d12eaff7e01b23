// SPDX-License-Identifier: MIT
#include "dmb/device/cell_page.h"

#include "dmb/battery/fit.h"
#include "dmb/battery/quantity.h"
#include "dmb/device/change.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace dmb {
namespace {

/// Which battery and cell a path is about.
struct Place {
  int battery = 0;
  int cell = 0;
};

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
    if (value) items_[path_of(row, {place.battery, place.cell})] = {&row, as_published(value, row)};
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
  if (!is_there_ || number < 1 || static_cast<std::size_t>(number) > seats_.size()) return false;
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

std::optional<int> CellPage::number_of(const PagePack& pack) const {
  const auto seat = seats_.find(pack.id);
  return seat ? std::optional(static_cast<int>(*seat) + 1) : std::nullopt;
}

void CellPage::count_cells(std::span<const PagePack> packs) {
  int most = 0;
  for (const PagePack& pack : packs) most = std::max(most, pack.cells.value_or(0));
  if (most > 0) cells_ = std::min(most, kMaxCells);
}

void CellPage::show(std::span<const PagePack> packs, Instant now, std::optional<int> series) {
  shown_at_ = now;
  heard_ = packs.size();
  passed_over_ = false;
  is_there_ = is_there_ || std::ranges::any_of(
                               packs, [](const PagePack& pack) { return !pack.cells_v.empty(); });
  if (!is_there_ && !series) return;
  std::vector<std::string_view> ids;
  for (const PagePack& pack : packs) ids.push_back(pack.id);
  seats_.take(ids);
  SideItems wanted;
  if (series) write_system(packs, *series, wanted);
  if (is_there_) write_cells(packs, wanted);
  shown_.show(wanted);
}

void CellPage::write_cells(std::span<const PagePack> packs, SideItems& wanted) {
  count_cells(packs);
  Writer writer(wanted);
  writer.number(PageField::batteries, {}, static_cast<double>(seats_.size()));
  writer.number(PageField::requested, {}, requested_);
  for (const PagePack& pack : packs) {
    const auto number = number_of(pack);
    if (!number) continue;
    writer.text(PageField::serial, {.battery = *number}, pack.name);
    if (*number == requested_) write_pack(pack, *number, writer);
  }
}

void CellPage::write_system(std::span<const PagePack> packs, int series, SideItems& wanted) const {
  Writer writer(wanted);
  writer.number(PageField::batteries, {}, static_cast<double>(seats_.size()));
  writer.number(PageField::parallel, {}, static_cast<double>(seats_.size()));
  writer.number(PageField::series, {}, series);
  if (const auto status = balancer_status_of(packs))
    writer.number(PageField::balancer, {}, static_cast<double>(*status));
}

}  // namespace dmb
