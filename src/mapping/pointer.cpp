// SPDX-License-Identifier: MIT
#include "pointer.h"

#include "number_form.h"
#include "raw_value.h"

#include <charconv>
#include <system_error>

namespace dmb {
namespace {

/// An index as RFC 6901 has it: without leading zeros.
std::optional<std::size_t> index_of(std::string_view text) {
  std::size_t index = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  if (error != std::errc{} || stop != end) return std::nullopt;
  if (text.size() > 1 && text.starts_with('0')) return std::nullopt;
  return index;
}

/// Goes down a document along the steps of a pointer, all branches of it. As deep as the pointer.
class Resolver {
 public:
  using Found = std::function<void(std::optional<int>, std::size_t)>;
  Resolver(const JsonDocument& document, int max_number, const Found& found)
      : document_(document), max_number_(max_number), found_(found) {}

  void visit(std::span<const MapStep> steps, std::size_t at, std::optional<int> number) const {
    if (steps.empty()) return found_(number, at);
    const MapStep& step = steps.front();
    const auto rest = steps.subspan(1);
    switch (step.kind) {
      case MapStep::Kind::each:
        return visit_each(rest, at);
      case MapStep::Kind::numbered:
        return visit_numbered(step, rest, at, number);
      case MapStep::Kind::chosen:
        if (const auto next = chosen(step, at)) visit(rest, *next, number);
        return;
      default:
        if (const auto next = child(step.text, at)) visit(rest, *next, number);
    }
  }

 private:
  JsonDocument::Kind kind(std::size_t at) const { return document_.node(at).kind; }
  std::size_t after(std::size_t at) const { return document_.end_of(at); }

  std::optional<std::size_t> child(std::string_view name, std::size_t at) const {
    if (kind(at) == JsonDocument::Kind::object) return document_.member(at, name);
    const auto index =
        kind(at) == JsonDocument::Kind::list ? index_of(name) : std::optional<std::size_t>();
    return index ? document_.element(at, *index) : std::nullopt;
  }

  std::optional<std::size_t> chosen(const MapStep& step, std::size_t at) const {
    if (kind(at) != JsonDocument::Kind::list) return std::nullopt;
    for (std::size_t i = at + 1; i < after(at); i = after(i)) {
      if (kind(i) != JsonDocument::Kind::object) continue;
      const auto member = document_.member(i, step.text);
      if (member && text_of(raw_of_json(document_, *member)) == step.tail) return i;
    }
    return std::nullopt;
  }

  void visit_each(std::span<const MapStep> rest, std::size_t at) const {
    if (kind(at) != JsonDocument::Kind::list) return;
    int number = 0;
    for (std::size_t i = at + 1; i < after(at) && ++number <= max_number_; i = after(i))
      visit(rest, i, number);
  }

  void visit_numbered(const MapStep& step, std::span<const MapStep> rest, std::size_t at,
                      std::optional<int> number) const {
    const bool keyed = kind(at) == JsonDocument::Kind::object;
    const bool plain = step.text.empty() && step.tail.empty();
    if (!keyed && !(plain && kind(at) == JsonDocument::Kind::list)) return;
    int index = 0;
    for (std::size_t i = at + 1; i < after(at); i = after(i), ++index) {
      const auto found =
          keyed ? number_in(document_.key(i), step) : std::optional(index - step.number.shift);
      if (!found || *found < 1 || *found > max_number_) continue;
      if (!number || number == found) visit(rest, i, found);
    }
  }

  const JsonDocument& document_;
  int max_number_;
  const Found& found_;
};

}  // namespace

void resolve(const JsonDocument& document, std::span<const MapStep> pointer, int max_number,
             const std::function<void(std::optional<int> number, std::size_t at)>& found) {
  Resolver(document, max_number, found).visit(pointer, 0, std::nullopt);
}

}  // namespace dmb
