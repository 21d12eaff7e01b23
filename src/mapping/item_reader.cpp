// SPDX-License-Identifier: MIT
#include "item_reader.h"

#include <algorithm>
#include <vector>

namespace dmb {

void ItemReader::forget() {
  values_.clear();
  highest_number_ = 0;
}

void ItemReader::read(const MapPlan& plan, const MapPlan::Match& match, std::optional<int> number,
                      const RawValue& raw, const MappedMessage& message, const Told& told) {
  const Step step{plan.source(match.source), match, raw, message, told};
  const MapLine& line = *step.source.line;
  if (!line.numbered) return read_item(step, match.item.value_or(line.item), std::nullopt);
  if (match.number && number && match.number != number) return;
  if (match.number) number = match.number;
  if (number) {
    highest_number_ = std::max(highest_number_, *number);
    return read_number(step, *number);
  }
  if (raw.kind == RawValue::Kind::unknown) return read_all_told(step);
  if (step.source.map->bit_by_number) read_bits(step);
}

void ItemReader::read_item(const Step& step, Quantity id, std::optional<int> number) {
  const MappedMessage& message = step.message;
  read_.clear();
  if (!read_value(step.raw, *step.source.map, number, id, read_)) return;
  values_.tell({step.match.source, id}, step.raw, read_, message.retained, message.now);
  const std::size_t count = step.source.line->sources.size();
  if (count > 1) {
    read_.clear();
    values_.join(step.source.first, count, id, message.retained, message.now, read_);
  }
  step.told(id, read_);
}

void ItemReader::read_number(const Step& step, int number) {
  const Quantity first = step.source.line->item;
  read_item(step, first.after(static_cast<std::size_t>(number - 1)), number);
}

/// A number has as many bits as there are cells, as far as that is known.
void ItemReader::read_bits(const Step& step) {
  highest_number_ = std::max(highest_number_, highest_set_bit(step.raw, *step.source.map));
  const int last = std::min(highest_number_, step.source.line->numbers);
  for (int number = 1; number <= last; ++number) read_number(step, number);
}

/// That a message as a whole has no value is true of each number that its source told before.
void ItemReader::read_all_told(const Step& step) {
  std::vector<Quantity> told;
  values_.for_each_of(step.match.source,
                      [&told](Quantity id, const SourceValue&) { told.push_back(id); });
  const std::size_t first = step.source.line->item.index();
  for (const Quantity id : told) read_number(step, static_cast<int>(id.index() - first) + 1);
}

}  // namespace dmb
